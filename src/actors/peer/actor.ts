/**
 * Whom this node is connected to. It goes to meet those of the configuration and of the federation for ever, and
 * strangers as it needs them; lets in whoever dials, as far as there is room; keeps two numbers of each, how it
 * behaved and how it serves, and bans by the first alone. Slowness, silence and disconnects are nobody's offence.
 *
 * What it decides is decided in the files beside this one: `doorkeeper.ts` who is let in, `judge.ts` who is banned,
 * `outbound.ts` and `connector.ts` who is dialled, `discovery.ts` how strangers are found, `health.ts` who is still
 * there, `notes.ts` what outlives the node, `standings.ts` what sync is told. Here they are wired.
 */
import type { Actor } from '../../kernel/actor.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { committedOf } from '../../protocol/wire/status.ts'
import type { NetworkMessage } from '../network/messages.ts'
import { Connector } from './connector.ts'
import { Discovery } from './discovery.ts'
import { Doorkeeper } from './doorkeeper.ts'
import { Health } from './health.ts'
import { Judge } from './judge.ts'
import type { ConnectedPeer, PeerMessage, PeerReport, ReadyPeer } from './messages.ts'
import { Notes } from './notes.ts'
import { Outbound } from './outbound.ts'
import { reportOf, reportsOf } from './report.ts'
import type { PeerRecord } from './roster.ts'
import { newScene, type PeerOptions, type PeerParts, type PeerScene } from './scene.ts'
import { Standings } from './standings.ts'

const tickMs = 1_000
/** Whether all that was told is still so is asked in so long: a message may be lost in a full mailbox. */
const reconcileEveryMs = 15_000
const reconcileDeadlineMs = 5_000
/** Alone for so long, everybody is dialled at once. */
const aloneMs = 10_000

export class PeerActor implements Actor<PeerMessage> {
  readonly #scene: PeerScene
  readonly #judge: Judge
  readonly #door: Doorkeeper
  readonly #connector: Connector
  readonly #outbound: Outbound
  readonly #discovery: Discovery
  readonly #health: Health
  readonly #notes: Notes
  readonly #standings: Standings
  #reconciledMs: number
  /** When somebody was connected last; undefined if there was nobody yet, or if that was seen to. */
  #aloneSinceMs: number | undefined

  constructor(parts: PeerParts, options: PeerOptions) {
    const { context } = parts
    const scene = newScene(parts, options)
    const onChange = (record: PeerRecord): void => this.#standings.changed(record)
    this.#scene = scene
    this.#standings = new Standings(scene)
    this.#judge = new Judge(scene, { onChange, keepBans: (done) => this.#notes.keepMarks(done) })
    this.#door = new Doorkeeper(scene, this.#judge)
    this.#connector = new Connector(scene, this.#door)
    this.#outbound = new Outbound(scene, context.now())
    this.#discovery = new Discovery(scene)
    this.#health = new Health(scene, { onChange, bans: () => this.#judge.bans })
    this.#notes = new Notes(scene, this.#judge)
    this.#reconciledMs = context.now()
    this.#notes.recall(() => this.#connector.pump())
    // After a restart of this actor the network still knows who is connected, and who vouches for whom.
    this.#reconcile()
    this.#connector.pump()
    context.sendAfter(tickMs, { kind: 'peer-tick' })
  }

  receive(message: PeerMessage): void {
    const scene = this.#scene
    switch (message.kind) {
      case 'peer-up':
        return this.#door.arrived(message)
      case 'peer-down':
        return this.#onDown(message.peer)
      case 'address-found':
        return this.#discovery.found(message.address)
      case 'network-opened':
        return this.#onNetworkOpened()
      case 'peer-status':
        return this.#onStatus(message.ready)
      case 'report-peer':
        return this.#judge.report(message.peer, message.offence)
      case 'report-service':
        return this.#judge.service(message.peer, message)
      case 'first-announcement':
        return this.#health.announced(message.peer)
      case 'dial-burst':
        return this.#burst(message.reason)
      case 'announce-standings':
        return this.#standings.tellAll()
      case 'tell-standings':
        return this.#standings.tell()
      case 'get-addresses':
        return message.reply(this.#discovery.tell(message.from, message.countMax))
      case 'get-peers':
        return message.reply(reportsOf(scene, message.filter, scene.parts.context.now()))
      case 'get-peer':
        return message.reply(this.#report(message.peer))
      case 'connect-peer':
        return this.#connector.connect(message.address, message.isKept, message.reply)
      case 'ban-peer':
        return message.reply(this.#judge.banByOperator(message.peer, message.forMs, message.reason))
      case 'unban-peer':
        return message.reply(this.#judge.unbanByOperator(message.peer))
      case 'peer-tick':
        return this.#tick()
      default:
        return message satisfies never
    }
  }

  stop(): void {
    this.#notes.stop()
  }

  #tick(): void {
    const { context } = this.#scene.parts
    const nowMs = context.now()
    this.#door.tick()
    this.#judge.tick(nowMs)
    this.#health.tick(nowMs)
    this.#discovery.tick(nowMs)
    this.#outbound.plan(nowMs)
    this.#notes.tick(nowMs)
    this.#lookIfAlone(nowMs)
    if (nowMs - this.#reconciledMs >= reconcileEveryMs) this.#reconcile()
    this.#connector.pump()
    context.sendAfter(tickMs, { kind: 'peer-tick' })
  }

  // ----- connections -----

  #onDown(peer: PeerId): void {
    const { roster, parts } = this.#scene
    const record = roster.find(peer)
    if (record?.connection === undefined) return
    roster.disconnect(record, parts.context.now())
    this.#standings.forget(peer)
    this.#connector.lost(peer)
  }

  #onStatus(ready: ReadyPeer): void {
    const { roster, parts } = this.#scene
    const { context, network } = parts
    const { peer } = ready
    if (!this.#door.admit(ready)) return
    const record = roster.meet(peer, context.now())
    const committedHeight = committedOf(ready.status).height
    context.emit({ kind: 'peer-ready', peer, class: ready.class, committedHeight })
    this.#discovery.met(record)
    this.#standings.changed(record)
    // A feeler has done what it was for, unless its peer is needed.
    const isFeeler = record.connection?.purpose === 'feeler' && record.class === 'regular'
    if (isFeeler && !this.#outbound.keepFeeler(record)) {
      context.send(network, { kind: 'disconnect', peer })
    }
  }

  #onNetworkOpened(): void {
    for (const record of this.#scene.roster.all()) this.#onDown(record.peer)
    this.#judge.tellAll()
  }

  /** Compares what is believed of connections with what the network has. */
  #reconcile(): void {
    const { parts, roster } = this.#scene
    const { context, network } = parts
    this.#reconciledMs = context.now()
    const question = {
      to: network,
      deadlineMs: reconcileDeadlineMs,
      ask: (reply: (list: readonly ConnectedPeer[]) => void): NetworkMessage => ({
        kind: 'get-connected',
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      if (!outcome.ok) return
      const connected = new Set(outcome.value.map(({ peer }) => peer))
      const gone = [...roster.all()].filter(({ connection, peer }) => {
        return connection !== undefined && !connected.has(peer)
      })
      for (const { peer } of gone) this.#onDown(peer)
      const missed = outcome.value.filter(({ peer }) => {
        return roster.find(peer)?.connection === undefined
      })
      for (const each of missed) this.#door.arrived(each)
      if (missed.length > 0) context.send(network, { kind: 'announce-peers' })
    })
  }

  #report(peer: PeerId): PeerReport | undefined {
    const scene = this.#scene
    const record = scene.roster.find(peer)
    return record && reportOf(scene, record, scene.parts.context.now())
  }

  // ----- too few peers -----

  #lookIfAlone(nowMs: number): void {
    const { roster, parts } = this.#scene
    if (roster.connected > 0) this.#aloneSinceMs = nowMs
    else if (this.#aloneSinceMs !== undefined && nowMs - this.#aloneSinceMs >= aloneMs) {
      this.#aloneSinceMs = undefined
      parts.context.send(parts.context.self, { kind: 'dial-burst', reason: 'no-peers' })
    }
  }

  #burst(reason: Burst['reason']): void {
    const { parts, queue } = this.#scene
    const nowMs = parts.context.now()
    if (!this.#outbound.burst(nowMs)) return
    parts.context.emit({ kind: 'dials-hastened', reason })
    if (reason !== 'stale-certificate') {
      queue.hasten(nowMs)
      for (const address of this.#notes.anchors) queue.want({ address, purpose: 'anchor' })
    }
    this.#outbound.plan(nowMs)
    this.#connector.pump()
  }
}

type Burst = Extract<PeerMessage, { kind: 'dial-burst' }>
