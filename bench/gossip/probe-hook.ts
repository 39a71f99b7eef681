/** Loaded before a program by the flag `--import` of Node.js: tells its parent what it has used, whenever it asks. */
import { tallySockets } from './socket-tally.ts'

const socketBytes = tallySockets()

process.on('message', (message: unknown) => {
  const isAsked = typeof message === 'object' && message !== null && 'probe' in message
  if (!isAsked) return
  const { user, system } = process.cpuUsage()
  const reading = {
    cpuMs: (user + system) / 1_000,
    residentBytes: process.memoryUsage.rss(),
    ...socketBytes(),
  }
  process.send?.({ probe: message.probe, reading })
})
// A program that has nothing to do but this has ended.
process.channel?.unref()
