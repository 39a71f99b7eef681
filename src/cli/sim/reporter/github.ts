/** Workflow commands of GitHub Actions: each bug as an annotation of the build, with the command that repeats its quickest run. */
import { formatSeconds } from '../../table.ts'
import { type Bug, linesBeside, runsOf } from '../bugs.ts'
import { replayCommand } from '../job.ts'
import type { Skipped } from '../plan.ts'
import type { SweepSummary } from '../summary.ts'

/** GitHub shows ten annotations of a kind a step. */
const annotationsMax = 10

/** One line a bug, and one that counts those that GitHub would not show. */
export function githubReport(summary: SweepSummary): string {
  const { bugs, total, skipped, goalsMissed, short } = summary
  const shown = bugs.slice(0, annotationsMax)
  const left = total.violated + total.unknown - runsOf(shown)
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
  const lines = [...shown.map(annotation), ...notices]
  return lines.map((line) => `${line}\n`).join('')
}

function skippedText(skipped: readonly Skipped[]): string {
  return skipped.map(({ scenario, reason }) => `${scenario}: ${reason}`).join('\n')
}

function annotation(bug: Bug): string {
  const { scenario, seed, outcome, failure } = bug.quickest
  const level = outcome === 'unknown' ? 'warning' : 'error'
  const { property = 'unknown', detail = '', atMs = 0 } = failure ?? {}
  const title = `${scenario} seed ${seed}: ${property}`
  const when = `at ${formatSeconds(atMs)} s of virtual time`
  const text = [detail, when, ...linesBeside(bug), replayCommand(bug.quickest)].join('\n')
  return `::${level} title=${escapeProperty(title)}::${escapeData(text)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
