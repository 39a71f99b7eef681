/**
 * Meeting a peer: each asks the other where it stands, and goes no further with a peer of another
 * chain. A peer that shows an authority's genuine, unexpired statement about itself is federation.
 */
import { equalBytes } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { PeerId, Timer } from '../../kernel/environment.ts'
import { statementCheck } from '../../protocol/consensus/checks.ts'
import type { GoodbyeReason } from '../../protocol/wire/goodbye.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import {
  decodeStatus,
  encodeStatus,
  isUnderstood,
  type Status,
} from '../../protocol/wire/status.ts'
import type { ChainMessage, ChainStatus } from '../chain/messages.ts'
import type { ConnectedPeer, PeerClass, ReadyPeer } from '../peer/messages.ts'
import { blameMalformed } from './blame.ts'
import type { Farewells } from './farewell.ts'
import type { PeerFault } from './messages.ts'
import type { NetworkParts } from './parts.ts'

const statusDeadlineMs = 3_000
const retryMs = 1_000
const attemptsMax = 5
/** How soon, and how late, a federation peer is asked for a newer statement. */
const renewMsMin = 1_000
const renewMsMax = 86_400_000

export class Handshake {
  readonly #parts: NetworkParts
  readonly #farewells: Farewells
  readonly #connected = new Map<PeerId, ConnectedPeer>()
  readonly #ready = new Map<PeerId, ReadyPeer>()
  /** When each federation peer is asked for a newer statement. */
  readonly #renewals = new Map<PeerId, Timer>()
  /** Undefined until the chain has started: then peers are met. */
  #status: ChainStatus | undefined
  #isAskingChain = false

  constructor(parts: NetworkParts, farewells: Farewells) {
    this.#parts = parts
    this.#farewells = farewells
    this.#askChain()
  }

  /** Peers on the same chain, federation first. */
  readyPeers(): readonly PeerId[] {
    const peers = [...this.#ready.keys()]
    const federation = peers.filter((peer) => this.isFederation(peer))
    return [...federation, ...peers.filter((peer) => !this.isFederation(peer))]
  }

  isReady(peer: PeerId): boolean {
    return this.#ready.has(peer)
  }

  /** Whether a peer is ready, and an authority vouches for it. */
  isFederation(peer: PeerId): boolean {
    return this.#ready.get(peer)?.class === 'federation'
  }

  /** Anybody who has not shown otherwise is one of many. */
  classOf(peer: PeerId): PeerClass {
    return this.#ready.get(peer)?.class ?? 'regular'
  }

  setStatus(status: ChainStatus): void {
    this.#status = status
  }

  /** What this node says of itself; undefined before its chain has started. */
  ownStatus(): Status | undefined {
    if (this.#status === undefined) return undefined
    const { chain, versions } = this.#parts
    const statement = this.#parts.statement()
    const { certified, head } = this.#status
    return {
      chainTag: chain.tag,
      genesis: chain.genesis.hash,
      versions,
      certified,
      head: { height: head.height, slot: head.slot },
      availableFrom: 0,
      statement,
    }
  }

  /** Everybody who is connected, ready or not. */
  connected(): readonly ConnectedPeer[] {
    return [...this.#connected.values()]
  }

  begin(connected: ConnectedPeer): void {
    this.#connected.set(connected.peer, connected)
    this.retry(connected.peer, 0)
  }

  forget(peer: PeerId): void {
    this.#connected.delete(peer)
    this.#ready.delete(peer)
    this.#cancelRenewal(peer)
  }

  /** Asks a peer that was met before where it stands now. */
  ask(peer: PeerId, reply: (outcome: Result<Status, PeerFault>) => void): void {
    const own = this.ownStatus()
    if (own === undefined) return reply(failed({ code: 'refused', detail: 'still starting' }))
    const { network, context, chain } = this.#parts
    const body = encodeStatus(own)
    const request = { peer, protocol: protocolId.status, body, deadlineMs: statusDeadlineMs }
    network.request(
      request,
      context.bind((answer) => {
        if (!answer.ok) return reply(answer)
        const decoded = decodeStatus(answer.value, chain.committee.members.length)
        if (decoded.ok) return reply(ok(decoded.value))
        const { field, detail } = decoded.fault
        blameMalformed(this.#parts, peer, 'status', decoded.fault)
        reply(failed({ code: 'malformed', detail: `${field} ${detail}` }))
      }),
    )
  }

  retry(peer: PeerId, attempts: number): void {
    if (!this.#connected.has(peer) || this.#ready.has(peer)) return
    if (attempts >= attemptsMax) return this.#refuse(peer, 'no status', 'fault')
    if (this.#status === undefined) {
      this.#askChain()
      return this.#retryLater(peer, attempts)
    }
    this.ask(peer, (outcome) => {
      if (!this.#connected.has(peer)) return
      if (!outcome.ok) return this.#retryLater(peer, attempts + 1)
      if (!this.isSameChain(outcome.value)) return this.#refuseOther(peer)
      if (!isUnderstood(outcome.value.versions, this.#parts.versions)) {
        return this.#refuse(peer, 'another version', 'other-version')
      }
      this.#classify(peer, outcome.value)
    })
  }

  /**
   * The chain tells when it moves. It is asked after a restart of this actor, and while nothing was heard of it: what it
   * told may have met a full mailbox, and without peers it never moves again.
   */
  #askChain(): void {
    if (this.#isAskingChain) return
    this.#isAskingChain = true
    const question = {
      to: this.#parts.chainActor,
      deadlineMs: statusDeadlineMs,
      ask: (reply: (status: ChainStatus | undefined) => void): ChainMessage => ({
        kind: 'get-chain-status',
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      this.#isAskingChain = false
      if (outcome.ok) this.#status ??= outcome.value
    })
  }

  isSameChain(status: Status): boolean {
    const { chain } = this.#parts
    return equalBytes(status.chainTag, chain.tag) && status.genesis === chain.genesis.hash
  }

  /** Sends a peer of another chain away, and keeps it away for a while. */
  #refuseOther(peer: PeerId): void {
    this.#parts.context.send(this.#parts.peers, {
      kind: 'report-peer',
      peer,
      offence: 'other-chain',
    })
    this.#refuse(peer, 'another chain', 'other-chain')
  }

  #refuse(peer: PeerId, reason: string, goodbye: GoodbyeReason): void {
    this.#parts.context.emit({ kind: 'peer-refused', peer, reason })
    this.forget(peer)
    this.#farewells.part(peer, goodbye)
  }

  #retryLater(peer: PeerId, attempts: number): void {
    this.#parts.context.sendAfter(retryMs, { kind: 'retry-handshake', peer, attempts })
  }

  #classify(peer: PeerId, status: Status): void {
    const { statement } = status
    const { chain, verifier, context } = this.#parts
    const isCurrent = statement !== undefined && statement.expiresAtMs > context.wall()
    if (statement === undefined || !isCurrent || statement.peer !== peer) {
      if (statement !== undefined) this.#distrust(peer, isCurrent ? 'of another peer' : 'expired')
      return this.#admit(peer, 'regular', status)
    }
    const check = statementCheck(chain, statement)
    verifier.verify(
      [check],
      'urgent',
      context.bind(([isGenuine]) => {
        if (isGenuine !== true) this.#distrust(peer, 'forged')
        this.#admit(peer, isGenuine === true ? 'federation' : 'regular', status)
        if (isGenuine === true) this.#renewLater(peer, statement.expiresAtMs)
      }),
    )
  }

  /** It may be an honest peer with an old statement, so nothing follows but that it is one of many. */
  #distrust(peer: PeerId, why: 'expired' | 'of another peer' | 'forged'): void {
    this.#parts.context.emit({ kind: 'statement-refused', peer, why })
  }

  /** A statement is renewed by half its time: after half of what is left the peer is asked for the new one. */
  #renewLater(peer: PeerId, expiresAtMs: number): void {
    const { context } = this.#parts
    const leftMs = Math.max(0, expiresAtMs - context.wall())
    const inMs = Math.min(renewMsMax, Math.max(renewMsMin, leftMs / 2))
    this.#cancelRenewal(peer)
    this.#renewals.set(
      peer,
      context.after(inMs, () => this.#renew(peer, expiresAtMs)),
    )
  }

  #cancelRenewal(peer: PeerId): void {
    const timer = this.#renewals.get(peer)
    if (timer !== undefined) this.#parts.context.cancel(timer)
    this.#renewals.delete(peer)
  }

  /** Asks a federation peer whether an authority still vouches for it. Without a word it is one of many at the end. */
  #renew(peer: PeerId, expiresAtMs: number): void {
    const ready = this.#ready.get(peer)
    if (ready?.class !== 'federation') return
    this.ask(peer, (outcome) => {
      if (this.#ready.get(peer) !== ready) return
      if (outcome.ok && this.isSameChain(outcome.value)) return this.#classify(peer, outcome.value)
      if (expiresAtMs > this.#parts.context.wall()) return this.#renewLater(peer, expiresAtMs)
      this.#distrust(peer, 'expired')
      this.#admit(peer, 'regular', ready.status)
    })
  }

  #admit(peer: PeerId, peerClass: PeerClass, status: Status): void {
    if (!this.#connected.has(peer)) return
    const { context, chainActor } = this.#parts
    const isNew = !this.#ready.has(peer)
    const ready = { peer, class: peerClass, status }
    this.#ready.set(peer, ready)
    this.#announce(ready)
    if (isNew) context.send(chainActor, { kind: 'peer-ready', peer })
  }

  announceAll(): void {
    for (const ready of this.#ready.values()) this.#announce(ready)
  }

  #announce(ready: ReadyPeer): void {
    const { context, peers, sync } = this.#parts
    const { peer, status } = ready
    context.send(peers, { kind: 'peer-status', ready })
    context.send(sync, { kind: 'sync-peer-ready', peer, status })
  }
}
