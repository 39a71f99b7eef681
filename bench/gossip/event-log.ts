/** What nodes have logged, read back: who had which block when. All clocks are that of one machine, in milliseconds. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const lineSchema = z.object({
  time: z.number(),
  event: z.string(),
  facts: z.object({
    hash: z.string().optional(),
    certificate: z.object({ block: z.string() }).optional(),
  }),
})

/** When one node told of something about a block, for the first time. */
export type Moments = ReadonlyMap<string, number>

/** Moments by event, of one node. */
export type NodeLog = ReadonlyMap<string, Moments>

/** Reads a log. Lines that are about no block are passed over. */
export function readEventLog(file: string): NodeLog {
  const log = new Map<string, Map<string, number>>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const read = line === '' ? undefined : lineSchema.safeParse(JSON.parse(line))
    if (!read?.success) continue
    const { time, event, facts } = read.data
    const block = facts.certificate?.block ?? facts.hash
    if (block === undefined) continue
    const moments = log.get(event) ?? new Map<string, number>()
    if (!moments.has(block)) moments.set(block, time)
    log.set(event, moments)
  }
  return log
}

/** From the publishing of a block until each of the others told of `event`, in order. Undefined if one never did. */
export function delaysOf(
  logs: readonly NodeLog[],
  block: string,
  publishedMs: number,
  event: string,
): readonly number[] | undefined {
  const delays = logs.map((log) => log.get(event)?.get(block))
  if (delays.some((at) => at === undefined)) return undefined
  return delays.map((at) => Math.max(0, (at ?? 0) - publishedMs)).toSorted((a, b) => a - b)
}
