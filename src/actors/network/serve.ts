/**
 * Answers peers: where this node stands, what it knows of the open slots, single blocks, whom it knows.
 * Each peer has a budget of requests; what is beyond it is refused, which costs the peer nothing else. Peers that
 * download the chain are served by `serve-chain.ts`.
 */
import type { CodecFault } from '../../base/codec.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { InboundRequest, PeerId } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import { decodeAddressesRequest, encodeAddresses } from '../../protocol/wire/addresses.ts'
import { decodeExchange, type Exchange, encodeExchange } from '../../protocol/wire/exchange.ts'
import { decodeBlockRequest, encodeBlockAnswer, protocolId } from '../../protocol/wire/requests.ts'
import { decodeStatus, encodeStatus } from '../../protocol/wire/status.ts'
import type { ChainMessage } from '../chain/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import { blameMalformed } from './blame.ts'
import { Budgets } from './budget.ts'
import type { Handshake } from './handshake.ts'
import type { NetworkParts } from './parts.ts'
import { ChainServer } from './serve-chain.ts'

type Answer = (body: Uint8Array | undefined) => void

/** Requests that one peer may make at once, and how fast its budget grows again. */
const budget = { max: 128, perSecond: 64 }
const serveDeadlineMs = 5_000

export class Server {
  readonly #parts: NetworkParts
  readonly #handshake: Handshake
  readonly #chain: ChainServer
  readonly #budgets = new Budgets(budget)

  constructor(parts: NetworkParts, handshake: Handshake) {
    this.#parts = parts
    this.#handshake = handshake
    this.#chain = new ChainServer(parts, handshake)
  }

  serve(request: InboundRequest, answer: Answer): void {
    const { from, protocol, body } = request
    if (this.#chain.serves(protocol)) {
      if (!this.#handshake.isReady(from)) return answer(undefined)
      return this.#chain.serve(request, answer)
    }
    const nowMs = this.#parts.context.now()
    if (this.#budgets.waitMs(from, 1, nowMs) > 0) return answer(undefined)
    this.#budgets.spend(from, 1, nowMs)
    if (protocol === protocolId.status) return this.#serveStatus(from, body, answer)
    if (!this.#handshake.isReady(from)) return answer(undefined)
    if (protocol === protocolId.exchange) return this.#serveExchange(from, body, answer)
    if (protocol === protocolId.block) return this.#serveBlock(from, body, answer)
    if (protocol === protocolId.peers) return this.#serveAddresses(from, body, answer)
    answer(undefined)
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
      deadlineMs: serveDeadlineMs,
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
      deadlineMs: serveDeadlineMs,
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
      deadlineMs: serveDeadlineMs,
      ask: (reply: Reply<readonly string[] | undefined>): PeerMessage => ({
        kind: 'get-addresses',
        from,
        countMax: decoded.value.countMax,
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const addresses = outcome.ok ? outcome.value : undefined
      answer(addresses && encodeAddresses(addresses))
    })
  }

  get #committeeSize(): number {
    return this.#parts.chain.committee.members.length
  }

  #malformed(peer: PeerId, what: string, fault: CodecFault, answer: Answer): void {
    blameMalformed(this.#parts, peer, what, fault)
    answer(undefined)
  }
}
