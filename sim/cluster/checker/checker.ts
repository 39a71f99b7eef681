/**
 * What a checker is: one property of the chain, watched over every event of every correct node, in
 * every life. It sees what nodes report, and nothing of what is inside them.
 */
import type { Entry, KeyRange, Verdict } from '../../../src/kernel/environment.ts'
import type { ActorReport } from '../../../src/kernel/system.ts'
import type { KernelEvent } from '../../../src/kernel/trace.ts'
import type { NodeTuning } from '../../../src/node/config.ts'
import type { NodeEvent } from '../../../src/node/event.ts'
import type { Chain } from '../../../src/protocol/chain.ts'
import type { Committee } from '../../../src/protocol/committee.ts'
import type { SignatureCheck } from '../../../src/protocol/consensus/checks.ts'
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

/** One life of a correct node. */
export interface Seat {
  readonly node: string
  /** Counts the node's lives, from 1. */
  readonly life: number
}

/** A gossiped message. Equal ones are one object, for as long as any of them is remembered. */
export interface Message {
  readonly topic: string
  readonly bytes: Uint8Array
}

/** What crosses the seam between a correct node and the world: its network, who checks signatures, its engine. */
export type Crossing = { readonly atMs: number; readonly seat: Seat } & (
  | { readonly kind: 'published'; readonly message: Message }
  /** Brought to the node, by a neighbour. */
  | { readonly kind: 'heard'; readonly message: Message }
  | { readonly kind: 'judged'; readonly message: Message; readonly verdict: Verdict }
  | { readonly kind: 'asked'; readonly protocol: string; readonly body: Uint8Array }
  /** `body` is what a peer asked, which may be anything. */
  | {
      readonly kind: 'answered'
      readonly protocol: string
      readonly body: Uint8Array
      readonly answer: Uint8Array
    }
  /** What a peer answered to this node, which may be anything. */
  | {
      readonly kind: 'told'
      readonly protocol: string
      readonly body: Uint8Array
      readonly answer: Uint8Array
    }
  /** The node has signatures checked; they are. Asked for at `askedMs`. */
  | { readonly kind: 'checking' }
  | { readonly kind: 'checked'; readonly askedMs: number }
  /** The node asks a program that serves it; it is answered, if that is no fault. */
  | { readonly kind: 'called'; readonly request: unknown }
  | { readonly kind: 'returned'; readonly request: unknown; readonly answer: unknown }
  /** The node wants all that is passed on to go to a peer at once, or no longer. */
  | { readonly kind: 'favoured'; readonly peer: string; readonly isFavoured: boolean }
)

/** What one life of a correct node holds, at rest. */
export interface Sample {
  readonly atMs: number
  readonly seat: Seat
  readonly actors: readonly ActorReport[]
  /** Timers that wait, of the node and its engine. */
  readonly timers: number
  /** Connections that are open. */
  readonly connected: number
  readonly tuning: NodeTuning
}

/** What a checker has to know of the world it watches. */
export interface World {
  readonly chain: Chain
  readonly committee: Committee
  /** ceil(2n/3), counted here and not asked of the code under test. */
  readonly quorum: number
  readonly slots: SlotParams
  /** Whether a certificate's signature is that of all who are named in it. */
  readonly isGenuine: (certificate: Certificate) => boolean
  /** Whether a signature is that of who is said to have signed. */
  readonly isSigned: (check: SignatureCheck) => boolean
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

/** A property of what crosses the seam to the network. */
export interface CrossingChecker {
  readonly property: string
  /** Every event besides, for those who compare the two. What is broken, if this event shows it. */
  observe?(observed: Observed): string | undefined
  /** What is broken, if this shows it. */
  cross(crossing: Crossing): string | undefined
}

/** A property of what nodes hold, looked at now and then. */
export interface SampleChecker {
  readonly property: string
  /** What is broken, if this shows it. */
  sample(sample: Sample): string | undefined
}

/** What a disk holds, to be read. */
export interface DiskContent {
  read(key: string): Uint8Array | undefined
  scan(range: KeyRange): readonly Entry[]
}

/** A property of what lies on the disks of correct nodes, looked at before each start, and at the end of a story. */
export interface DiskChecker {
  readonly property: string
  /**
   * What is broken, if this disk shows it. `isInUse`: a node has gone through it since the last crash, and has mended what
   * that one tore.
   */
  inspect(node: string, disk: DiskContent, isInUse: boolean): string | undefined
}

/** Makes a checker for one run. */
export type MakeChecker = (world: World) => Checker
