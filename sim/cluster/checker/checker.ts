/**
 * What a checker is: one property of the chain, watched over every event of every correct node, in
 * every life. It sees what nodes report, and nothing of what is inside them.
 */
import type { KernelEvent } from '../../../src/kernel/trace.ts'
import type { NodeEvent } from '../../../src/node/event.ts'
import type { Committee } from '../../../src/protocol/committee.ts'
import type { Certificate } from '../../../src/protocol/consensus/vote.ts'
import type { SlotParams } from '../../../src/protocol/slots.ts'

/** An event of a correct node. Those of liars prove nothing, and are not shown. */
export interface Observed {
  /** True milliseconds since the world began, whatever the node's clock shows. */
  readonly atMs: number
  readonly node: string
  /** Place in the committee; undefined for a node that follows. */
  readonly member: number | undefined
  /** Counts the node's lives, from 1. */
  readonly life: number
  readonly event: NodeEvent | KernelEvent
}

/** What a checker has to know of the world it watches. */
export interface World {
  readonly committee: Committee
  /** ceil(2n/3), counted here and not asked of the code under test. */
  readonly quorum: number
  readonly slots: SlotParams
  /** Whether a certificate's signature is that of all who are named in it. */
  readonly isGenuine: (certificate: Certificate) => boolean
  /** True wall-clock time at the beginning of the world. */
  readonly wallMsAtStart: number
  /** Members that may sign anything. */
  readonly liars: ReadonlySet<number>
  /** How wrong a node's clock may be at most, in milliseconds. */
  readonly clockErrorMsMax: number
  /** Nodes whose disk may lose or damage what it acknowledged. */
  readonly untrustedDisks: ReadonlySet<string>
  /** Whether disks may refuse to read or write. */
  readonly hasDiskErrors: boolean
  /** Nodes that keep the rules of the protocol, by name. Whoever else is about may break them. */
  readonly correct: ReadonlySet<string>
}

export interface Checker {
  /** The name of the property, as it is reported. */
  readonly property: string
  /** What is broken, if this event shows it. */
  observe(observed: Observed): string | undefined
}

/** Makes a checker for one run. */
export type MakeChecker = (world: World) => Checker
