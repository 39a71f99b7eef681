/**
 * Which seeds a test tells its story with: those that it asks for, unless the environment asks for others.
 * `ALYS_SEEDS=500` makes a night of what is a minute otherwise; `ALYS_SEED=17` repeats one.
 */
import { failed, ok, type Result } from '../base/result.ts'

/** What a test asks for. */
export interface SeedWishes {
  /** How many seeds, at least 1; {@link defaultSeeds} if it is absent. */
  readonly seeds?: number
  /** The first of them; 1 if it is absent. */
  readonly firstSeed?: number
}

export interface Seeds {
  readonly firstSeed: number
  readonly seeds: number
  /** One seed that somebody asked for by its number: too little to say what was never put to the test. */
  readonly isRepeated: boolean
}

/** The variables that are looked at. */
export type SeedVariables = Readonly<
  Partial<Record<'ALYS_SEED' | 'ALYS_SEEDS', string | undefined>>
>

const defaultSeeds = 20
const seedsMax = 1_000_000_000

/** The fault names the option or the variable, its value, and what was expected. */
export function seedsOf(wishes: SeedWishes, variables: SeedVariables): Result<Seeds, string> {
  const { seeds = defaultSeeds, firstSeed = 1 } = wishes
  const { ALYS_SEED: one = '', ALYS_SEEDS: many = '' } = variables
  const count = many === '' ? seeds : numberIn(many)
  const first = one === '' ? firstSeed : numberIn(one)
  if (one !== '' && many !== '') {
    return failed(`ALYS_SEED=${one} and ALYS_SEEDS=${many}: expected one of them, not both`)
  }
  if (!isWithin(count, 1, seedsMax)) {
    const what = many === '' ? `seeds: ${seeds}` : `ALYS_SEEDS=${many}`
    return failed(`${what}: expected a whole number from 1 to ${seedsMax}`)
  }
  const countTold = one === '' ? count : 1
  const firstMax = Number.MAX_SAFE_INTEGER - countTold + 1
  if (!isWithin(first, 0, firstMax)) {
    const what = one === '' ? `firstSeed: ${firstSeed}` : `ALYS_SEED=${one}`
    return failed(`${what}: expected a whole number from 0 to ${firstMax}`)
  }
  return ok({ firstSeed: first, seeds: countTold, isRepeated: one !== '' })
}

function numberIn(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max
}
