/**
 * What must happen, and within which time, once a part of a federation is well: bounds in slots, taken from runs without
 * faults, times a slack. A watcher looks on at the core and says what is overdue.
 */

import type { Millis } from '../../../src/base/units.ts'
import type { ActorReport } from '../../../src/kernel/system.ts'
import type { Observed } from '../checker/checker.ts'

/** One node of the core, as it is at one look. */
export interface CoreNode {
  readonly name: string
  /** Place in the committee; undefined for a node that follows. */
  readonly member: number | undefined
  /** What it has committed, in all its lives. */
  readonly height: number
  /** The last slot of which it has committed the block, in all its lives. */
  readonly slot: number
  /** The state of its sync, as it said last; `idle` before it said anything. */
  readonly syncState: string
  /** Names of others of the core that it is connected to. */
  readonly connected: ReadonlySet<string>
  readonly actors: readonly ActorReport[]
  /** Timers that wait. */
  readonly timers: number
  /** Whether the block of this height can be read on its disk. */
  readonly holds: (height: number) => boolean
}

/** The core, looked at once a slot. */
export interface CoreLook {
  readonly atMs: Millis
  /** Since it is well. */
  readonly wellMs: Millis
  readonly slotMs: Millis
  readonly nodes: readonly CoreNode[]
}

export interface Watcher {
  /** The name of the property, as it is reported. */
  readonly property: string
  /** An event of a node of the core, from now on. */
  observe?(observed: Observed): void
  /** What is overdue, if anything is. */
  look(core: CoreLook): string | undefined
}
