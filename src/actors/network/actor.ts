/**
 * Frames on one side, messages on the other. Decodes what peers send (what cannot be decoded is
 * refused and reported), encodes what the node says, and finds blocks at peers. `handshake.ts` meets
 * new peers, `serve.ts` answers them, `fetch.ts` downloads from them.
 *
 * Does not judge what a frame means (the chain does), nor whom to connect to (the peer actor does).
 */
import type { CodecFault } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { Actor } from '../../kernel/actor.ts'
import type {
  GossipMessage,
  NetworkFault,
  PeerId,
  PeerRequest,
  Verdict,
} from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import { bodyRoot } from '../../protocol/block/body.ts'
import { decodeAddresses, encodeAddressesRequest } from '../../protocol/wire/addresses.ts'
import { decodeExchange, type Exchange, encodeExchange } from '../../protocol/wire/exchange.ts'
import { decodeGossip, encodeGossip, type GossipPayload } from '../../protocol/wire/gossip.ts'
import { decodeBlockAnswer, encodeBlockRequest, protocolId } from '../../protocol/wire/requests.ts'
import type { ChainMessage } from '../chain/messages.ts'
import type { TransactionOutcome } from '../engine/messages.ts'
import type { Offence } from '../peer/messages.ts'
import { blameMalformed } from './blame.ts'
import { Fetcher } from './fetch.ts'
import { Handshake } from './handshake.ts'
import type { FetchedBlock, NetworkMessage, PeerFault } from './messages.ts'
import type { NetworkParts } from './parts.ts'
import { Server } from './serve.ts'
import { topicsOf } from './topics.ts'

const blockDeadlineMs = 2_000
const exchangeDeadlineMs = 3_000
const addressesDeadlineMs = 3_000
/** Peers asked for one block before it is given up for now. */
const fetchTriesMax = 3
/** Peers to whom one exchange is sent. */
const exchangePeersMax = 16

export class NetworkActor implements Actor<NetworkMessage> {
  readonly #parts: NetworkParts
  readonly #handshake: Handshake
  readonly #server: Server
  readonly #fetcher: Fetcher
  readonly #topics: { readonly consensus: string; readonly transactions: string }

  constructor(parts: NetworkParts) {
    this.#parts = parts
    this.#handshake = new Handshake(parts)
    this.#server = new Server(parts, this.#handshake)
    this.#fetcher = new Fetcher(parts)
    this.#topics = topicsOf(parts.chain)
    const { network, context, peers, sync } = parts
    context.send(peers, { kind: 'network-opened' })
    network.open({
      peerUp: context.bind((peer, address, isDialled) => {
        context.emit({ kind: 'peer-connected', peer, address })
        context.send(peers, { kind: 'peer-up', peer, address, isDialled })
        this.#handshake.begin({ peer, address, isDialled })
      }),
      peerDown: context.bind((peer) => {
        context.emit({ kind: 'peer-lost', peer })
        this.#handshake.forget(peer)
        context.send(peers, { kind: 'peer-down', peer })
        context.send(sync, { kind: 'sync-peer-lost', peer })
      }),
      peerFound: context.bind((address) => {
        context.send(peers, { kind: 'address-found', address })
      }),
      gossip: context.bind((message, verdict) => this.#gossip(message, verdict)),
      request: context.bind((request, answer) => this.#server.serve(request, answer)),
    })
    network.subscribe(this.#topics.consensus)
    network.subscribe(this.#topics.transactions)
  }

  receive(message: NetworkMessage): void {
    const { network } = this.#parts
    switch (message.kind) {
      case 'publish':
        return network.publish(this.#topics.consensus, encodeGossip(message.payload))
      case 'publish-transaction':
        return network.publish(this.#topics.transactions, message.transaction)
      case 'fetch-block':
        return this.#fetchBlock(message)
      case 'fetch-certified':
        return this.#fetcher.certified(message)
      case 'fetch-headers':
        return this.#fetcher.headers(message)
      case 'fetch-bodies':
        return this.#fetcher.bodies(message)
      case 'cancel-fetch':
        return this.#fetcher.cancel(message.id)
      case 'fetch-status':
        return this.#handshake.ask(message.peer, message.reply)
      case 'exchange-with':
        return this.#exchangeWith(message.peers, message.exchange)
      case 'set-status':
        return this.#handshake.setStatus(message.status)
      case 'dial':
        return network.dial(message.address, this.#parts.context.bind(message.reply))
      case 'fetch-addresses':
        return this.#fetchAddresses(message)
      case 'disconnect':
        return network.disconnect(message.peer)
      case 'get-connected':
        return message.reply(this.#handshake.connected())
      case 'ban':
        return network.ban(message.peer, message.isBanned)
      case 'announce-peers':
        return this.#handshake.announceAll()
      case 'retry-handshake':
        return this.#handshake.retry(message.peer, message.attempts)
      default:
        return message satisfies never
    }
  }

  // ----- gossip -----

  #gossip({ topic, data, from }: GossipMessage, verdict: (verdict: Verdict) => void): void {
    const { chain, context, chainActor, peers, sync } = this.#parts
    if (topic === this.#topics.transactions) return this.#gossipTransaction(data, from, verdict)
    const decoded = decodeGossip(data, chain.committee.members.length)
    if (!decoded.ok) {
      blameMalformed(this.#parts, from, 'gossip', decoded.fault)
      return verdict('reject')
    }
    const isBlock = decoded.value.kind === 'proposal'
    const judge = (answer: Verdict): void => {
      if (answer === 'reject') this.#report(from, 'invalid')
      if (answer === 'accept' && isBlock) {
        context.send(sync, { kind: 'block-announced', peer: from })
        context.send(peers, { kind: 'first-announcement', peer: from })
      }
      verdict(answer)
    }
    if (!context.send(chainActor, importMessage(decoded.value, from, judge))) verdict('ignore')
  }

  #gossipTransaction(data: Uint8Array, from: PeerId, verdict: (verdict: Verdict) => void): void {
    const { context, engine } = this.#parts
    const reply = (outcome: TransactionOutcome): void => {
      const answer = verdictOn(outcome)
      if (answer === 'reject') this.#report(from, 'invalid')
      verdict(answer)
    }
    const message = { kind: 'submit-transaction', transaction: data, reply } as const
    if (!context.send(engine, message)) verdict('ignore')
  }

  // ----- asking peers -----

  #fetchBlock({ hash, from, reply }: Extract<NetworkMessage, { kind: 'fetch-block' }>): void {
    const others = this.#handshake.readyPeers().filter((peer) => peer !== from)
    const start = others.length === 0 ? 0 : this.#parts.context.random.below(others.length)
    const turned = [...others.slice(start), ...others.slice(0, start)]
    const peers = from === undefined ? turned : [from, ...turned]
    this.#fetchFrom(hash, peers.slice(0, fetchTriesMax), reply)
  }

  #fetchFrom(
    hash: string,
    peers: readonly PeerId[],
    reply: (found: FetchedBlock | undefined) => void,
  ): void {
    const [peer, ...others] = peers
    if (peer === undefined) return reply(undefined)
    const body = encodeBlockRequest({ hash })
    const begunMs = this.#parts.context.now()
    this.#ask({ peer, protocol: protocolId.block, body, deadlineMs: blockDeadlineMs }, (answer) => {
      this.#reportService(peer, answer.ok ? answer.value.length : undefined, begunMs)
      const size = this.#parts.chain.committee.members.length
      const decoded = answer.ok ? decodeBlockAnswer(answer.value, size) : answer
      if (!decoded.ok) {
        if ('field' in decoded.fault) blameMalformed(this.#parts, peer, 'block', decoded.fault)
        return this.#fetchFrom(hash, others, reply)
      }
      const block = decoded.value
      const isGenuine = block !== undefined && block.signed.hash === hash && isWhole(block)
      if (block !== undefined && !isGenuine) this.#report(peer, 'forged')
      if (!isGenuine) return this.#fetchFrom(hash, others, reply)
      reply({ block, from: peer })
    })
  }

  #fetchAddresses(message: Extract<NetworkMessage, { kind: 'fetch-addresses' }>): void {
    const { peer, countMax, reply } = message
    const body = encodeAddressesRequest({ countMax })
    const request = { peer, protocol: protocolId.peers, body, deadlineMs: addressesDeadlineMs }
    this.#ask(request, (answer) => {
      if (!answer.ok) return reply(answer)
      const decoded = decodeAddresses(answer.value)
      if (decoded.ok) return reply(ok(decoded.value))
      reply(this.#malformed(peer, 'addresses', decoded.fault))
    })
  }

  /** N3: what this node knows goes out, what the other knows comes back, by one request. */
  #exchangeWith(peers: readonly PeerId[] | 'all', exchange: Exchange): void {
    const ready = this.#handshake.readyPeers()
    const chosen = peers === 'all' ? ready : peers.filter((peer) => ready.includes(peer))
    const body = encodeExchange(exchange)
    for (const peer of chosen.slice(0, exchangePeersMax)) {
      const request = { peer, protocol: protocolId.exchange, body, deadlineMs: exchangeDeadlineMs }
      this.#ask(request, (answer) => {
        if (!answer.ok) return
        const decoded = decodeExchange(answer.value, this.#parts.chain.committee.members.length)
        if (!decoded.ok) return blameMalformed(this.#parts, peer, 'exchange', decoded.fault)
        const { context, chainActor } = this.#parts
        const nobody = (): void => undefined
        const theirs = decoded.value
        context.send(chainActor, { kind: 'exchange', theirs, from: peer, reply: nobody })
      })
    }
  }

  #ask(request: PeerRequest, done: (outcome: Result<Uint8Array, NetworkFault>) => void): void {
    this.#parts.network.request(request, this.#parts.context.bind(done))
  }

  // ----- blame -----

  #malformed(peer: PeerId, what: string, fault: CodecFault): Result<never, PeerFault> {
    blameMalformed(this.#parts, peer, what, fault)
    return failed({ code: 'malformed', detail: `${fault.field} ${fault.detail}` })
  }

  /** How a peer served a block; without bytes it did not. */
  #reportService(peer: PeerId, bytes: number | undefined, begunMs: Millis): void {
    const { context, peers } = this.#parts
    const elapsedMs = context.now() - begunMs
    const outcome = bytes === undefined ? 'failed' : 'served'
    const service = { outcome, bytes: bytes ?? 0, elapsedMs } as const
    context.send(peers, { kind: 'report-service', peer, ...service })
  }

  #report(peer: PeerId, offence: Offence): void {
    this.#parts.context.send(this.#parts.peers, { kind: 'report-peer', peer, offence })
  }
}

/** Whether the body is the one that the header states. The header's hash says nothing of it. */
function isWhole({ signed, body }: StoredBlock): boolean {
  return body.length === signed.header.itemCount && bodyRoot(body) === signed.header.bodyRoot
}

function importMessage(
  payload: GossipPayload,
  from: PeerId,
  verdict: (verdict: Verdict) => void,
): ChainMessage {
  switch (payload.kind) {
    case 'proposal':
      return { kind: 'import-proposal', proposal: payload, from, verdict }
    case 'vote':
      return { kind: 'import-vote', vote: payload.vote, verdict }
    case 'certificate':
      return { kind: 'import-certificate', certificate: payload.certificate, verdict }
    default:
      return payload satisfies never
  }
}

/** Only what its sender could have known to be wrong is blamed on it. */
function verdictOn(outcome: TransactionOutcome): Verdict {
  if (outcome.kind !== 'refused') return outcome.kind === 'added' ? 'accept' : 'ignore'
  return outcome.code === 'signature-invalid' || outcome.code === 'malformed' ? 'reject' : 'ignore'
}
