/**
 * Intervals of integers: what the generator knows of each value that the kernel will compute. An operation on
 * intervals holds every result that the operation on their members can have, so a bound that is asserted here, once,
 * holds for every input that the kernel will ever see.
 *
 * R. E. Moore, "Interval Analysis", 1966. Integers of any size, nothing is rounded.
 */

/** All integers from `low` to `high`, both included. */
export interface Interval {
  readonly low: bigint
  readonly high: bigint
}

/** The interval of -`bound` to `bound`. */
export function within(bound: bigint): Interval {
  return { low: -bound, high: bound }
}

/** The interval of one integer. */
export function exactly(value: bigint): Interval {
  return { low: value, high: value }
}

/** Sums. */
export function plus(a: Interval, b: Interval): Interval {
  return { low: a.low + b.low, high: a.high + b.high }
}

/** Differences. */
export function minus(a: Interval, b: Interval): Interval {
  return { low: a.low - b.high, high: a.high - b.low }
}

/** Products. */
export function times(a: Interval, b: Interval): Interval {
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
  return {
    low: corners.reduce(lesser),
    high: corners.reduce(greater),
  }
}

/** Quotients by 2^`bits`, rounded towards minus infinity as an arithmetic shift rounds. */
export function shifted(a: Interval, bits: bigint): Interval {
  return { low: a.low >> bits, high: a.high >> bits }
}

/** Quotients by 2^`bits`, rounded to the nearest. Of two equally near ones, either. */
export function rounded(a: Interval, bits: bigint): Interval {
  const half = 1n << (bits - 1n)
  return { low: -((-a.low + half) >> bits), high: (a.high + half) >> bits }
}

/** The smallest interval that holds both. */
export function hull(a: Interval, b: Interval): Interval {
  return { low: lesser(a.low, b.low), high: greater(a.high, b.high) }
}

/** Whether `outer` holds all of `inner`. */
export function holds(outer: Interval, inner: Interval): boolean {
  return outer.low <= inner.low && inner.high <= outer.high
}

/** The greatest magnitude. */
export function magnitude(a: Interval): bigint {
  return greater(-a.low, a.high)
}

function lesser(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}

function greater(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}
