/**
 * `runs.ndjson` in the folder of `--out`: what was asked for, every run, and how the sweep ended, a line each. It is
 * written as the runs end, and is what several machines' results are merged from (`merge`).
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../../base/units.ts'
import type { Revision } from '../revision.ts'
import type { SweepPlan } from './plan.ts'
import type { RunReport } from './report.ts'
import { jsonLine } from './reporter/json.ts'
import type { SweepEnd } from './summary.ts'

export const runLogName = 'runs.ndjson'

/** The first line. */
export interface RunLogHead extends Partial<Revision> {
  readonly format: 'alys-runs'
  readonly version: 1
  readonly plan: SweepPlan
}

/** The last line. Without it the sweep did not come to its end. */
export interface RunLogEnd {
  readonly end: SweepEnd
  readonly elapsedMs: Millis
}

export interface RunLog {
  add(report: RunReport): void
  end(end: SweepEnd, elapsedMs: Millis): void
}

export function openRunLog(
  folder: string,
  plan: SweepPlan,
  revision: Revision | undefined,
): RunLog {
  const file = openSync(join(folder, runLogName), 'w')
  const write = (line: string): void => {
    writeSync(file, `${line}\n`)
  }
  const head: RunLogHead = { format: 'alys-runs', version: 1, ...revision, plan }
  write(JSON.stringify(head))
  return {
    add: (report) => write(jsonLine(report, revision)),
    end: (end, elapsedMs) => {
      const last: RunLogEnd = { end, elapsedMs: Math.round(elapsedMs) }
      write(JSON.stringify(last))
      closeSync(file)
    },
  }
}
