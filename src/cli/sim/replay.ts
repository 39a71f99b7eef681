/**
 * Repeats one run in this process, tells what happened in it, and whether it came out as it did before.
 * Being in this process, a debugger can follow it.
 */
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { faultEndMs } from '../../../sim/cluster/fault/catalogue.ts'
import type { Millis } from '../../base/units.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import type { Bundle } from './bundle-schema.ts'
import { faultLine, formatTraceLine, type TraceLine, traceLine } from './facts.ts'
import type { Job } from './job.ts'
import type { RunReport } from './report.ts'
import { type Onlookers, runJob } from './run.ts'

export interface ReplayOptions {
  readonly job: Job
  /** Virtual time at which to stop. */
  readonly untilMs: Millis | undefined
  /** Show every event, instead of the last ones. */
  readonly isTrace: boolean
  /** What the run came to before. */
  readonly bundle: Bundle | undefined
  /** Takes a line. It is called while the run goes on. */
  readonly print: (line: string) => void
}

/** Events shown of a run that did not hold. */
const eventsShown = 40

export async function replay(options: ReplayOptions): Promise<ExitCode> {
  const { job, untilMs, isTrace, bundle, print } = options
  const lines: TraceLine[] = []
  const keep = (line: TraceLine): void => {
    lines.push(line)
    if (lines.length > eventsShown) lines.shift()
  }
  const take = isTrace ? (line: TraceLine): void => print(formatTraceLine(line)) : keep
  const until = untilMs === undefined ? {} : { untilMs }
  const report = await runJob(job, { ...until, ...onlookersFor(take) })
  const { failure } = report
  if (failure !== undefined && lines.length > 0) {
    print(`The last ${lines.length} events (virtual seconds, node, event, facts):`)
    for (const line of lines) print(formatTraceLine(line))
    print('')
  }
  for (const line of outcomeLines(report, untilMs)) print(line)
  if (bundle === undefined || untilMs !== undefined) return exitOf(report)
  const differences = differencesFrom(bundle, report)
  for (const line of comparisonLines(bundle, report, differences)) print(line)
  return differences.length > 0 ? exitCode.nondeterministic : exitOf(report)
}

/** Hands on events, and faults before what they bring about. */
function onlookersFor(take: (line: TraceLine) => void): Onlookers {
  let cluster: Cluster | undefined
  let told = 0
  const tellFaults = (): void => {
    if (cluster === undefined) return
    // The plan grows while the story is told.
    for (let next = cluster.plan[told]; next !== undefined; next = cluster.plan[told]) {
      if (next.atMs > cluster.nowMs) return
      take(faultLine(next))
      told += 1
    }
  }
  return {
    onCluster: (begun) => {
      cluster = begun
      begun.simulation.onEvent(tellFaults)
    },
    onEvent: (observed) => {
      tellFaults()
      take(traceLine(observed))
    },
  }
}

function outcomeLines(report: RunReport, untilMs: Millis | undefined): readonly string[] {
  const { outcome, failure, digest, virtualMs, events, height } = report
  const seconds = (ms: Millis): string => `${(ms / 1_000).toFixed(6)} s`
  if (failure !== undefined) {
    const inForce = report.plan.filter((fault) => {
      const endMs = faultEndMs(fault)
      return fault.atMs <= failure.atMs && endMs !== undefined && failure.atMs < endMs
    })
    return [
      `${outcome.toUpperCase()} at ${seconds(failure.atMs)}: ${failure.property}`,
      ...failure.detail.split('\n').map((line) => `  ${line}`),
      ...(inForce.length === 0 ? [] : ['Faults that had not run out by then:']),
      ...inForce.map((fault) => formatTraceLine(faultLine(fault))),
      `digest ${digest === '' ? 'unknown' : digest}, ${events} events`,
    ]
  }
  if (untilMs !== undefined && virtualMs >= untilMs) {
    const so = `nothing was violated so far, digest ${digest}, ${events} events`
    return [`stopped at ${seconds(virtualMs)}: ${so}`]
  }
  return [`held: ${seconds(virtualMs)}, height ${height}, digest ${digest}, ${events} events`]
}

/** What of a run is not as the bundle says. */
export function differencesFrom(bundle: Bundle, report: RunReport): readonly string[] {
  const { violation } = bundle
  const { failure } = report
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['digest', bundle.digest, report.digest],
    ['outcome', bundle.outcome, report.outcome],
    ['property', violation?.property, failure?.property],
    ['virtual time', violation?.atMs, failure?.atMs],
  ]
  return pairs
    .filter(([, then, now]) => then !== now)
    .map(([name, then, now]) => `${name}: ${then ?? 'none'} then, ${now ?? 'none'} now`)
}

function comparisonLines(
  { node, commit, isDirty }: Bundle,
  report: RunReport,
  differences: readonly string[],
): readonly string[] {
  if (differences.length === 0) return ['Digest and violation are the same as in the bundle.']
  const source =
    commit === undefined ? '' : `, commit ${commit}${isDirty === true ? ' and changes' : ''}`
  return [
    'This is not the run of the bundle:',
    ...differences.map((line) => `  ${line}`),
    `The bundle is of Node.js ${node}${source}. If the code has changed since, that explains it;`,
    `if not, "alys check-determinism ${report.scenario} --seed ${report.seed}" finds where runs part.`,
  ]
}

function exitOf({ outcome }: RunReport): ExitCode {
  if (outcome === 'held') return exitCode.held
  if (outcome === 'unknown') return exitCode.undecided
  return outcome === 'nondeterministic' ? exitCode.nondeterministic : exitCode.violated
}
