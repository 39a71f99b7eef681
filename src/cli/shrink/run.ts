/** Makes a failing run smaller with the help of worker processes, and says what is dropped, run by run. */
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import { formatDuration } from '../../base/duration.ts'
import type { Millis } from '../../base/units.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import { Crew } from '../sim/crew.ts'
import { type FoundRun, findAgain } from '../sim/find-again.ts'
import { watchStops } from '../sim/stops.ts'
import { isDeath } from '../sim/worker-process.ts'
import { formatSeconds } from '../table.ts'
import { beyondIn, type Candidate, type Case } from './case.ts'
import { isBroken, requestFor } from './found.ts'
import { smaller } from './order.ts'
import { type PublishOptions, publish } from './publish.ts'
import { type SearchEnd, type SearchOptions, searchAtOnce } from './search.ts'
import { type Size, sizeOf, sizeText } from './words.ts'

export interface ShrinkOptions extends PublishOptions {
  /** Faults that the run is told with, if its seed alone does not break what it did. */
  readonly plan: readonly Fault[] | undefined
  /** What must break, if it is said. */
  readonly keep: string | undefined
  readonly workersMax: number
  readonly runsMax: number
  readonly budgetMs: Millis | undefined
  /** Takes what it came to, for programs. */
  readonly onResult?: (result: ShrinkResult) => void
}

/** What came of it. */
export interface ShrinkResult {
  readonly scenario: string
  readonly seed: number
  readonly property: string
  /** Whether it ended by itself. */
  readonly isDone: boolean
  readonly runs: number
  /** Real time. */
  readonly tookMs: Millis
  /** Of the processors, for all candidates that were tried, also such as were not needed. */
  readonly cpuMs: Millis
  readonly before: Size
  readonly after: Size
  /** Kinds of the faults that are left, in the order in which they strike. */
  readonly faults: readonly string[]
  /** The scenario that was written. */
  readonly file: string
}

export async function runShrink(options: ShrinkOptions): Promise<ExitCode> {
  const crew = new Crew(options.workersMax)
  const stops = watchStops(options.budgetMs)
  stops.signal.addEventListener('abort', () => crew.close(), { once: true })
  try {
    return await shrinkWith(crew, options, stops.signal)
  } finally {
    stops.release()
    crew.close()
  }
}

async function shrinkWith(
  crew: Crew,
  options: ShrinkOptions,
  stop: AbortSignal,
): Promise<ExitCode> {
  const { job, print } = options
  const begunMs = performance.now()
  const found = await findAgain(crew, options, stop)
  if (stop.aborted) return sayStopped(print)
  if (found === undefined) {
    print(`${job.scenario} seed ${job.seed}: held, there is nothing to make smaller`)
    return exitCode.held
  }
  const { failure, recipe } = found
  const { crypto, network } = job
  const whole: Case = { recipe, crypto, network, beyond: beyondIn(recipe) }
  print(`${job.scenario} seed ${job.seed}: ${failure.property} at ${formatSeconds(failure.atMs)} s`)
  const before = { ...sizeOf(recipe), ms: failure.atMs }
  print(`       0 runs  ${sizeText(before)}`)
  const ended = await searchAtOnce(smaller(whole, failure.atMs), {
    ...trials(crew, found, options),
    stop,
  })
  const tookMs = performance.now() - begunMs
  const took = `${ended.tries} runs in ${formatDuration(tookMs)}`
  if (ended.best === undefined) {
    if (ended.end === 'stopped') return sayStopped(print)
    print(`after ${took} nothing smaller breaks ${failure.property}, nor its recipe by itself`)
    return exitCode.undecided
  }
  print(`${endText(ended.end)} after ${took}`)
  const { isBroken: isSo, file } = await publish(ended.best, found, options)
  options.onResult?.({
    scenario: job.scenario,
    seed: job.seed,
    property: failure.property,
    isDone: ended.end === 'done',
    runs: ended.tries,
    tookMs: Math.round(tookMs),
    cpuMs: Math.round(crew.cpuMs),
    before,
    after: sizeOf(ended.best.recipe),
    faults: ended.best.recipe.plan.toSorted((a, b) => a.atMs - b.atMs).map(({ kind }) => kind),
    file,
  })
  return isSo ? exitCode.violated : exitCode.undecided
}

function sayStopped(print: (line: string) => void): ExitCode {
  print('stopped before anything was found')
  return exitCode.undecided
}

function endText(end: SearchEnd<Candidate>['end']): string {
  if (end === 'done') return 'nothing more can be left out'
  return end === 'tries'
    ? 'no more runs are allowed: there may be less'
    : 'stopped: there may be less'
}

// ----- making it smaller -----

/** How candidates are tried. */
function trials(
  crew: Crew,
  found: FoundRun,
  { job, runsMax, workersMax, print }: ShrinkOptions,
): Omit<SearchOptions<Candidate>, 'stop'> {
  return {
    holds: async (candidate, isWanted) => {
      const said = await crew.ask(requestFor(candidate, job), isWanted)
      return !isDeath(said) && isBroken(said.report, found)
    },
    keyOf: ({ recipe, crypto, network }) => JSON.stringify([recipe, crypto, network]),
    atOnce: 2 * workersMax,
    triesMax: runsMax,
    onHeld: ({ recipe, what }, tries) => {
      const size = sizeText(sizeOf(recipe))
      print(`${String(tries).padStart(8)} runs  ${size}: ${what}`)
    },
  }
}
