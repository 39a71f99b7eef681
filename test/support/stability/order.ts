/** What is asked of the process that runs in a copy of the project, and what it says. One line of JSON each. */
import type { Recipe } from '../../../sim/cluster/recipe.ts'

/** Where the order lies, below the root of the copy. */
export const orderFile = 'stability-order.json'

/** A run that failed, as a bundle keeps it. */
export interface StoredRun {
  readonly seed: number
  readonly property: string
  readonly digest: string
  readonly recipe: Recipe
}

export type StabilityOrder = { readonly scenario: string } & (
  | {
      /** Seeds from one on, until so many have failed by a property that is expected. */
      readonly kind: 'find'
      readonly expected: readonly string[]
      readonly from: number
      readonly seedsMax: number
      readonly wanted: number
    }
  /** These runs, each from its seed alone and by its recipe. */
  | { readonly kind: 'again'; readonly runs: readonly StoredRun[] }
)

/** One seed of a search. */
export interface FoundSeed {
  readonly seed: number
  readonly stored?: StoredRun
}

/** What one run came to; the property is empty if none broke. */
interface Came {
  readonly property: string
  readonly digest: string
}

/** One run, repeated. */
export interface RunAgain {
  readonly seed: number
  readonly bySeed: Came
  readonly byBundle: Came
}
