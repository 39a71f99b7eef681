/** What is asked of the process that hunts in a copy of the project, and what it says. One line of JSON each. */

/** Seeds to be run one after another. */
export interface Order {
  readonly scenario: string
  readonly from: number
  readonly count: number
  /** How kinds of fault are mixed, where they are drawn. */
  readonly mix?: 'swarm' | 'uniform'
  /** Then only the first of these seeds is run, and of its faults as many as can be are left out. */
  readonly shrink?: ShrinkOrder
}

export interface ShrinkOrder {
  /** What has to be broken still. */
  readonly property: string
  readonly runsMax: number
}

/** The shortest recipe that was found. */
export interface Recipe {
  readonly seed: number
  /** Faults of the whole plan, as far as they had struck. */
  readonly planned: number
  /** Kinds of those that are needed, in the order in which they strike. */
  readonly faults: readonly string[]
  readonly runs: number
  /** Whether no single fault can be left out. */
  readonly isMinimal: boolean
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
export type Said =
  | { readonly kind: 'ready' }
  | SeedFinding
  | { readonly kind: 'recipe'; readonly recipe: Recipe | undefined }
