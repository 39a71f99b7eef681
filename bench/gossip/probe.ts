/** What a process has used, as it tells whoever started it: asked over the channel between the two, at any time. */
import type { ChildProcess } from 'node:child_process'
import { z } from 'zod'

/** Since the process began, except for what it holds now. */
export interface Reading {
  /** Of all its threads. */
  readonly cpuMs: number
  readonly residentBytes: number
  /** On all sockets that Node.js has opened, JSON-RPC included. */
  readonly bytesReceived: number
  readonly bytesSent: number
}

const answerMsMax = 20_000

const readingSchema = z.object({
  probe: z.number(),
  reading: z.object({
    cpuMs: z.number(),
    residentBytes: z.number(),
    bytesReceived: z.number(),
    bytesSent: z.number(),
  }),
})

let asked = 0

/** Asks a process that has `probe-hook.ts` loaded. Rejects if it does not answer. */
export function readProbe(child: ChildProcess): Promise<Reading> {
  asked += 1
  const number = asked
  const { promise, resolve, reject } = Promise.withResolvers<Reading>()
  const hear = (message: unknown): void => {
    const read = readingSchema.safeParse(message)
    if (read.success && read.data.probe === number) resolve(read.data.reading)
  }
  const timeout = setTimeout(() => reject(new Error('a process tells nothing')), answerMsMax)
  child.on('message', hear)
  child.send({ probe: number })
  return promise.finally(() => {
    clearTimeout(timeout)
    child.off('message', hear)
  })
}
