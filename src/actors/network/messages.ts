/** What other actors may have said to peers or asked of them, and what is reported of peers. */
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { Carried, NetworkFault, PeerId } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import type { SignedHeader } from '../../protocol/block/header.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { BodiesRequest } from '../../protocol/wire/bodies.ts'
import type { CertifiedRequest } from '../../protocol/wire/certified.ts'
import type { CertifiedHeader } from '../../protocol/wire/certified-header.ts'
import type { Exchange } from '../../protocol/wire/exchange.ts'
import type { GoodbyeReason } from '../../protocol/wire/goodbye.ts'
import type { GossipPayload } from '../../protocol/wire/gossip.ts'
import type { HeadersRequest } from '../../protocol/wire/headers.ts'
import type { Served } from '../../protocol/wire/served.ts'
import type { Status } from '../../protocol/wire/status.ts'
import type { ChainStatus } from '../chain/messages.ts'
import type { ConnectedPeer, PeerClass } from '../peer/messages.ts'

/** Why a peer did not answer as it should. `malformed` is its fault, the others need not be. */
export interface PeerFault {
  readonly code: NetworkFault['code'] | 'malformed' | 'no-peer'
  readonly detail: string
}

/** A block with the hash that was asked for, and its own body; nothing else about it was checked. */
export interface FetchedBlock {
  readonly block: StoredBlock
  readonly from: PeerId
}

/** What a download is made of. */
export type DownloadPart = 'certified' | 'headers' | 'bodies'

/**
 * How long to wait for an answer. At `deadlineMs`, and each `extensionMs` after, it goes on if a byte has come
 * within `stallMs` and, since the first one, at least `bytesPerSecondMin` on average; but never beyond
 * `deadlineMsMax`. All from the sending of the request on.
 */
export interface Patience {
  readonly deadlineMs: Millis
  readonly stallMs: Millis
  readonly bytesPerSecondMin: number
  readonly extensionMs: Millis
  readonly deadlineMsMax: Millis
}

/** What a peer said, how many bytes that took, and when the first and the last of them came after sending. */
export type Fetched<Value> = Result<
  {
    readonly served: Served<Value>
    readonly bytes: number
    readonly firstByteMs: Millis
    readonly elapsedMs: Millis
  },
  PeerFault
>

/**
 * Fetches a part of the chain from one peer. `id` names the fetch for whoever wants to give it up; one under
 * the same number that is still open is given up. The answer fits the request, and nothing else about it was checked.
 */
interface Fetch<Request, Item> {
  readonly id: number
  readonly peer: PeerId
  readonly request: Request
  readonly patience: Patience
  readonly reply: Reply<Fetched<readonly Item[]>>
}

export interface FetchCertified extends Fetch<CertifiedRequest, CertifiedHeader> {
  readonly kind: 'fetch-certified'
}

export interface FetchHeaders extends Fetch<HeadersRequest, SignedHeader> {
  readonly kind: 'fetch-headers'
}

/** Bodies come encoded, as views on the answer. */
export interface FetchBodies extends Fetch<BodiesRequest, Uint8Array> {
  readonly kind: 'fetch-bodies'
}

/** One connection, and what goes over it. */
export interface PeerTraffic extends Carried {
  readonly peer: PeerId
  readonly address: string
  readonly isDialled: boolean
  /** Undefined until it has shown its status. */
  readonly class: PeerClass | undefined
  /** Over the last ten seconds. */
  readonly inBytesPerSecond: number
  readonly outBytesPerSecond: number
}

/** How the network does just now. */
export interface NetworkStatus {
  readonly self: PeerId
  readonly connected: number
  /** Of them, those of this chain that have shown their status. */
  readonly ready: number
  /** And those that this node has dialled. */
  readonly dialled: number
  /** Since the start, by connections that are gone too. */
  readonly total: Carried
  readonly inBytesPerSecond: number
  readonly outBytesPerSecond: number
  /** To how many neighbours gossip goes at once, by topic. */
  readonly neighbours: Readonly<Record<string, number>>
  readonly peers: readonly PeerTraffic[]
}

export type NetworkMessage =
  /** Announces to everybody. */
  | { readonly kind: 'publish'; readonly payload: GossipPayload }
  | { readonly kind: 'publish-transaction'; readonly transaction: Uint8Array }
  /** Finds a block at `from`, or else at whoever has it. */
  | {
      readonly kind: 'fetch-block'
      readonly hash: Hash
      readonly from: PeerId | undefined
      readonly reply: Reply<FetchedBlock | undefined>
    }
  | FetchCertified
  | FetchHeaders
  | FetchBodies
  /** Gives a fetch up: its reply is 'cancelled'. Nothing happens if it has ended. */
  | { readonly kind: 'cancel-fetch'; readonly id: number }
  /** Asks a peer anew where it stands. */
  | {
      readonly kind: 'fetch-status'
      readonly peer: PeerId
      readonly reply: Reply<Result<Status, PeerFault>>
    }
  /** Tells a peer, or all of them, what this node knows above its committed block. */
  | {
      readonly kind: 'exchange-with'
      readonly peers: readonly PeerId[] | 'all'
      readonly exchange: Exchange
    }
  /** Where this node stands now: what it tells those who ask. */
  | { readonly kind: 'set-status'; readonly status: ChainStatus }
  | {
      readonly kind: 'dial'
      readonly address: string
      readonly reply: Reply<Result<PeerId, NetworkFault>>
    }
  /** Asks a peer whom else it knows, at most `countMax` (1 to 250) of them; of the federation alone, if it is asked so. */
  | {
      readonly kind: 'fetch-addresses'
      readonly peer: PeerId
      readonly countMax: number
      readonly of: 'anybody' | 'federation'
      readonly reply: Reply<Result<readonly string[], PeerFault>>
    }
  /** Tells a peer why, and closes its connection. */
  | { readonly kind: 'disconnect'; readonly peer: PeerId; readonly reason: GoodbyeReason }
  | { readonly kind: 'get-network-status'; readonly reply: Reply<NetworkStatus> }
  | { readonly kind: 'network-tick' }
  /** Who is connected just now, ready or not. */
  | { readonly kind: 'get-connected'; readonly reply: Reply<readonly ConnectedPeer[]> }
  | { readonly kind: 'ban'; readonly peer: PeerId; readonly isBanned: boolean }
  /** What a connected peer is worth as a neighbour: see `Network.rate` and `Network.favour`. */
  | {
      readonly kind: 'rate'
      readonly peer: PeerId
      readonly conduct: number
      readonly isFavoured: boolean
    }
  /** Tells sync and the peer actor again which peers are ready: one of them was restarted. */
  | { readonly kind: 'announce-peers' }
  /** A handshake that got no answer is tried again. */
  | { readonly kind: 'retry-handshake'; readonly peer: PeerId; readonly attempts: number }

export type NetworkEvent =
  | { readonly kind: 'peer-connected'; readonly peer: PeerId; readonly address: string }
  | { readonly kind: 'peer-lost'; readonly peer: PeerId }
  | { readonly kind: 'peer-refused'; readonly peer: PeerId; readonly reason: string }
  /** Every 15 s. Rates are over ten seconds; `neighboursMin` is of the topic with the fewest. */
  | {
      readonly kind: 'network-looked'
      readonly connected: number
      readonly ready: number
      readonly inBytesPerSecond: number
      readonly outBytesPerSecond: number
      readonly neighboursMin: number
    }
  /** What a peer shows of an authority is not good. It is treated as one that shows nothing. */
  | {
      readonly kind: 'statement-refused'
      readonly peer: PeerId
      readonly why: 'expired' | 'of another peer' | 'forged'
    }
  /** A peer was told why its connection is closed, or told this node. */
  | { readonly kind: 'peer-told-goodbye'; readonly peer: PeerId; readonly reason: GoodbyeReason }
  | {
      readonly kind: 'peer-said-goodbye'
      readonly peer: PeerId
      readonly reason: GoodbyeReason | 'unknown'
    }
  | {
      readonly kind: 'frame-malformed'
      readonly peer: PeerId
      readonly what: string
      readonly field: string
      readonly detail: string
    }
  /** A fetch has ended: by what the peer said, or by a fault. `bytes` of its answer had come in. */
  | {
      readonly kind: 'part-fetched'
      readonly peer: PeerId
      readonly part: DownloadPart
      readonly outcome: Served<unknown>['kind'] | PeerFault['code']
      readonly bytes: number
      readonly elapsedMs: Millis
    }
  /** A peer that downloads was answered. */
  | {
      readonly kind: 'part-served'
      readonly peer: PeerId
      readonly part: DownloadPart
      readonly outcome: Served<unknown>['kind']
      readonly items: number
      /** Of the whole answer. */
      readonly bytes: number
    }
