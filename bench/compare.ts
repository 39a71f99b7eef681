/**
 * Whether a suite became slower. Machines differ and are busy, so figures themselves are not compared but their
 * ratios to a baseline that was measured in the same run. What has no ratio is not compared.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { failed, type Result as Outcome, ok } from '../src/base/result.ts'
import { type Result, ratioKeptMin, type SuiteReport } from './report.ts'

/** A result that is worse than it was, or is no longer there. */
export interface Fall {
  readonly name: string
  readonly ratioBefore: number
  readonly ratioNow: number | undefined
}

/** The results of `before` that fell, and those that can no longer be compared. */
export function fallsOf(
  before: readonly Result[],
  now: readonly Result[],
  keptMin: number = ratioKeptMin,
): readonly Fall[] {
  return before.flatMap(({ name, ratio: ratioBefore }) => {
    if (ratioBefore === undefined) return []
    const ratioNow = now.find((result) => result.name === name)?.ratio
    const isKept = ratioNow !== undefined && ratioNow >= keptMin * ratioBefore
    return isKept ? [] : [{ name, ratioBefore, ratioNow }]
  })
}

const finite = z.number().finite()
const reportSchema = z.object({
  suite: z.string(),
  machine: z.object({
    cpu: z.string(),
    cores: finite,
    memory: finite,
    node: z.string(),
    v8: z.string(),
    loadAverage: z.array(finite),
    commit: z.string().exactOptional(),
  }),
  results: z.array(
    z.object({
      name: z.string(),
      value: finite,
      unit: z.string(),
      size: finite.exactOptional(),
      baseline: z.string().exactOptional(),
      ratio: finite.positive().exactOptional(),
    }),
  ),
})

/** Reads what an earlier run wrote. The fault says why the file is not such a thing. */
export function readReport(file: string): Outcome<SuiteReport, string> {
  try {
    const read = reportSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    if (read.success) return ok(read.data)
    return failed(`${file} is not a report of a suite: ${z.prettifyError(read.error)}`)
  } catch (error) {
    return failed(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}
