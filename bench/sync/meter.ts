/** Measures the process it runs in: time, processor, memory, and what goes over its sockets to peers. */
import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Measured } from './measured.ts'

/** Began when it was made. */
export interface Meter {
  /** What was measured until now, for so many blocks, of which the last has this hash. */
  read(blocks: number, hash: string): Measured
}

const sockets = new Set<Socket>()

/** Call before any socket is opened: Node.js tells of each as it comes to be. */
export function watchSockets(): void {
  for (const name of ['net.client.socket', 'net.server.socket']) {
    channel(name).subscribe((message) => {
      sockets.add((message as { readonly socket: Socket }).socket)
    })
  }
}

/** A meter that begins now. Only sockets with `port` on one of their ends count. */
export function startMeter(port: number): Meter {
  const beginMs = performance.now()
  const cpuMsBefore = millisOf(process.cpuUsage())
  const mainMsBefore = millisOf(process.threadCpuUsage())
  return {
    read: (blocks, hash) => {
      const counted = [...sockets].filter(({ localPort, remotePort }) => {
        return localPort === port || remotePort === port
      })
      return {
        ...{ blocks, hash },
        wallMs: performance.now() - beginMs,
        cpuMs: millisOf(process.cpuUsage()) - cpuMsBefore,
        mainThreadCpuMs: millisOf(process.threadCpuUsage()) - mainMsBefore,
        residentBytesMax: process.resourceUsage().maxRSS * 1_024,
        bytesReceived: counted.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
        bytesSent: counted.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
      }
    },
  }
}

function millisOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000
}
