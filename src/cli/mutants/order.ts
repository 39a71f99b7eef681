/** What is asked of the process that hunts in a copy of the project, and what it says. One line of JSON each. */

/** Seeds to be run one after another. */
export interface Order {
  readonly scenario: string
  readonly from: number
  readonly count: number
  /** Of a plan of faults the shortest part that does is looked for, in the first of these seeds. */
  readonly shrink?: ShrinkOrder
}

export interface ShrinkOrder {
  /** What has to be broken still. */
  readonly property: string
  readonly runsMax: number
}

interface Ran {
  readonly seed: number
  /** Of the process, for this seed. */
  readonly cpuMs: number
}

/** What became of one seed. */
export type SeedFinding = Ran &
  (
    | { readonly kind: 'held' }
    | { readonly kind: 'violated'; readonly property: string; readonly detail: string }
    /** The simulation itself failed. */
    | { readonly kind: 'crashed'; readonly detail: string }
    | { readonly kind: 'timed-out' }
  )

/** The first line says that all was loaded: a copy that says less is broken. */
export type Said = { readonly kind: 'ready' } | SeedFinding
