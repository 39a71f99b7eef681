/**
 * Answers peers: where this node stands, what it knows of the open slots, single blocks, whom it knows.
 * Each peer has a budget for each protocol (`limits.ts`); what is beyond it is refused, and only who does not slow down
 * is blamed (`overuse.ts`). Peers that download the chain are served by `serve-chain.ts`.
 */
import type { CodecFault } from '../../base/codec.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { InboundRequest, PeerId } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import { decodeAddressesRequest, encodeAddresses } from '../../protocol/wire/addresses.ts'
import { decodeExchange, type Exchange, encodeExchange } from '../../protocol/wire/exchange.ts'
import { decodeGoodbye, goodbyeReasonOf } from '../../protocol/wire/goodbye.ts'
import { decodeBlockRequest, encodeBlockAnswer, protocolId } from '../../protocol/wire/requests.ts'
import { decodeStatus, encodeStatus } from '../../protocol/wire/status.ts'
import type { ChainMessage } from '../chain/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import { blameMalformed } from './blame.ts'
import type { Handshake } from './handshake.ts'
import { protocolLimits } from './limits.ts'
import type { NetworkParts } from './parts.ts'
import { Purse } from './purse.ts'
import { ChainServer, type ServeHooks } from './serve-chain.ts'

type Answer = (body: Uint8Array | undefined) => void

/** What is answered here, and by which name. */
const names: Readonly<Record<string, Name>> = {
  [protocolId.status]: 'status',
  [protocolId.exchange]: 'exchange',
  [protocolId.block]: 'block',
  [protocolId.peers]: 'peers',
  [protocolId.goodbye]: 'goodbye',
}

type Name = 'status' | 'exchange' | 'block' | 'peers' | 'goodbye'

export class Server {
  readonly #parts: NetworkParts
  readonly #handshake: Handshake
  readonly #chain: ChainServer
  readonly #hooks: ServeHooks
  readonly #purses: Readonly<Record<Name, Purse>> = {
    status: new Purse(protocolLimits.status),
    exchange: new Purse(protocolLimits.exchange),
    block: new Purse(protocolLimits.block),
    peers: new Purse(protocolLimits.peers),
    goodbye: new Purse(protocolLimits.goodbye),
  }

  constructor(parts: NetworkParts, handshake: Handshake, hooks: ServeHooks) {
    this.#parts = parts
    this.#handshake = handshake
    this.#hooks = hooks
    this.#chain = new ChainServer(parts, handshake, hooks)
  }

  serve(request: InboundRequest, answer: Answer): void {
    const { from, protocol, body } = request
    // To those who have not told their status only ours is told; and they may leave.
    const isForAll = protocol === protocolId.status || protocol === protocolId.goodbye
    if (!isForAll && !this.#handshake.isReady(from)) {
      this.#hooks.refused(from)
      return answer(undefined)
    }
    if (this.#chain.serves(protocol)) return this.#chain.serve(request, answer)
    const name = names[protocol]
    if (name === undefined) return answer(undefined)
    if (!this.#mayAsk(from, name)) return answer(undefined)
    const pay = (bytes: Uint8Array | undefined): void => {
      if (bytes !== undefined) this.#charge(from, name, bytes.length)
      answer(bytes)
    }
    switch (name) {
      case 'status':
        return this.#serveStatus(from, body, pay)
      case 'exchange':
        return this.#serveExchange(from, body, pay)
      case 'block':
        return this.#serveBlock(from, body, pay)
      case 'peers':
        return this.#serveAddresses(from, body, pay)
      case 'goodbye':
        return this.#hearGoodbye(from, body, pay)
      default:
        return name satisfies never
    }
  }

  /** Whether a peer has anything left; if so, it has one less. */
  #mayAsk(from: PeerId, name: Name): boolean {
    const nowMs = this.#parts.context.now()
    const purse = this.#purses[name]
    const isLeft = purse.ownWaitMs(from, nowMs) === 0
    if (isLeft) purse.take(from, this.#handshake.classOf(from), nowMs)
    else this.#hooks.refused(from)
    return isLeft
  }

  #charge(from: PeerId, name: Name, bytes: number): void {
    const nowMs = this.#parts.context.now()
    this.#purses[name].charge(from, this.#handshake.classOf(from), { bytes, nowMs })
  }

  #serveStatus(from: PeerId, body: Uint8Array, answer: Answer): void {
    const decoded = decodeStatus(body, this.#committeeSize)
    if (!decoded.ok) return this.#malformed(from, 'status', decoded.fault, answer)
    const own = this.#handshake.ownStatus()
    answer(own && encodeStatus(own))
  }

  #serveExchange(from: PeerId, body: Uint8Array, answer: Answer): void {
    const decoded = decodeExchange(body, this.#committeeSize)
    if (!decoded.ok) return this.#malformed(from, 'exchange', decoded.fault, answer)
    const question = {
      to: this.#parts.chainActor,
      deadlineMs: protocolLimits.exchange.answerMsMax,
      ask: (reply: Reply<Exchange | undefined>): ChainMessage => ({
        kind: 'exchange',
        theirs: decoded.value,
        from,
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const exchange = outcome.ok ? outcome.value : undefined
      answer(exchange && encodeExchange(exchange))
    })
  }

  #serveBlock(from: PeerId, body: Uint8Array, answer: Answer): void {
    const decoded = decodeBlockRequest(body)
    if (!decoded.ok) return this.#malformed(from, 'block request', decoded.fault, answer)
    const question = {
      to: this.#parts.chainActor,
      deadlineMs: protocolLimits.block.answerMsMax,
      ask: (reply: Reply<StoredBlock | undefined>): ChainMessage => ({
        kind: 'get-block',
        by: { hash: decoded.value.hash },
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      answer(outcome.ok ? encodeBlockAnswer(outcome.value) : undefined)
    })
  }

  /** Whom this node knows. One who asks again too soon is refused, which is nobody's offence. */
  #serveAddresses(from: PeerId, body: Uint8Array, answer: Answer): void {
    const decoded = decodeAddressesRequest(body)
    if (!decoded.ok) return this.#malformed(from, 'addresses request', decoded.fault, answer)
    const question = {
      to: this.#parts.peers,
      deadlineMs: protocolLimits.peers.answerMsMax,
      ask: (reply: Reply<readonly string[] | undefined>): PeerMessage => ({
        kind: 'get-addresses',
        from,
        ...decoded.value,
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const addresses = outcome.ok ? outcome.value : undefined
      answer(addresses && encodeAddresses(addresses))
    })
  }

  /** A peer leaves. It closes the connection itself, when it knows that this was heard. */
  #hearGoodbye(from: PeerId, body: Uint8Array, answer: Answer): void {
    const decoded = decodeGoodbye(body)
    if (!decoded.ok) return this.#malformed(from, 'goodbye', decoded.fault, answer)
    const { context, peers } = this.#parts
    const reason = goodbyeReasonOf(decoded.value)
    context.emit({ kind: 'peer-said-goodbye', peer: from, reason })
    context.send(peers, { kind: 'goodbye', peer: from, reason })
    answer(new Uint8Array(0))
  }

  get #committeeSize(): number {
    return this.#parts.chain.committee.members.length
  }

  #malformed(peer: PeerId, what: string, fault: CodecFault, answer: Answer): void {
    blameMalformed(this.#parts, peer, what, fault)
    answer(undefined)
  }
}
