/** When two results are those of the same run, and what becomes of a run that has two. */
import { createHash } from 'node:crypto'
import type { RunReport } from '../sim/report.ts'

/** 52 bits of what two results of one run have in common. */
export function markOf(report: RunReport): number {
  return Number.parseInt(
    createHash('sha256').update(essence(report)).digest('hex').slice(0, 13),
    16,
  )
}

export function sameRun(a: RunReport, b: RunReport): boolean {
  return essence(a) === essence(b)
}

/** A run that came out in two ways: it is not to be relied upon. `two` says which, in words. */
export function disputed({ inForce: _, ...report }: RunReport, two: string): RunReport {
  const detail = `two results of one run differ: ${two}`
  const atMs = report.failure?.atMs ?? report.virtualMs
  return {
    ...report,
    outcome: 'nondeterministic',
    failure: { property: 'determinism', detail, atMs },
  }
}

/** Texts may name paths of a machine, and times differ: they are not part of it. */
function essence(report: RunReport): string {
  const { outcome, failure, digest, virtualMs, events, messages, goals } = report
  const { property, atMs } = failure ?? {}
  return JSON.stringify([outcome, property, atMs, digest, virtualMs, events, messages, goals])
}
