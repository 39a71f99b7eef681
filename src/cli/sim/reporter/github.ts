/** Workflow commands of GitHub Actions: each failure as an annotation of the build. */
import { replayCommand } from '../job.ts'
import type { Skipped } from '../plan.ts'
import type { RunReport } from '../report.ts'
import type { SweepSummary } from '../summary.ts'

/** GitHub shows ten annotations of a kind a step. */
const annotationsMax = 10

/** One line a failure, and one that counts those that GitHub would not show. */
export function githubReport(summary: SweepSummary): string {
  const { failures, failuresUntold, skipped, goalsMissed, short } = summary
  const left = failures.length + failuresUntold - annotationsMax
  const notices = [
    ...(left > 0 ? [`::notice title=alys sim::${left} more runs did not hold`] : []),
    ...(skipped.length > 0
      ? [`::notice title=skipped on this network::${escapeData(skippedText(skipped))}`]
      : []),
    ...(goalsMissed.length > 0
      ? [`::notice title=goals that no seed reached::${escapeData(goalsMissed.join(', '))}`]
      : []),
    ...(short.length > 0
      ? [`::warning title=too few seeds ran::${escapeData(short.join(', '))}`]
      : []),
  ]
  const lines = [...failures.slice(0, annotationsMax).map(annotation), ...notices]
  return lines.map((line) => `${line}\n`).join('')
}

function skippedText(skipped: readonly Skipped[]): string {
  return skipped.map(({ scenario, reason }) => `${scenario}: ${reason}`).join('\n')
}

function annotation(report: RunReport): string {
  const { scenario, seed, outcome, failure } = report
  const level = outcome === 'unknown' ? 'warning' : 'error'
  const { property = 'unknown', detail = '', atMs = 0 } = failure ?? {}
  const title = `${scenario} seed ${seed}: ${property}`
  const text = `${detail}\nat ${(atMs / 1_000).toFixed(6)} s of virtual time\n${replayCommand(report)}`
  return `::${level} title=${escapeProperty(title)}::${escapeData(text)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
