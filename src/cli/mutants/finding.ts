/** What a hunt says of a bug: found as expected, by luck, or not at all; and how often, with what certainty. */
import type { Mutant } from '../../../test/mutants/mutant.ts'
import { clopperPearson, type Interval, untilKth } from '../interval.ts'
import type { Trial } from './hunt.ts'
import type { TestOutcome } from './units.ts'

/** How the seeds of one hunt divide. Each is counted once. */
export interface Count {
  readonly seeds: number
  /** Found by an expected property. */
  readonly kills: number
  /** Found by another one. */
  readonly luck: number
  readonly crashes: number
  readonly timeOuts: number
  /** Of the chance that one seed kills. */
  readonly interval: Interval
  /** Mean of the seeds until the first kill, 1/p; undefined if there was none. */
  readonly seedsToKill: number | undefined
  /** Processor time of them. */
  readonly cpuSecondsToKill: number | undefined
  /** The first kill. */
  readonly first: { readonly seed: number; readonly property: string } | undefined
  /** By how many seeds each property fired, the most frequent first. */
  readonly fired: ReadonlyMap<string, number>
}

/** `killsMax`: with how many kills the hunt was to end, which is part of what it says of their chance. */
export function countOf(
  trial: Trial,
  expected: readonly string[],
  killsMax = Number.POSITIVE_INFINITY,
): Count {
  const fired = new Map<string, number>()
  let first: Count['first']
  const counts = { kills: 0, luck: 0, crashes: 0, timeOuts: 0 }
  let cpuMs = 0
  for (const finding of trial.seeds) {
    cpuMs += finding.cpuMs
    if (finding.kind === 'crashed') counts.crashes += 1
    if (finding.kind === 'timed-out') counts.timeOuts += 1
    if (finding.kind !== 'violated') continue
    const { property, seed } = finding
    fired.set(property, (fired.get(property) ?? 0) + 1)
    if (expected.includes(property)) {
      counts.kills += 1
      first ??= { seed, property }
    } else counts.luck += 1
  }
  const seeds = trial.seeds.length
  const { kills } = counts
  return {
    seeds,
    ...counts,
    interval: kills >= killsMax ? untilKth(kills, seeds) : clopperPearson(kills, seeds),
    seedsToKill: kills === 0 ? undefined : seeds / kills,
    cpuSecondsToKill: kills === 0 ? undefined : cpuMs / 1_000 / kills,
    first,
    fired: new Map([...fired].toSorted(([, a], [, b]) => b - a)),
  }
}

/**
 * `killed`: as expected. `explained`: no seed shows it, which the catalogue gives a reason for, and its law
 * noticed. Everything else is a fault: of the simulator (`hidden`, `by-luck`, `lost`: nothing but crashes
 * and time-outs), of the catalogue (`broken`: the copy does not compile or load; `refuted`: found in spite
 * of its reason; `law-silent`).
 */
export type Verdict =
  | 'killed'
  | 'explained'
  | 'hidden'
  | 'by-luck'
  | 'lost'
  | 'broken'
  | 'refuted'
  | 'law-silent'

export function isAsTold(verdict: Verdict): boolean {
  return verdict === 'killed' || verdict === 'explained'
}

/** Of the simulation, and of the law if the bug has one. */
export function verdictOn(
  mutant: Mutant,
  trial: Pick<Trial, 'broken'>,
  count: Count,
  law: TestOutcome | undefined,
): Verdict {
  if (trial.broken !== undefined || law?.kind === 'broken') return 'broken'
  const { kills, luck, crashes, timeOuts } = count
  if (mutant.survives !== undefined) {
    if (kills + luck + crashes + timeOuts > 0) return 'refuted'
    return mutant.law === undefined || isNoticed(mutant, law) ? 'explained' : 'law-silent'
  }
  if (kills > 0) return 'killed'
  if (luck > 0) return 'by-luck'
  return crashes + timeOuts > 0 ? 'lost' : 'hidden'
}

function isNoticed({ law: told }: Mutant, outcome: TestOutcome | undefined): boolean {
  return outcome?.kind === 'failed' && told?.titles.includes(outcome.title) === true
}
