/**
 * Frames on one side, messages on the other. Decodes what peers send (what cannot be decoded is
 * refused and reported), encodes what the node says. `handshake.ts` meets new peers, `serve.ts` answers
 * them, `find-block.ts` finds single blocks at them, `fetch.ts` downloads from them.
 *
 * Does not judge what a frame means (the chain does), nor whom to connect to (the peer actor does).
 */
import type { CodecFault } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Actor } from '../../kernel/actor.ts'
import type {
  GossipMessage,
  NetworkFault,
  PeerId,
  PeerRequest,
  Verdict,
} from '../../kernel/environment.ts'
import { decodeAddresses, encodeAddressesRequest } from '../../protocol/wire/addresses.ts'
import { decodeExchange, type Exchange, encodeExchange } from '../../protocol/wire/exchange.ts'
import { decodeGossip, encodeGossip, type GossipPayload } from '../../protocol/wire/gossip.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { ChainMessage } from '../chain/messages.ts'
import type { TransactionOutcome } from '../engine/messages.ts'
import type { Offence } from '../peer/messages.ts'
import { blameMalformed } from './blame.ts'
import { Budgets } from './budget.ts'
import { Farewells } from './farewell.ts'
import { Fetcher } from './fetch.ts'
import { BlockFinder } from './find-block.ts'
import { Gauges, lookEveryMs } from './gauges.ts'
import { Handshake } from './handshake.ts'
import { consensusGossip, transactionGossip } from './limits.ts'
import type { NetworkMessage, PeerFault } from './messages.ts'
import { Overuse } from './overuse.ts'
import type { NetworkParts } from './parts.ts'
import { Server } from './serve.ts'
import { topicsOf } from './topics.ts'

const exchangeDeadlineMs = 3_000
const addressesDeadlineMs = 3_000
/** Peers to whom one exchange is sent. */
const exchangePeersMax = 16

export class NetworkActor implements Actor<NetworkMessage> {
  readonly #parts: NetworkParts
  readonly #farewells: Farewells
  readonly #handshake: Handshake
  readonly #server: Server
  readonly #fetcher: Fetcher
  readonly #finder: BlockFinder
  readonly #overuse: Overuse
  readonly #gauges: Gauges
  readonly #gossipBudgets: { readonly consensus: Budgets; readonly transactions: Budgets }
  readonly #topics: { readonly consensus: string; readonly transactions: string }

  constructor(parts: NetworkParts) {
    this.#parts = parts
    this.#farewells = new Farewells(parts)
    this.#handshake = new Handshake(parts, this.#farewells)
    this.#overuse = new Overuse(parts)
    this.#gauges = new Gauges(parts, this.#handshake)
    this.#server = new Server(parts, this.#handshake, {
      refused: (peer) => this.#overuse.refused(peer),
      served: (part, bytes) => this.#gauges.served(part, bytes),
    })
    const { length: members } = parts.chain.committee.members
    this.#gossipBudgets = {
      consensus: new Budgets(consensusGossip(members)),
      transactions: new Budgets(transactionGossip),
    }
    this.#fetcher = new Fetcher(parts)
    this.#finder = new BlockFinder(parts, () => this.#handshake.readyPeers())
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
        this.#farewells.lost(peer)
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
    context.sendAfter(lookEveryMs, { kind: 'network-tick' })
  }

  receive(message: NetworkMessage): void {
    const { network } = this.#parts
    switch (message.kind) {
      case 'publish':
        return network.publish(this.#topics.consensus, encodeGossip(message.payload))
      case 'publish-transaction':
        return network.publish(this.#topics.transactions, message.transaction)
      case 'fetch-block':
        return this.#finder.find(message)
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
        this.#handshake.forget(message.peer)
        return this.#farewells.part(message.peer, message.reason)
      case 'get-network-status':
        return message.reply(this.#gauges.status())
      case 'network-tick':
        this.#gauges.tick()
        return void this.#parts.context.sendAfter(lookEveryMs, { kind: 'network-tick' })
      case 'get-connected':
        return message.reply(this.#handshake.connected())
      case 'ban':
        return this.#farewells.ban(message.peer, message.isBanned)
      case 'rate':
        network.rate(message.peer, message.conduct)
        return network.favour(message.peer, message.isFavoured)
      case 'announce-peers':
        return this.#handshake.announceAll()
      case 'retry-handshake':
        return this.#handshake.retry(message.peer, message.attempts)
      default:
        return message satisfies never
    }
  }

  stop(): void {
    this.#farewells.tellAll(this.#handshake.connected().map(({ peer }) => peer))
  }

  // ----- gossip -----

  #gossip({ topic, data, from }: GossipMessage, verdict: (verdict: Verdict) => void): void {
    const { chain, context, chainActor, peers, sync } = this.#parts
    const isTransaction = topic === this.#topics.transactions
    // Not rejected: it may be good, and others bring it, each at their own pace.
    if (this.#farewells.isLeaving(from)) return verdict('ignore')
    if (!this.#isSlowEnough(from, isTransaction)) return verdict('ignore')
    if (isTransaction) return this.#gossipTransaction(data, from, verdict)
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

  /** Whether a neighbour has anything left of what it may bring; if so, it has one less. */
  #isSlowEnough(from: PeerId, isTransaction: boolean): boolean {
    const nowMs = this.#parts.context.now()
    const budgets = this.#gossipBudgets[isTransaction ? 'transactions' : 'consensus']
    const isLeft = budgets.waitMs(from, 1, nowMs) === 0
    if (isLeft) budgets.spend(from, 1, nowMs)
    else this.#overuse.refused(from)
    return isLeft
  }

  // ----- asking peers -----

  #fetchAddresses(message: Extract<NetworkMessage, { kind: 'fetch-addresses' }>): void {
    const { peer, countMax, of, reply } = message
    const body = encodeAddressesRequest({ countMax, of })
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

  #report(peer: PeerId, offence: Offence): void {
    this.#parts.context.send(this.#parts.peers, { kind: 'report-peer', peer, offence })
  }
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
