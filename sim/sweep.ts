/**
 * A story with one seed after another: which seeds broke something, what no seed put to the test, and whether a seed
 * that is told again is the same run. A plain call in one process; more processes take other seeds.
 */
import type { AnyMessage } from '../src/kernel/actor.ts'
import { type Run, type Story, type TellOptions, tellStory } from './story.ts'

export interface SweepOptions<Event> extends TellOptions<Event> {
  readonly firstSeed: number
  /** How many seeds, at least 1. */
  readonly seeds: number
  /** Tells no other seed after one that did not hold. */
  readonly isBail?: boolean
  /** Told of each run as soon as it is over. */
  readonly onRun?: (run: Run) => void
}

export interface Sweep {
  readonly runs: number
  /** Runs of any outcome but `held`, in order. */
  readonly failures: readonly Run[]
  /** Names of what has to be put to the test, or to happen, and was not, or did not, by any seed. */
  readonly unmet: readonly string[]
  /**
   * For the exit code of a process, the same as those of `alys sim`: 0 all held; 1 something was broken; 2 nothing was,
   * but too little ran to say that all held; 3 two runs that must be the same were not.
   */
  readonly exit: 0 | 1 | 2 | 3
}

/** Tells a story with many seeds. The first of them, and each that fails, is told twice, and must be the same. */
export function sweep<Event extends AnyMessage>(
  story: Story<Event>,
  options: SweepOptions<Event>,
): Sweep {
  const { firstSeed, seeds, isBail = false, onRun } = options
  const failures: Run[] = []
  const met = new Set<string>()
  let runs = 0
  while (runs < seeds && !(isBail && failures.length > 0)) {
    const told = tellStory(story, firstSeed + runs, options)
    const run = runs === 0 || told.outcome !== 'held' ? confirmed(story, told, options) : told
    runs += 1
    for (const name of run.met) met.add(name)
    if (run.outcome !== 'held') failures.push(run)
    onRun?.(run)
  }
  const due = story.properties.filter(({ isDue }) => isDue).map(({ name }) => name)
  const unmet = due.filter((name) => !met.has(name))
  return { runs, failures, unmet, exit: exitOf(runs, failures, unmet) }
}

/** The same run, if it is the same when it is told again. */
function confirmed<Event extends AnyMessage>(
  story: Story<Event>,
  run: Run,
  { guard }: TellOptions<Event>,
): Run {
  const again = tellStory(story, run.seed, guard === undefined ? {} : { guard })
  if (again.digest === run.digest && again.violation?.detail === run.violation?.detail) return run
  const detail = `digest ${run.digest}, and ${again.digest} when it was told again`
  const violation = { property: 'the same seed gives the same run', detail, atMs: run.virtualMs }
  return { ...run, outcome: 'nondeterministic', violation }
}

/** Nondeterminism comes first: while there is any, no other result can be relied upon. */
function exitOf(runs: number, failures: readonly Run[], unmet: readonly string[]): Sweep['exit'] {
  if (failures.some(({ outcome }) => outcome === 'nondeterministic')) return 3
  if (failures.length > 0) return 1
  return runs === 0 || unmet.length > 0 ? 2 : 0
}

/** A run in a line. */
export function describeRun({ seed, outcome, violation, digest }: Run): string {
  if (violation === undefined) return `seed ${seed}: held, digest ${digest}`
  const { property, detail, atMs } = violation
  const when = `at ${(atMs / 1_000).toFixed(3)} s`
  return `seed ${seed}: ${outcome}, digest ${digest}\n  ${property}: ${detail}, ${when}`
}

/** A sweep in a few lines. */
export function describeSweep({ runs, failures, unmet }: Sweep): string {
  const held = runs - failures.length
  const verdict = `${runs} ${runs === 1 ? 'run' : 'runs'}: ${held} held, ${failures.length} did not`
  // A run that ends early leaves much untried, and is to be mended first.
  const untried = failures.length > 0 ? [] : unmet
  return [verdict, ...untried.map((name) => `  in no run put to the test: ${name}`)].join('\n')
}
