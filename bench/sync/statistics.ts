/** What can be said of runs that were made with the same seeds: spreads, and ratios with what they may be off by. */
import { SimRandom } from '../../sim/random.ts'
import { assert, present } from '../../src/base/assert.ts'
import { median } from '../contest.ts'

/** A ratio of medians, and between what it lies nineteen times in twenty. */
export interface RatioEstimate {
  readonly ratio: number
  readonly low: number
  readonly high: number
}

const resamples = 1_000

/** The least value that so large a part of them does not exceed. Asserts that there is one. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return present(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)], 'a value')
}

/**
 * How many times as long `ours` took as `theirs`, seed by seed: the median of the ratios, and its percentile bootstrap
 * (Efron 1979), drawn the same way each time.
 */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): RatioEstimate {
  assert(ours.length === theirs.length && ours.length > 0, 'as many runs of either')
  const ratios = ours.map((seconds, i) => seconds / present(theirs[i], 'a run of the same seed'))
  const random = new SimRandom('bootstrap')
  const medians = Array.from({ length: resamples }, () => {
    return median(ratios.map(() => present(ratios[random.below(ratios.length)], 'a ratio')))
  })
  return { ratio: median(ratios), low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}
