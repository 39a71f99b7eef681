/**
 * Serves peers that download the chain: certified headers, headers, and bodies. Each peer has a budget of requests
 * and of bytes read for each of the three, and the peers of a class have one together; few answers are made at once, of one
 * peer and of all. The federation does not share with the others: strangers must not keep a member from catching
 * up. Whoever asks beyond that is told to come again, and when, which costs it nothing else.
 *
 * So what peers want of this node never takes more memory than a few answers, nor more of its time than a share.
 */
import type { CodecFault } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { InboundRequest, PeerId } from '../../kernel/environment.ts'
import { decodeBodiesRequest, encodeBodiesAnswer } from '../../protocol/wire/bodies.ts'
import { decodeCertifiedRequest, encodeCertifiedAnswer } from '../../protocol/wire/certified.ts'
import { decodeHeadersRequest, encodeHeadersAnswer } from '../../protocol/wire/headers.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { Served } from '../../protocol/wire/served.ts'
import type { PeerClass } from '../peer/messages.ts'
import type { StorageFault, StorageMessage, StoredParts } from '../storage/messages.ts'
import { blameMalformed } from './blame.ts'
import { Budgets, type Rate } from './budget.ts'
import type { Handshake } from './handshake.ts'
import type { DownloadPart } from './messages.ts'
import type { NetworkParts } from './parts.ts'

type Parts = readonly Uint8Array[]
type Answer = (body: Uint8Array | undefined) => void
type Question = (reply: Reply<Result<StoredParts, StorageFault>>) => StorageMessage

/** Answers that are being made at once, of 2 MiB at most each, and those of one peer. */
const servingMax = 16
const servingPerPeerMax = 8
/** How many of them are kept for the federation. */
const servingReserved = 4
/** When to come again if too many are being made. */
const crowdedMs = 50
const storageDeadlineMs = 5_000
/** So many times what one peer may have is what its class may have together. */
const classFactor = 2

/** One protocol: what it costs, how it is read, and how it is written. */
interface Offer {
  readonly part: DownloadPart
  readonly requests: Rate
  /** Bytes read from the disk. */
  readonly bytes: Rate
  readonly questionOf: (body: Uint8Array) => Result<Question, CodecFault>
  readonly encode: (served: Served<Parts>) => Uint8Array
}

const mebibyte = 1_048_576

const offers: Readonly<Record<string, Offer>> = {
  [protocolId.certified]: {
    part: 'certified',
    requests: { max: 16, perSecond: 8 },
    bytes: { max: 32 * mebibyte, perSecond: 16 * mebibyte },
    questionOf: (body) =>
      asked(decodeCertifiedRequest(body), (request, reply) => {
        return { kind: 'get-certified', request, reply }
      }),
    encode: encodeCertifiedAnswer,
  },
  [protocolId.headers]: {
    part: 'headers',
    requests: { max: 64, perSecond: 32 },
    bytes: { max: 64 * mebibyte, perSecond: 64 * mebibyte },
    questionOf: (body) =>
      asked(decodeHeadersRequest(body), (request, reply) => {
        return { kind: 'get-headers', request, reply }
      }),
    encode: encodeHeadersAnswer,
  },
  [protocolId.bodies]: {
    part: 'bodies',
    requests: { max: 256, perSecond: 128 },
    bytes: { max: 64 * mebibyte, perSecond: 64 * mebibyte },
    questionOf: (body) =>
      asked(decodeBodiesRequest(body), (request, reply) => {
        return { kind: 'get-bodies', request, reply }
      }),
    encode: encodeBodiesAnswer,
  },
}

function asked<Request>(
  request: Result<Request, CodecFault>,
  ask: (request: Request, reply: Reply<Result<StoredParts, StorageFault>>) => StorageMessage,
): Result<Question, CodecFault> {
  if (!request.ok) return request
  return { ok: true, value: (reply) => ask(request.value, reply) }
}

/** What is left of one protocol's budgets. */
interface Purse {
  readonly requests: Budgets
  readonly bytes: Budgets
  /** By the class of the peer. */
  readonly allRequests: Budgets
  readonly allBytes: Budgets
}

export class ChainServer {
  readonly #parts: NetworkParts
  readonly #handshake: Handshake
  readonly #purses: ReadonlyMap<string, Purse>
  /** Answers that are being made, by peer. */
  readonly #serving = new Map<PeerId, number>()
  #servingTotal = 0

  constructor(parts: NetworkParts, handshake: Handshake) {
    this.#parts = parts
    this.#handshake = handshake
    this.#purses = new Map(Object.entries(offers).map(([id, offer]) => [id, purseOf(offer)]))
  }

  /** Whether this is who answers by a protocol. */
  serves(protocol: string): boolean {
    return this.#purses.has(protocol)
  }

  serve({ from, protocol, body }: InboundRequest, answer: Answer): void {
    const offer = offers[protocol]
    const purse = this.#purses.get(protocol)
    if (offer === undefined || purse === undefined) return answer(undefined)
    const question = offer.questionOf(body)
    if (!question.ok) {
      blameMalformed(this.#parts, from, `${offer.part} request`, question.fault)
      return answer(undefined)
    }
    const say = (served: Served<Parts>): void => answer(this.#encode(from, offer, served))
    const retryAfterMs = this.#waitMs(from, purse)
    if (retryAfterMs > 0) return say({ kind: 'busy', retryAfterMs })
    const nowMs = this.#parts.context.now()
    purse.requests.spend(from, 1, nowMs)
    purse.allRequests.spend(this.#classOf(from), 1, nowMs)
    this.#ask(from, question.value, (found) => {
      if (found === undefined) return answer(undefined)
      this.#charge(from, purse, found)
      const served = this.#servedOf(found.parts)
      if (served === undefined) return answer(undefined)
      say(served)
    })
  }

  #ask(from: PeerId, ask: Question, done: (found: StoredParts | undefined) => void): void {
    this.#count(from, 1)
    const question = { to: this.#parts.storage, deadlineMs: storageDeadlineMs, ask }
    this.#parts.context.ask(question, (outcome) => {
      this.#count(from, -1)
      done(outcome.ok && outcome.value.ok ? outcome.value.value : undefined)
    })
  }

  /** Undefined while this node does not know itself what it has. */
  #servedOf(found: Parts): Served<Parts> | undefined {
    if (found.length > 0) return { kind: 'found', value: found }
    const own = this.#handshake.ownStatus()
    if (own === undefined) return undefined
    const { availableFrom, committed } = own
    return { kind: 'unavailable', fromHeight: availableFrom, toHeight: committed.height }
  }

  #encode(peer: PeerId, { part, encode }: Offer, served: Served<Parts>): Uint8Array {
    const body = encode(served)
    const items = served.kind === 'found' ? served.value.length : 0
    const { kind: outcome } = served
    this.#parts.context.emit({
      kind: 'part-served',
      peer,
      part,
      outcome,
      items,
      bytes: body.length,
    })
    return body
  }

  /** How long a peer has to wait before it is served again; 0 if it is now. */
  #waitMs(from: PeerId, { requests, bytes, allRequests, allBytes }: Purse): number {
    const nowMs = this.#parts.context.now()
    const peerClass = this.#classOf(from)
    const totalMax = peerClass === 'federation' ? servingMax : servingMax - servingReserved
    const isCrowded =
      this.#servingTotal >= totalMax || (this.#serving.get(from) ?? 0) >= servingPerPeerMax
    return Math.max(
      isCrowded ? crowdedMs : 0,
      requests.waitMs(from, 1, nowMs),
      bytes.waitMs(from, 1, nowMs),
      allRequests.waitMs(peerClass, 1, nowMs),
      allBytes.waitMs(peerClass, 1, nowMs),
    )
  }

  #classOf(peer: PeerId): PeerClass {
    return this.#handshake.isFederation(peer) ? 'federation' : 'regular'
  }

  /** What it cost: what was read for it, of which what is sent is a part. */
  #charge(from: PeerId, { bytes, allBytes }: Purse, { readBytes }: StoredParts): void {
    const nowMs = this.#parts.context.now()
    bytes.spend(from, readBytes, nowMs)
    allBytes.spend(this.#classOf(from), readBytes, nowMs)
  }

  #count(peer: PeerId, change: 1 | -1): void {
    const ofPeer = (this.#serving.get(peer) ?? 0) + change
    if (ofPeer === 0) this.#serving.delete(peer)
    else this.#serving.set(peer, ofPeer)
    this.#servingTotal += change
  }
}

function purseOf({ requests, bytes }: Offer): Purse {
  return {
    requests: new Budgets(requests),
    bytes: new Budgets(bytes),
    allRequests: new Budgets(forAll(requests)),
    allBytes: new Budgets(forAll(bytes)),
  }
}

function forAll({ max, perSecond }: Rate): Rate {
  return { max: max * classFactor, perSecond: perSecond * classFactor }
}
