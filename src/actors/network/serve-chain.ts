/**
 * Serves peers that download the chain: certified headers, headers, and bodies. Each peer has a budget of requests
 * and of bytes read for each of the three, and the peers of a class have one together (`limits.ts`); few answers are
 * made at once, of one peer and of all. The federation does not share with the others: strangers must not keep a member from catching
 * up. Whoever asks beyond that is told to come again, and when, which costs it nothing else.
 *
 * So what peers want of this node never takes more memory than a few answers, nor more of its time than a share.
 */
import type { CodecFault } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { InboundRequest, PeerId } from '../../kernel/environment.ts'
import { decodeBodiesRequest, encodeBodiesAnswer } from '../../protocol/wire/bodies.ts'
import { decodeCertifiedRequest, encodeCertifiedAnswer } from '../../protocol/wire/certified.ts'
import { decodeHeadersRequest, encodeHeadersAnswer } from '../../protocol/wire/headers.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { Served } from '../../protocol/wire/served.ts'
import { committedOf } from '../../protocol/wire/status.ts'
import type { StorageFault, StorageMessage, StoredParts } from '../storage/messages.ts'
import { blameMalformed } from './blame.ts'
import type { Handshake } from './handshake.ts'
import { protocolLimits, servingMax, servingPerPeerMax, servingReserved } from './limits.ts'
import type { DownloadPart } from './messages.ts'
import type { NetworkParts } from './parts.ts'
import { Purse } from './purse.ts'

type Parts = readonly Uint8Array[]
type Answer = (body: Uint8Array | undefined) => void
type Question = (reply: Reply<Result<StoredParts, StorageFault>>) => StorageMessage

/** When to come again if too many are being made. */
const crowdedMs = 50

/** One protocol: how it is read, and how it is written. */
interface Offer {
  readonly part: DownloadPart
  readonly questionOf: (body: Uint8Array) => Result<Question, CodecFault>
  readonly encode: (served: Served<Parts>) => Uint8Array
}

const offers: Readonly<Record<string, Offer>> = {
  [protocolId.certified]: {
    part: 'certified',
    questionOf: (body) =>
      asked(decodeCertifiedRequest(body), (request, reply) => {
        return { kind: 'get-certified', request, reply }
      }),
    encode: encodeCertifiedAnswer,
  },
  [protocolId.headers]: {
    part: 'headers',
    questionOf: (body) =>
      asked(decodeHeadersRequest(body), (request, reply) => {
        return { kind: 'get-headers', request, reply }
      }),
    encode: encodeHeadersAnswer,
  },
  [protocolId.bodies]: {
    part: 'bodies',
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

/** Whom it matters to. */
export interface ServeHooks {
  /** A peer was refused because of what it has used up itself. */
  readonly refused: (peer: PeerId) => void
  /** So many bytes of the chain were given away. */
  readonly served: (part: DownloadPart, bytes: number) => void
}

export class ChainServer {
  readonly #parts: NetworkParts
  readonly #handshake: Handshake
  readonly #hooks: ServeHooks
  readonly #purses: ReadonlyMap<string, Purse>
  /** Answers that are being made, by peer. */
  readonly #serving = new Map<PeerId, number>()
  #servingTotal = 0

  constructor(parts: NetworkParts, handshake: Handshake, hooks: ServeHooks) {
    this.#parts = parts
    this.#handshake = handshake
    this.#hooks = hooks
    const purses = Object.entries(offers).map(([id, { part }]) => {
      return [id, new Purse(protocolLimits[part])] as const
    })
    this.#purses = new Map(purses)
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
    purse.take(from, this.#handshake.classOf(from), this.#parts.context.now())
    const { answerMsMax } = protocolLimits[offer.part]
    this.#ask(from, { ask: question.value, deadlineMs: answerMsMax }, (found) => {
      if (found === undefined) return answer(undefined)
      const charge = { bytes: found.readBytes, nowMs: this.#parts.context.now() }
      purse.charge(from, this.#handshake.classOf(from), charge)
      const served = this.#servedOf(found.parts)
      if (served === undefined) return answer(undefined)
      say(served)
    })
  }

  #ask(
    from: PeerId,
    { ask, deadlineMs }: { readonly ask: Question; readonly deadlineMs: Millis },
    done: (found: StoredParts | undefined) => void,
  ): void {
    this.#count(from, 1)
    const question = { to: this.#parts.storage, deadlineMs, ask }
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
    const { height } = committedOf(own)
    return { kind: 'unavailable', fromHeight: own.availableFrom, toHeight: height }
  }

  #encode(peer: PeerId, { part, encode }: Offer, served: Served<Parts>): Uint8Array {
    const body = encode(served)
    const items = served.kind === 'found' ? served.value.length : 0
    const { kind: outcome } = served
    if (outcome === 'found') this.#hooks.served(part, body.length)
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
  #waitMs(from: PeerId, purse: Purse): number {
    const nowMs = this.#parts.context.now()
    const peerClass = this.#handshake.classOf(from)
    const totalMax = peerClass === 'federation' ? servingMax : servingMax - servingReserved
    const isCrowded =
      this.#servingTotal >= totalMax || (this.#serving.get(from) ?? 0) >= servingPerPeerMax
    const ownMs = purse.ownWaitMs(from, nowMs)
    if (ownMs > 0) this.#hooks.refused(from)
    return Math.max(isCrowded ? crowdedMs : 0, ownMs, purse.classWaitMs(peerClass, nowMs))
  }

  #count(peer: PeerId, change: 1 | -1): void {
    const ofPeer = (this.#serving.get(peer) ?? 0) + change
    if (ofPeer === 0) this.#serving.delete(peer)
    else this.#serving.set(peer, ofPeer)
    this.#servingTotal += change
  }
}
