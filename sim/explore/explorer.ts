/**
 * Decides which runs to make next, from what earlier ones have shown. Pure: it draws from one stream, and hears of
 * results in the order of its own plans; so what it does follows from its seed, however many runs are made at a time.
 *
 * Guided, some runs repeat an earlier one until something rare has just happened, and go on from there as of another
 * seed. What needs several lucky moments in a row is then found one moment at a time. How many do so is learnt: where
 * worlds differ much, a fresh one shows more; where one is like the other, the way back does.
 */
import { assert } from '../../src/base/assert.ts'
import { SimRandom } from '../random.ts'
import { Corpus, type Route } from './corpus.ts'
import type { Sighting } from './features.ts'
import { Yields } from './yields.ts'

export interface ExplorerOptions {
  /** The first run of each world has this seed, and fresh ones after it the next. */
  readonly seed: number
  /** Names of worlds, which have their turns one after another. At least one. */
  readonly worlds: readonly string[]
  /** Whether to go back to what was seen; otherwise every run is a fresh one. */
  readonly isGuided: boolean
}

/** One run to be made. */
export interface Trip {
  readonly world: string
  readonly route: Route
}

/** Trips that are planned at a time, before the first of them is heard of. */
const tripsPerRound = 16

/** Runs of a world before any goes back to another. */
const freshAtFirst = 8
/** A route has no more turns than this. */
const turnsMax = 32
/** The finest step of virtual time: what was seen has happened, and all else is still open. */
const justAfterMs = 0.001

export class Explorer {
  readonly #options: ExplorerOptions
  readonly #random: SimRandom
  readonly #corpora: ReadonlyMap<string, Corpus>
  readonly #fresh = new Map<string, number>()
  readonly #yields: ReadonlyMap<string, Yields>
  #planned = 0
  #quiet = 0

  constructor(options: ExplorerOptions) {
    assert(options.worlds.length > 0, 'a world to explore')
    this.#options = options
    this.#random = new SimRandom(`explore/${options.seed}`)
    this.#corpora = new Map(options.worlds.map((world) => [world, new Corpus()]))
    this.#yields = new Map(options.worlds.map((world) => [world, new Yields()]))
  }

  /** Runs since the last one that showed something new. */
  get quiet(): number {
    return this.#quiet
  }

  /** What is known of a world. */
  corpus(world: string): Corpus {
    const corpus = this.#corpora.get(world)
    assert(corpus !== undefined, `a world named ${world}`)
    return corpus
  }

  /** The next round of trips. To be asked for when all of the last one have been heard of. */
  plan(): readonly Trip[] {
    return Array.from({ length: tripsPerRound }, () => {
      const { worlds } = this.#options
      const world = worlds[this.#planned % worlds.length] ?? ''
      this.#planned += 1
      return { world, route: this.#routeIn(world) }
    })
  }

  /** Hears of one trip, in the order in which they were planned. Answers how much it has shown that is new. */
  hear({ world, route }: Trip, sightings: readonly Sighting[]): number {
    const news = this.corpus(world).take(route, sightings)
    this.#yields.get(world)?.take(route.reseeds.length > 0, news)
    this.#quiet = news === 0 ? this.#quiet + 1 : 0
    return news
  }

  #routeIn(world: string): Route {
    const corpus = this.corpus(world)
    const isFresh =
      !this.#options.isGuided ||
      corpus.runs < freshAtFirst ||
      this.#yields.get(world)?.drawFresh(this.#random) === true
    const place = isFresh ? undefined : corpus.draw(this.#random)
    if (place === undefined || place.route.reseeds.length >= turnsMax)
      return this.#freshRoute(world)
    const atMs = Math.round((place.atMs + justAfterMs) * 1_000) / 1_000
    const kept = place.route.reseeds.filter((reseed) => reseed.atMs < atMs)
    return { seed: place.route.seed, reseeds: [...kept, { atMs, seed: this.#random.u32() }] }
  }

  #freshRoute(world: string): Route {
    const before = this.#fresh.get(world) ?? 0
    this.#fresh.set(world, before + 1)
    return { seed: this.#options.seed + before, reseeds: [] }
  }
}
