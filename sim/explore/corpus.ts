/**
 * What is known of the runs so far: each feature, how rare it is, and the run that showed it first, which is the way
 * back to it. Bounded by the number of features there can be.
 */
import type { Millis } from '../../src/base/units.ts'
import type { SimRandom } from '../random.ts'
import type { Reseed } from '../simulation.ts'
import type { Sighting } from './features.ts'

/** How to get through a world: its seed, and where to turn off. */
export interface Route {
  readonly seed: number
  readonly reseeds: readonly Reseed[]
}

/** A past worth going back to. */
export interface Place {
  readonly route: Route
  readonly atMs: Millis
}

interface Known extends Place {
  /** The number of the run that showed it first. */
  readonly run: number
  /** Runs that showed it. */
  seen: number
  /** Of these, runs that came to it by themselves, rather than by repeating another up to it. */
  found: number
  /** How often runs went back to it. */
  tries: number
}

/** A feature that one run has shown and nobody went back to weighs so much. */
const weightMax = 4_096

export class Corpus {
  readonly #known = new Map<number, Known>()
  #runs = 0

  get runs(): number {
    return this.#runs
  }

  /** Features seen so far. */
  get size(): number {
    return this.#known.size
  }

  /** Features that one run alone has shown. */
  get seenOnce(): number {
    return this.#singles().length
  }

  /**
   * How likely it is that one more run shows something new: the share of runs that have shown what no other has
   * (Good and Turing's estimate, by leaving each run out). Right for runs that were drawn alike; for those that go back
   * to earlier ones it is too low.
   */
  get chanceOfNews(): number {
    return this.#runs === 0 ? 1 : new Set(this.#singles().map(({ run }) => run)).size / this.#runs
  }

  /** Takes in what a run has shown; answers how much of it is new. */
  take(route: Route, sightings: readonly Sighting[]): number {
    this.#runs += 1
    const turnedMs = route.reseeds.at(-1)?.atMs ?? -1
    let news = 0
    for (const [feature, atMs] of sightings) {
      const known = this.#known.get(feature)
      if (known === undefined) {
        this.#known.set(feature, { route, atMs, run: this.#runs, seen: 1, found: 1, tries: 0 })
        news += 1
      } else {
        known.seen += 1
        if (atMs > turnedMs) known.found += 1
      }
    }
    return news
  }

  /** Draws a place to go back to: the rarer what was seen there, and the less often it was tried, the likelier. */
  draw(random: SimRandom): Place | undefined {
    const known = [...this.#known.values()]
    const total = known.reduce((sum, each) => sum + weightOf(each), 0)
    if (total === 0) return undefined
    let left = random.below(total)
    for (const each of known) {
      left -= weightOf(each)
      if (left >= 0) continue
      each.tries += 1
      return { route: each.route, atMs: each.atMs }
    }
    return undefined
  }

  #singles(): readonly Known[] {
    return [...this.#known.values()].filter(({ seen }) => seen === 1)
  }
}

function weightOf({ found, tries }: Known): number {
  return Math.floor(weightMax / (found * (1 + tries)))
}
