/** Intervals hold every result of their members, and no operation is wider than its corners make it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  exactly,
  holds,
  hull,
  type Interval,
  magnitude,
  minus,
  plus,
  rounded,
  shifted,
  times,
} from '../../../../../src/validation/kernel/generate/interval.ts'

const bound = 2n ** 70n
const whole = fc.bigInt({ min: -bound, max: bound })

/** An interval and one of its members. */
const membered = fc.tuple(whole, whole, whole).map((values) => {
  const [low = 0n, member = 0n, high = 0n] = values.toSorted(
    (a, b) => Number(a > b) - Number(a < b),
  )
  return { interval: { low, high }, member }
})

function has(interval: Interval, value: bigint): boolean {
  return interval.low <= value && value <= interval.high
}

test('sums, differences, products and hulls of members are members', () => {
  const isMember = fc.property(membered, membered, (a, b) => {
    expect(has(plus(a.interval, b.interval), a.member + b.member)).toBe(true)
    expect(has(minus(a.interval, b.interval), a.member - b.member)).toBe(true)
    expect(has(times(a.interval, b.interval), a.member * b.member)).toBe(true)
    expect(holds(hull(a.interval, b.interval), a.interval)).toBe(true)
    expect(has(hull(a.interval, b.interval), b.member)).toBe(true)
    expect(magnitude(a.interval)).toBeGreaterThanOrEqual(a.member < 0n ? -a.member : a.member)
  })
  fc.assert(isMember, { seed: 1, numRuns: 1_000 })
})

test('quotients of members are members, rounded down or to the nearest', () => {
  const isMember = fc.property(membered, fc.bigInt({ min: 1n, max: 60n }), (a, bits) => {
    const floor = a.member >> bits
    expect(has(shifted(a.interval, bits), floor)).toBe(true)
    const rest = a.member - (floor << bits)
    const half = 2n ** (bits - 1n)
    if (rest <= half) expect(has(rounded(a.interval, bits), floor)).toBe(true)
    if (rest >= half) expect(has(rounded(a.interval, bits), floor + 1n)).toBe(true)
  })
  fc.assert(isMember, { seed: 1, numRuns: 1_000 })
})

test('of single numbers the results are single', () => {
  const isSingle = fc.property(whole, whole, (a, b) => {
    expect(plus(exactly(a), exactly(b))).toEqual(exactly(a + b))
    expect(minus(exactly(a), exactly(b))).toEqual(exactly(a - b))
    expect(times(exactly(a), exactly(b))).toEqual(exactly(a * b))
    expect(holds(exactly(a), exactly(b))).toBe(a === b)
  })
  fc.assert(isSingle, { seed: 1, numRuns: 200 })
})
