/** What the parts of the peer actor have in common: whom they talk to, what they may, and what they know. */
import type { Millis } from '../../base/units.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { NetworkMessage } from '../network/messages.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { SyncMessage } from '../sync/messages.ts'
import { AddressBook } from './book/address-book.ts'
import { Placement, secretBytes } from './book/placement.ts'
import { conductAt } from './conduct.ts'
import { type DialOptions, DialQueue } from './dialling.ts'
import type { PeerEvent, PeerMessage } from './messages.ts'
import { isProven, type Medians, performanceScore, usefulMin } from './performance.ts'
import { peerIn } from './place.ts'
import { type PeerRecord, Roster } from './roster.ts'
import type { SlotLimits } from './slots.ts'

export interface PeerOptions extends SlotLimits, DialOptions {
  /** Where peers listen, in the network's own notation. Dialled for ever. */
  readonly addresses: readonly string[]
  readonly dialDeadlineMs: number
  /** In so long, half of what a peer did is forgotten. */
  readonly conductHalfLifeMs: number
  /** Each peer is looked at once in so long. */
  readonly healthCheckMs: number
  /** A peer is asked for addresses at most once in so long. */
  readonly discoveryMs: number
}

export interface PeerParts {
  readonly context: Context<PeerMessage, PeerEvent>
  readonly network: Address<NetworkMessage>
  readonly storage: Address<StorageMessage>
  readonly sync: Address<SyncMessage>
  /** This node's own identity: nobody to be dialled. */
  readonly self: PeerId
  /** How many members there are, and which of them this node is, if it is one. */
  readonly committee: { readonly size: number; readonly own: number | undefined }
}

export interface PeerScene {
  readonly parts: PeerParts
  readonly options: PeerOptions
  readonly roster: Roster
  readonly queue: DialQueue
  /** Another one once what was kept is known. */
  placement: Placement
  book: AddressBook
  /** Identities behind kept addresses. */
  readonly keptPeers: Set<PeerId>
  medians: Medians
}

/** Besides those that are connected, so many are remembered. */
const rememberedMax = 1_024

export function newScene(parts: PeerParts, options: PeerOptions): PeerScene {
  const { context } = parts
  const { peersMax, federationPeersMax } = options
  const queue = new DialQueue(options, context.now(), () => context.random.below(1_000))
  const secret = new Uint8Array(secretBytes).map(() => context.random.below(256))
  const placement = new Placement(secret)
  const scene = {
    ...{ parts, options, queue, placement },
    roster: new Roster(2 * (peersMax + federationPeersMax) + rememberedMax),
    book: new AddressBook(placement, context.random),
    keptPeers: new Set<PeerId>(),
    medians: { bytesPerSecond: undefined, latencyMs: undefined },
  }
  for (const address of options.addresses) keepAddress(scene, address)
  return scene
}

/** From now on an address is dialled for ever, and the peer there is trusted to take a place. */
export function keepAddress({ queue, keptPeers, parts }: PeerScene, address: string): void {
  queue.keep(address, parts.context.now())
  const peer = peerIn(address)
  if (peer !== undefined) keptPeers.add(peer)
}

/** How a peer behaved, as of now. */
export function conductOf({ options }: PeerScene, record: PeerRecord, nowMs: Millis): number {
  return conductAt(record.conduct, nowMs, options.conductHalfLifeMs)
}

export function scoreOf({ medians }: PeerScene, record: PeerRecord, nowMs: Millis): number {
  return performanceScore(record.performance, nowMs - record.firstSeenMs, medians)
}

/** Whether it has shown that it is of little use. */
export function isUseless(scene: PeerScene, record: PeerRecord, nowMs: Millis): boolean {
  return isProven(record.performance) && scoreOf(scene, record, nowMs) < usefulMin
}
