/**
 * The same work on every network that there is, abstract or real, in virtual time or not: peers that each dial a few
 * others, of whom one after another announces a block. What comes of it is told in the same words, so that a model can be
 * held against what it models.
 */
import { SimRandom } from '../../../sim/random.ts'
import type { Way } from '../../announcer.ts'
import { drawNeighbourNames } from '../../topology.ts'

export interface Load {
  readonly peers: number
  /** One each {@link blockEveryMs}. */
  readonly blocks: number
  readonly bodyBytes: number
  readonly way: Way
}

export const blockEveryMs = 2_000
/** Before the first block, so that everybody is connected and the mesh is grown. */
export const settleMs = 5_000
/** After the last one. */
export const restMs = 3_000
export const announcements = { topic: '/alys/bench/gossip/1', protocol: '/alys/bench/body/1' }

/** What came of a load. */
export interface Played {
  /** From an announcement until a peer had the body: one for each peer and block that got there. */
  readonly deliveryMs: readonly number[]
  /** What all peers have sent from the first announcement on, as the world counts it. */
  readonly wireBytes: number
}

/** A network to play on. A world of its own each time. */
export interface ParityWorld {
  readonly name: string
  /** What is counted as bytes on the wire. */
  readonly counts: string
  readonly play: (load: Load) => Promise<Played>
}

/** A peer of the load. */
export interface LoadPeer {
  readonly name: string
  /** Names of those whom it dials. */
  readonly neighbours: readonly string[]
}

/** Who dials whom: the same in each world. */
export function peersOf({ peers }: Load): readonly LoadPeer[] {
  const random = new SimRandom(`parity/${peers}`)
  const names = Array.from({ length: peers }, (_, i) => `p${i}`)
  return names.map((name) => ({ name, neighbours: drawNeighbourNames(random, names, name) }))
}

/** Who announces the block of a number, from 1 on. */
export function authorOf({ peers }: Load, block: number): number {
  return block % peers
}
