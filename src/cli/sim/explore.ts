/**
 * Explores scenarios: plans a round of runs, has workers make them, hears what they have shown, and plans the next.
 * A round is of one size whatever the number of workers, and is heard in its order; so which runs are made, and what
 * is found, follows from the seed. Only where a time budget or an interruption cuts it off does not.
 */
import type { Explorer, Trip } from '../../../sim/explore/explorer.ts'
import type { Millis } from '../../base/units.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import { currentRevision } from '../revision.ts'
import { exploreJson, exploreText } from './explore-report.ts'
import { Findings } from './findings.ts'
import { type Job, type Manner, mannerOf } from './job.ts'
import { prepareFolder, writeBundle, writeExploration } from './output.ts'
import { startProgress } from './progress.ts'
import type { RunReport } from './report.ts'
import { watchStops } from './stops.ts'
import type { SweepEnd } from './summary.ts'
import { sweep } from './sweep.ts'

export interface ExploreSettings {
  readonly explorer: Explorer
  /** As it was asked for, for reports. */
  readonly strategy: string
  readonly seed: number
  readonly scenarios: readonly string[]
  readonly manner: Manner
  readonly workersMax: number
  /** Rounds are whole: a few more may be made. Undefined for no end but the others. */
  readonly runsMax: number | undefined
  readonly timeBudgetMs: Millis | undefined
  /** Ends after so many runs that have shown nothing new. */
  readonly quietMax: number | undefined
  /** A folder for reports. */
  readonly out: string | undefined
}

/** What it came to. */
export interface Exploration {
  readonly settings: ExploreSettings
  readonly findings: Findings
  readonly end: Exclude<SweepEnd, 'gaps'> | 'stable'
  readonly elapsedMs: Millis
}

/** Explores, and writes to the standard streams and into the folder. */
export async function explore(settings: ExploreSettings): Promise<ExitCode> {
  const { out } = settings
  if (out !== undefined) prepareFolder(out)
  const revision = out === undefined ? undefined : currentRevision()
  const exploration = await run(settings)
  if (out !== undefined) {
    writeExploration(out, exploreJson(exploration, revision))
    process.stderr.write(`The report is in ${out}\n`)
  }
  process.stdout.write(exploreText(exploration))
  return exitOf(exploration)
}

async function run(settings: ExploreSettings): Promise<Exploration> {
  const { explorer, workersMax, timeBudgetMs, runsMax, out } = settings
  const begunMs = performance.now()
  const findings = new Findings()
  const stops = watchStops(timeBudgetMs)
  const progress = startProgress(runsMax, process.stderr)
  const rounds = new Rounds(settings, stops.signal)
  const onReport = (report: RunReport): void => {
    const trip = rounds.arrive()
    explorer.hear(trip, report.sightings ?? [])
    const { recorded: _, parts: __, ...rest } = report
    const isNews = findings.add(rest, featuresOf(settings))
    if (isNews && out !== undefined) writeBundle(out, report)
  }
  const onFinished = progress.report
  const watch = { kind: 'features' } as const
  const { signal: stop } = stops
  const isRecorded = out !== undefined
  const jobs = rounds.jobs()
  await sweep({ jobs, watch, isRecorded, workersMax, stop, onFinished, onReport })
  stops.release()
  progress.end()
  const end = stops.reason() ?? (isStable(settings) ? 'stable' : 'done')
  return { settings, findings, end, elapsedMs: performance.now() - begunMs }
}

/** Rounds of trips, each planned when all of the last one have arrived. */
class Rounds {
  readonly #settings: ExploreSettings
  readonly #stop: AbortSignal
  #trips: readonly Trip[] = []
  #arrived = 0
  #planned = 0
  #whole = Promise.withResolvers<void>()

  constructor(settings: ExploreSettings, stop: AbortSignal) {
    this.#settings = settings
    this.#stop = stop
    stop.addEventListener('abort', () => this.#whole.resolve(), { once: true })
  }

  async *jobs(): AsyncGenerator<Job, undefined> {
    while (!this.#isOver()) {
      this.#trips = this.#settings.explorer.plan()
      this.#arrived = 0
      this.#planned += this.#trips.length
      if (!this.#stop.aborted) this.#whole = Promise.withResolvers()
      yield* this.#trips.map((trip) => jobOn(trip, this.#settings.manner))
      await this.#whole.promise
    }
  }

  /** The next trip has arrived: it is handed out. */
  arrive(): Trip {
    const trip = this.#trips[this.#arrived] as Trip
    this.#arrived += 1
    if (this.#arrived === this.#trips.length) this.#whole.resolve()
    return trip
  }

  #isOver(): boolean {
    const { runsMax = Number.POSITIVE_INFINITY } = this.#settings
    return this.#stop.aborted || this.#planned >= runsMax || isStable(this.#settings)
  }
}

function jobOn({ world, route }: Trip, manner: Manner): Job {
  const { seed, reseeds } = route
  return { scenario: world, seed, ...mannerOf({ ...manner, reseeds }) }
}

function isStable({ explorer, quietMax }: ExploreSettings): boolean {
  return quietMax !== undefined && explorer.quiet >= quietMax
}

function featuresOf({ explorer, scenarios }: ExploreSettings): number {
  return scenarios.reduce((total, scenario) => total + explorer.corpus(scenario).size, 0)
}

/** As of a sweep: nondeterminism first, then what did not hold, then whether it came to an end of its own. */
function exitOf({ findings, end }: Exploration): ExitCode {
  if (findings.nondeterministic > 0) return exitCode.nondeterministic
  if (findings.failed > 0) return exitCode.violated
  const isKnown = findings.runs > 0 && findings.unknown === 0 && end !== 'interrupted'
  return isKnown ? exitCode.held : exitCode.undecided
}
