/**
 * A bug to be planted: textual changes of the production code, who hunts for it, and the property that is
 * expected to find it. If the code moves on so that a change no longer applies, a test says so: a mutant
 * never rots silently.
 */

/** T1: a mistake that was really made, in the chain which this one takes after. T2: one that might be. */
export type Tier = 'T1' | 'T2'

/** One change. What is to be found must be there exactly once. */
export interface Edit {
  /** Below the root of the project. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A test of the part alone. */
export interface Law {
  /** A file of tests. Its seeds are pinned. */
  readonly file: string
  /** The titles of the tests that may notice. */
  readonly titles: readonly string[]
}

export interface Mutant {
  /** Never reused. Of T1 those by which the mistake is known; of T2 `M-` and a number. */
  readonly id: string
  readonly tier: Tier
  readonly name: string
  /** What the bug is, in words. */
  readonly bug: string
  readonly edits: readonly Edit[]
  /** The scenario that hunts for it, seed after seed; the swarm, where nothing is named. */
  readonly scenario?: string
  /** Properties by which it may be found, or might be where none does. A kill by any other is luck. */
  readonly expected: readonly string[]
  /**
   * Why no world shows it. This is held to: a bug that survives without a reason is a hole in the
   * simulator, and one that is found in spite of its reason has the wrong one.
   */
  readonly survives?: string
  /** What notices a bug that survives. */
  readonly law?: Law
  /** Of a bug that is rare: where to look first if the first kill is enough. It says nothing of how rare it is. */
  readonly pinnedSeed?: number
}

/** A mistake that was made elsewhere and cannot be made here. */
export interface WithoutSurface {
  readonly id: string
  readonly mistake: string
  /** Why it has no place here. */
  readonly reason: string
}

/** A change that was taken for a bug and is none. */
export interface Equivalent {
  readonly id: string
  readonly change: string
  /** Why nobody can tell the one from the other. */
  readonly proof: string
}
