/** What a process of this suite says of itself when it has done its part: one line of JSON, the last it writes. */
import { z } from 'zod'

/** From the start of a sync to its end, seen from within the process that syncs. */
export interface Measured {
  readonly blocks: number
  /** Of the last block: equal for all who imported the same. */
  readonly hash: string
  readonly wallMs: number
  /** Of the whole process, meanwhile. */
  readonly cpuMs: number
  /** Of its main thread alone. */
  readonly mainThreadCpuMs: number
  /** At its highest since the process began. */
  readonly residentBytesMax: number
  /** On the sockets to and from peers. */
  readonly bytesReceived: number
  readonly bytesSent: number
}

const measuredSchema = z.object({
  blocks: z.number().positive(),
  hash: z.string(),
  wallMs: z.number().positive(),
  cpuMs: z.number().positive(),
  mainThreadCpuMs: z.number().positive(),
  residentBytesMax: z.number().positive(),
  bytesReceived: z.number().nonnegative(),
  bytesSent: z.number().nonnegative(),
})

/** Reads the last line of what a process wrote. Throws if it is no measurement. */
export function readMeasured(text: string): Measured {
  return measuredSchema.parse(JSON.parse(text.trim().split('\n').at(-1) ?? ''))
}
