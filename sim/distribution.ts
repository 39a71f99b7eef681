/**
 * How long things take, as data: whole microseconds, drawn with + − × ÷ alone. `Math.log` and its kin
 * differ between processors in the last bit, so the exponential law is read from a table whose
 * logarithms are built here, by arithmetic that is the same everywhere.
 */
import { assert } from '../src/base/assert.ts'
import type { Draws } from './random.ts'

/** A law of latency. All fields are whole microseconds, save where the name says otherwise. */
export type Distribution =
  | { readonly kind: 'constant'; readonly us: number }
  | { readonly kind: 'uniform'; readonly minUs: number; readonly maxUs: number }
  /** `minUs` and then an exponential part with mean `meanUs`, together at most `maxUs`. */
  | {
      readonly kind: 'exponential'
      readonly minUs: number
      readonly meanUs: number
      readonly maxUs: number
    }
  /** `rare` in so many of a million cases, else `usual`: the slow path that most tests never see. */
  | {
      readonly kind: 'bimodal'
      readonly usual: Distribution
      readonly rare: Distribution
      readonly rarePerMillion: number
    }

export function constant(us: number): Distribution {
  return { kind: 'constant', us: whole(us) }
}

export function uniform(minUs: number, maxUs: number): Distribution {
  assert(minUs <= maxUs, 'the least is at most the most')
  return { kind: 'uniform', minUs: whole(minUs), maxUs: whole(maxUs) }
}

export function exponential(minUs: number, meanUs: number, maxUs: number): Distribution {
  assert(minUs <= maxUs, 'the least is at most the most')
  return { kind: 'exponential', minUs: whole(minUs), meanUs: whole(meanUs), maxUs: whole(maxUs) }
}

export function bimodal(
  usual: Distribution,
  rare: Distribution,
  rarePerMillion: number,
): Distribution {
  return { kind: 'bimodal', usual, rare, rarePerMillion: whole(rarePerMillion) }
}

/** One value of the law, in whole microseconds. */
export function draw(distribution: Distribution, random: Draws): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.us
    case 'uniform':
      return random.between(distribution.minUs, distribution.maxUs)
    case 'exponential': {
      const us = distribution.minUs + Math.floor(distribution.meanUs * exponentialOf(random.u32()))
      return Math.min(us, distribution.maxUs)
    }
    case 'bimodal': {
      const isRare = random.chance(distribution.rarePerMillion, 1_000_000)
      return draw(isRare ? distribution.rare : distribution.usual, random)
    }
    default:
      return distribution satisfies never
  }
}

// ----- the exponential law -----

const stepBits = 12
const steps = 2 ** stepBits
const restBits = 32 - stepBits
const restMask = 2 ** restBits - 1

/** At i: the i/4096 quantile of the exponential law with mean one. The last one stands for infinity. */
const quantiles: readonly number[] = buildQuantiles()

/** The quantile at `word` / 2^32, linear between the entries of the table. */
function exponentialOf(word: number): number {
  const step = word >>> restBits
  const low = quantiles[step] ?? 0
  const high = quantiles[step + 1] ?? low
  return low + (high - low) * ((word & restMask) / 2 ** restBits)
}

function buildQuantiles(): readonly number[] {
  const table = Array.from({ length: steps }, (_, step) => -logarithm(1 - step / steps))
  // The mean of what lies beyond the last step is one more than its lower end.
  const last = table[steps - 1] ?? 0
  return [...table, last + 2]
}

/** The natural logarithm of a number in (0, 1], by doubling and the series of artanh. */
function logarithm(value: number): number {
  let mantissa = value
  let doublings = 0
  while (mantissa < 0.75) {
    mantissa *= 2
    doublings += 1
  }
  const ratio = (mantissa - 1) / (mantissa + 1)
  const square = ratio * ratio
  let power = ratio
  let sum = 0
  for (let odd = 1; odd < 40; odd += 2) {
    sum += power / odd
    power *= square
  }
  return 2 * sum - doublings * Math.LN2
}

function whole(value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, 'a whole number that is not negative')
  return value
}
