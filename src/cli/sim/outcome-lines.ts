/** What a run that was repeated came to, in words. */
import type { Place } from '../argument.ts'
import { formatSeconds } from '../table.ts'
import type { RunReport } from './report.ts'

export function outcomeLines(report: RunReport, until: Place | undefined): readonly string[] {
  const { outcome, failure, digest, virtualMs, events, height } = report
  if (failure !== undefined) {
    return [
      `${outcome.toUpperCase()} at ${formatSeconds(failure.atMs)} s: ${failure.property}`,
      ...failure.detail.split('\n').map((line) => `  ${line}`),
      `digest ${digest === '' ? 'unknown' : digest}, ${events} events`,
    ]
  }
  if (until !== undefined && ('ms' in until ? virtualMs >= until.ms : events >= until.event)) {
    const so = `nothing was violated so far, digest ${digest}, ${events} events`
    return [`stopped at ${formatSeconds(virtualMs)} s: ${so}`]
  }
  return [
    `held: ${formatSeconds(virtualMs)} s, height ${height}, digest ${digest}, ${events} events`,
  ]
}
