/**
 * What k detections in n independent seeds say of the chance of one: the exact interval of Clopper and
 * Pearson (Biometrika 26, 1934), which never promises more than it keeps, however small k is.
 */

/** Bounds of a chance, each from 0 to 1. */
export interface Interval {
  readonly low: number
  readonly high: number
}

const doubt = 0.05
/** Halvings of the unit interval: far below what is printed. */
const halvings = 60

/** The 95 % interval of `k` in `n`; all there is, where nothing was tried. */
export function clopperPearson(k: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1 }
  // The lower bound is where k or more would be as rare as half of the doubt; the upper one, k or less.
  const low = k === 0 ? 0 : solve((p) => 1 - atMost(k - 1, n, p) < doubt / 2)
  const high = k === n ? 1 : solve((p) => atMost(k, n, p) > doubt / 2)
  return { low, high }
}

/**
 * The same, where seeds were run until the `k`-th detection and it took `n`: inverse binomial sampling (Haldane,
 * Biometrika 33, 1945). That the last seed detects is no news then, so the upper bound goes without it.
 */
export function untilKth(k: number, n: number): Interval {
  return { low: clopperPearson(k, n).low, high: clopperPearson(k - 1, n - 1).high }
}

/** One-sided, with the same doubt, where nothing was seen in `n`: about 3/n, the rule of three. */
export function noneIn(n: number): number {
  return n === 0 ? 1 : 1 - doubt ** (1 / n)
}

/** Where `isBelow` turns from true to false. */
function solve(isBelow: (p: number) => boolean): number {
  let low = 0
  let high = 1
  for (let i = 0; i < halvings; i += 1) {
    const middle = (low + high) / 2
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The chance of at most `k` successes in `n` trials of chance `p`. In logarithms, as terms may be tiny. */
function atMost(k: number, n: number, p: number): number {
  if (p === 0 || k >= n) return 1
  if (p === 1) return 0
  const [logP, logQ] = [Math.log(p), Math.log1p(-p)]
  let logTerm = n * logQ
  let sum = Math.exp(logTerm)
  for (let i = 1; i <= k; i += 1) {
    logTerm += Math.log((n - i + 1) / i) + logP - logQ
    sum += Math.exp(logTerm)
  }
  return Math.min(1, sum)
}
