/** What is known of peers: where they are, how they behave, and who vouches for them. */
import type { Reply } from '../../kernel/actor.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { Status } from '../../protocol/wire/status.ts'

/** `federation`: an authority vouches for it. Never banned by itself, always redialled. */
export type PeerClass = 'federation' | 'regular'

/**
 * What a peer did that a correct one does not do. Slowness, disconnects and refusals are none.
 * `forged`: it sent what its own certificate or signature contradicts.
 */
export type Offence = 'malformed' | 'invalid' | 'forged' | 'other-chain'

/** A connected peer on the same chain. */
export interface ReadyPeer {
  readonly peer: PeerId
  readonly class: PeerClass
  readonly status: Status
}

/** What is known of a peer, for whoever operates the node. */
export interface PeerReport {
  readonly peer: PeerId
  readonly class: PeerClass
  readonly isConnected: boolean
  /** 0 at best, −100 at worst; recovers with time. */
  readonly conduct: number
  readonly isBanned: boolean
  readonly committedHeight: number | undefined
  /** Where it can be dialled, as far as that is known. */
  readonly addresses?: readonly string[]
}

export type PeerMessage =
  | {
      readonly kind: 'peer-up'
      readonly peer: PeerId
      readonly address: string
      readonly isDialled: boolean
    }
  | { readonly kind: 'peer-down'; readonly peer: PeerId }
  /** Its status was read, is of this chain, and its statement (if any) is genuine. */
  | { readonly kind: 'peer-status'; readonly ready: ReadyPeer }
  | { readonly kind: 'report-peer'; readonly peer: PeerId; readonly offence: Offence }
  | { readonly kind: 'get-peers'; readonly reply: Reply<readonly PeerReport[]> }
  | { readonly kind: 'housekeeping' }
  | { readonly kind: 'redial'; readonly address: string }

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
  | { readonly kind: 'peer-banned'; readonly peer: PeerId; readonly forMs: number }
  | { readonly kind: 'peer-unbanned'; readonly peer: PeerId }
  | { readonly kind: 'dial-failed'; readonly address: string; readonly code: string }
