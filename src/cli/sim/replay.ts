/**
 * Repeats one run in this process, tells what happened in it, and whether it came out as it did before. Being in this
 * process, a debugger can follow it.
 *
 * A run of a bundle is repeated by what it was made of, not by what the present sources would draw. Where they have
 * changed it comes out otherwise, and the question is what it breaks; where they have not, that is a fault of its own.
 */
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import type { Place } from '../argument.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import type { Bundle } from './bundle-schema.ts'
import { DecisionRecorder } from './decisions.ts'
import { faultLine, formatTraceLine, type TraceLine, traceLine } from './facts.ts'
import type { Job } from './job.ts'
import { thisMaker } from './maker.ts'
import { NodeStates } from './node-states.ts'
import { outcomeLines } from './outcome-lines.ts'
import { type Parting, partingOf } from './parting.ts'
import { type Comparison, comparisonLines, differencesFrom, haveChanged } from './replay-verdict.ts'
import { exitOfOutcome, type RunRecord, type RunReport, recordOf } from './report.ts'
import { type Onlookers, runJob } from './run.ts'
import { stepThrough } from './stepper.ts'
import { toldByBundle } from './told.ts'

export interface ReplayOptions {
  readonly job: Job
  /** Where to stop. */
  readonly until: Place | undefined
  /** Where a debugger begins to stop before each event. */
  readonly breakFrom: Place | undefined
  /** Show every event, instead of the last ones. */
  readonly isTrace: boolean
  /** Show the nodes at the end, whatever it is. */
  readonly hasStates: boolean
  /** Print one JSON object instead of text. */
  readonly isJson: boolean
  /** What the run came to before. */
  readonly bundle: Bundle | undefined
  /** Takes a line. It is called while the run goes on. */
  readonly print: (line: string) => void
}

/** Events shown of a run that did not hold. */
const eventsShown = 40

export async function replay(options: ReplayOptions): Promise<ExitCode> {
  const { job, until, isTrace, isJson, bundle, print } = options
  const said: (line: string) => void = isJson ? () => undefined : print
  const lines: TraceLine[] = []
  const keep = (line: TraceLine): void => {
    lines.push(line)
    if (lines.length > eventsShown) lines.shift()
  }
  const take = isTrace ? (line: TraceLine): void => said(formatTraceLine(line)) : keep
  const looks = new Looks(options, take)
  const { report, states } = await looks.run(job)
  const { failure } = report
  if (failure !== undefined && lines.length > 0) {
    said(`The last ${lines.length} events (virtual seconds, node, event, facts):`)
    for (const line of lines) said(formatTraceLine(line))
    said('')
  }
  for (const line of outcomeLines(report, until)) said(line)
  for (const line of states) said(line)
  const comparison = comparisonWith(bundle, report, until, looks.parting())
  for (const line of comparison?.lines ?? []) said(line)
  if (isJson) print(JSON.stringify(recordFor(report, comparison)))
  const code = exitOfOutcome(report.outcome)
  return comparison?.isBroken === true ? exitCode.nondeterministic : code
}

/** All that looks on at a run which is repeated. */
class Looks {
  readonly #options: ReplayOptions
  readonly #take: (line: TraceLine) => void
  readonly #recorder: DecisionRecorder | undefined
  readonly #states = new NodeStates()
  #cluster: Cluster | undefined
  #told = 0

  constructor(options: ReplayOptions, take: (line: TraceLine) => void) {
    this.#options = options
    this.#take = take
    const { bundle } = options
    const then = bundle?.version === 3 ? bundle.decisions : undefined
    if (then !== undefined) this.#recorder = new DecisionRecorder(then.everyEvents)
  }

  async run(job: Job): Promise<{ readonly report: RunReport; readonly states: readonly string[] }> {
    const { bundle, hasStates } = this.#options
    const report = await runJob(job, this.#onlookers(), toldByBundle(bundle))
    const isShown = hasStates || report.failure !== undefined
    return { report, states: isShown ? this.#states.lines() : [] }
  }

  /** Where the run parted from that of the bundle, if the bundle can tell. */
  parting(): Parting | undefined {
    const { bundle } = this.#options
    if (bundle?.version !== 3 || bundle.decisions === undefined) return undefined
    return this.#recorder && partingOf(bundle.decisions, this.#recorder.decisions())
  }

  #onlookers(): Onlookers {
    const { until } = this.#options
    return {
      ...(until !== undefined && 'ms' in until ? { untilMs: until.ms } : {}),
      ...(this.#recorder === undefined ? {} : { book: this.#recorder.onlookers.book }),
      onCluster: (cluster) => this.#begin(cluster),
      onEvent: (observed) => {
        this.#tellFaults()
        this.#states.onEvent(observed)
        this.#take(traceLine(observed))
      },
    }
  }

  #begin(cluster: Cluster): void {
    const { until, breakFrom } = this.#options
    const { simulation } = cluster
    this.#cluster = cluster
    this.#recorder?.onlookers.onCluster(cluster)
    this.#states.begin(cluster)
    simulation.onEvent(() => this.#tellFaults())
    if (until !== undefined && 'event' in until) {
      simulation.onEvent(() => {
        if (simulation.events >= until.event) simulation.stop()
      })
    }
    if (breakFrom === undefined) return
    const isOver = (): boolean => until !== undefined && 'event' in until && hasCome(cluster, until)
    stepThrough(cluster, () => hasCome(cluster, breakFrom) && !isOver())
  }

  /** Hands on faults before what they bring about. The plan grows while the story is told. */
  #tellFaults(): void {
    const cluster = this.#cluster
    if (cluster === undefined) return
    const { plan, nowMs } = cluster
    for (let next = plan[this.#told]; next !== undefined; next = plan[this.#told]) {
      if (next.atMs > nowMs) return
      this.#take(faultLine(next))
      this.#told += 1
    }
  }
}

function hasCome({ nowMs, simulation }: Cluster, place: Place): boolean {
  return 'ms' in place ? nowMs >= place.ms : simulation.events >= place.event
}

/** Nothing, if there is nothing to compare with, or the run was not seen to its end. */
function comparisonWith(
  bundle: Bundle | undefined,
  report: RunReport,
  until: Place | undefined,
  parting: Parting | undefined,
): Comparison | undefined {
  if (bundle === undefined || until !== undefined) return undefined
  const differences = differencesFrom(bundle, report)
  const changed = haveChanged(bundle, thisMaker())
  const lines = comparisonLines({ bundle, report, differences, changed, parting })
  // Equal sources have equal runs. Of bundles that do not say which sources they are of, so much is asked as well.
  const isBroken = differences.length > 0 && changed !== true
  return { lines, isSame: differences.length === 0, isBroken, parting }
}

/** The fields of a record of a sweep, and how the run compares. */
function recordFor(
  report: RunReport,
  comparison: Comparison | undefined,
): RunRecord & { readonly isSame?: boolean; readonly sameUntilMs?: number } {
  const { isSame, parting } = comparison ?? {}
  const until = isSame === false ? (parting?.common?.atMs ?? 0) : undefined
  return {
    ...recordOf(report, thisMaker().revision),
    ...(isSame === undefined ? {} : { isSame }),
    ...(until === undefined ? {} : { sameUntilMs: until }),
  }
}
