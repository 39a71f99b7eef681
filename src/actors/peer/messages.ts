/** What is known of peers: where they are, how they behave and serve, and who vouches for them. */
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { NetworkFault, PeerId } from '../../kernel/environment.ts'
import type { Status } from '../../protocol/wire/status.ts'

/**
 * `federation`: an authority vouches for it. Never banned by itself, always redialled. `miner`: proves that it
 * mines; places are kept for miners, and nobody proves it yet.
 */
export type PeerClass = 'federation' | 'miner' | 'regular'

/**
 * What a peer did that a correct one does not do. Slowness, disconnects and refusals are none.
 * `forged`: it sent what its own certificate or signature contradicts. `malformed`: bytes that cannot be
 * read, or too many. `equivocating-status`: another committed block at a height, under a certificate that is
 * false. `wrong-answer`: nothing where it said to have something, or what was not asked for. `height-claim`:
 * a height that no clock allows. `unproven-claim`: one that it cannot prove when asked twice. `over-limit`: it
 * asks on after it was told to wait. `stall`: it let three deadlines pass in a row while others did not.
 */
export type Offence =
  | 'forged'
  | 'malformed'
  | 'equivocating-status'
  | 'other-chain'
  | 'invalid'
  | 'wrong-answer'
  | 'height-claim'
  | 'unproven-claim'
  | 'over-limit'
  | 'stall'

/** `soft`: small faults have added up. `proof`: its own bytes show the fault. `operator`: somebody said so. */
export type BanKind = 'soft' | 'proof' | 'operator'

/** What came of one request to a peer. */
export interface Service {
  /** `duplicate`: it was answered, after another had answered the same. */
  readonly outcome: 'served' | 'failed' | 'duplicate'
  readonly bytes: number
  /** From sending to the last byte, or to giving up. */
  readonly elapsedMs: number
  /** From sending to the first byte, where that is known. */
  readonly firstByteMs?: number | undefined
}

/** A connected peer on the same chain. */
export interface ReadyPeer {
  readonly peer: PeerId
  readonly class: PeerClass
  readonly status: Status
}

/** A connection as the network has it. `address` can be dialled if `isDialled`, and else perhaps. */
export interface ConnectedPeer {
  readonly peer: PeerId
  readonly address: string
  readonly isDialled: boolean
}

/** What is known of a peer, for whoever operates the node. */
export interface PeerReport {
  readonly peer: PeerId
  readonly class: PeerClass
  readonly isConnected: boolean
  /** Who dialled; undefined while it is not connected. */
  readonly direction: 'inbound' | 'outbound' | undefined
  /** By which it can be dialled, as far as is known. */
  readonly addresses: readonly string[]
  /** Where it was last seen: addresses in one netgroup are one owner's. */
  readonly netgroup: string
  /** 0 at best, −100 at worst; half of it is forgotten every ten minutes. */
  readonly conduct: number
  /** 0 to 100, for ranking alone. */
  readonly performance: number
  /** The sum of both, −100 to 100. Nothing is decided by it. */
  readonly score: number
  readonly bytesPerSecond: number | undefined
  readonly latencyMs: number | undefined
  readonly isBanned: boolean
  readonly ban: BanReport | undefined
  readonly committedHeight: number | undefined
  readonly availableFrom: number | undefined
  /** Since it was last heard of. */
  readonly seenAgoMs: Millis
}

export interface BanReport {
  readonly kind: BanKind
  readonly reason: string
  readonly leftMs: Millis
}

/** Which peers are asked for. Absent: all. */
export interface PeerFilter {
  readonly class?: PeerClass
  readonly isConnected?: boolean
  readonly isBanned?: boolean
}

export type PeerMessage =
  | ({ readonly kind: 'peer-up' } & ConnectedPeer)
  | { readonly kind: 'peer-down'; readonly peer: PeerId }
  /** Where a peer may be, as the network itself has found. */
  | { readonly kind: 'address-found'; readonly address: string }
  /** The network was restarted, and tells of every connection anew. */
  | { readonly kind: 'network-opened' }
  /** Its status was read, is of this chain, and its statement (if any) is genuine. */
  | { readonly kind: 'peer-status'; readonly ready: ReadyPeer }
  | { readonly kind: 'report-peer'; readonly peer: PeerId; readonly offence: Offence }
  | ({ readonly kind: 'report-service'; readonly peer: PeerId } & Service)
  /** It was the first to bring a block that is valid. */
  | { readonly kind: 'first-announcement'; readonly peer: PeerId }
  /**
   * More peers are needed now. `stale-certificate`: nothing new is proven, so whom we know may withhold it.
   * `partition`: as if half of the world were gone. `no-peers`: there is nobody left to ask.
   */
  | { readonly kind: 'dial-burst'; readonly reason: 'partition' | 'stale-certificate' | 'no-peers' }
  /** Sync was restarted: it is told again how each peer stands. */
  | { readonly kind: 'announce-standings' }
  /** Undefined: the asker has had its addresses for now, or none can be given. */
  | {
      readonly kind: 'get-addresses'
      readonly from: PeerId
      readonly countMax: number
      readonly reply: Reply<readonly string[] | undefined>
    }
  | {
      readonly kind: 'get-peers'
      readonly filter: PeerFilter
      readonly reply: Reply<readonly PeerReport[]>
    }
  | {
      readonly kind: 'get-peer'
      readonly peer: PeerId
      readonly reply: Reply<PeerReport | undefined>
    }
  /** Dials the address before all others, and keeps on dialling it if it is to be kept. */
  | {
      readonly kind: 'connect-peer'
      readonly address: string
      readonly isKept: boolean
      readonly reply: Reply<Result<PeerId, ConnectFault>>
    }
  /** Answers whether it was known. A ban of an operator holds for whomever, a federation peer too. */
  | {
      readonly kind: 'ban-peer'
      readonly peer: PeerId
      readonly forMs: Millis
      readonly reason: string
      readonly reply: Reply<boolean>
    }
  /** Lifts any ban, and forgives what led to it. Answers whether there was one. */
  | { readonly kind: 'unban-peer'; readonly peer: PeerId; readonly reply: Reply<boolean> }
  /** Once a second: whatever is due, whether anything happened or not. */
  | { readonly kind: 'peer-tick' }
  | { readonly kind: 'tell-standings' }

export interface ConnectFault {
  readonly code: NetworkFault['code'] | 'no-peer-id' | 'too-many'
  readonly detail: string
}

export type PeerEvent =
  | {
      readonly kind: 'peer-ready'
      readonly peer: PeerId
      readonly class: PeerClass
      readonly committedHeight: number
    }
  | {
      readonly kind: 'peer-reported'
      readonly peer: PeerId
      readonly offence: Offence
      readonly conduct: number
    }
  | {
      readonly kind: 'peer-banned'
      readonly peer: PeerId
      readonly as: BanKind
      readonly reason: string
      readonly forMs: number
    }
  | { readonly kind: 'peer-unbanned'; readonly peer: PeerId; readonly why: 'over' | 'operator' }
  /** A federation peer did what another would be banned for. It is left alone for a while. */
  | {
      readonly kind: 'federation-peer-paused'
      readonly peer: PeerId
      readonly offence: Offence
      readonly forMs: number
    }
  /** There is no place for it, or it is not welcome. No offence. */
  | { readonly kind: 'peer-turned-away'; readonly peer: PeerId; readonly reason: TurnedAway }
  | { readonly kind: 'peer-evicted'; readonly peer: PeerId; readonly netgroup: string }
  /** Its place is given to another: it does not answer, it is of no use while there are plenty. No offence. */
  | {
      readonly kind: 'peer-dismissed'
      readonly peer: PeerId
      readonly why: 'no-status' | 'unresponsive' | 'useless'
    }
  | { readonly kind: 'dial-failed'; readonly address: string; readonly code: string }
  | { readonly kind: 'dials-hastened'; readonly reason: string }
  | {
      readonly kind: 'addresses-learned'
      readonly peer: PeerId
      readonly told: number
      readonly added: number
    }
  /** The network has found an address that is not in the book yet. `isKept`: it is now. */
  | { readonly kind: 'address-found'; readonly address: string; readonly isKept: boolean }
  /** New blocks come first from so few netgroups that somebody may choose what this node sees. */
  | { readonly kind: 'announcers-few'; readonly netgroups: number }
  | {
      readonly kind: 'peers-swept'
      readonly connected: number
      readonly outbound: number
      readonly banned: number
      readonly addressesNew: number
      readonly addressesTried: number
    }
  | {
      readonly kind: 'peers-recalled'
      readonly addresses: number
      readonly peers: number
      readonly bans: number
    }
  /** What was kept cannot be read. The node begins with what its configuration says. */
  | {
      readonly kind: 'peers-forgotten'
      readonly note: string
      readonly code: string
      readonly detail: string
    }

export type TurnedAway =
  | 'banned'
  | 'banned-host'
  | 'evicted-lately'
  | 'full'
  | 'host-full'
  | 'netgroup-full'
  | 'subnet-full'
  | 'too-many-arrivals'
