/**
 * Whether it is worth more to begin afresh or to go back, by what either has shown of late: a bandit of two arms that
 * are played in proportion to what they yield, and neither ever given up.
 */
import type { SimRandom } from '../random.ts'

/** After so many runs of a kind, what it has yielded counts half. */
const runsMax = 64
/** Either kind gets one run in so many at least. */
const shareMin = 8
/** Yields are whole thousandths of a feature a run. */
const scale = 1_000

interface Arm {
  runs: number
  news: number
}

export class Yields {
  readonly #fresh: Arm = { runs: 0, news: 0 }
  readonly #back: Arm = { runs: 0, news: 0 }

  /** A run has shown so much that is new. */
  take(isBack: boolean, news: number): void {
    const arm = isBack ? this.#back : this.#fresh
    arm.runs += 1
    arm.news += news
    if (arm.runs < runsMax) return
    arm.runs = Math.floor(arm.runs / 2)
    arm.news = Math.floor(arm.news / 2)
  }

  /** Draws whether the next run is to be a fresh one. */
  drawFresh(random: SimRandom): boolean {
    // Going back counts for as much as beginning afresh until it was tried.
    const fresh = rateOf(this.#fresh)
    const total = fresh + (this.#back.runs === 0 ? fresh : rateOf(this.#back))
    const least = Math.ceil(total / shareMin)
    return random.chance(Math.min(Math.max(fresh, least), total - least), total)
  }
}

function rateOf({ runs, news }: Arm): number {
  return Math.floor((scale * (news + 1)) / (runs + 1)) + 1
}
