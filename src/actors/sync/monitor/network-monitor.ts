/**
 * What a node knows of the network around it, and what it should do about that: partition, age of the
 * newest certificate, bandwidth, topology, incidents, and health as their sum. Whoever holds it tells it what
 * happens (`observe…`) and asks it what that comes to (`assess`), at each slot and after what may matter.
 *
 * It has no context, sends nothing and reads no clock: the same observations at the same times give
 * the same assessments. Memory is bounded by the peers that may be connected.
 */
import type { Millis } from '../../../base/units.ts'
import type { PeerId } from '../../../kernel/environment.ts'
import { BandwidthMonitor, type BandwidthReport, type Transfer } from './bandwidth.ts'
import { type AgeAction, climb, groundLadder, type Ladder, staleSlots } from './certificate-age.ts'
import { type Health, healthOf } from './health.ts'
import { IncidentLog, type IncidentReport } from './incident.ts'
import {
  isHalted,
  type PartitionAction,
  PartitionDetector,
  type PartitionFacts,
  type PartitionReport,
} from './partition.ts'
import { RateWindow } from './rate-window.ts'
import {
  Announcements,
  analyseTopology,
  type TopologyPeer,
  type TopologyReport,
} from './topology.ts'

export interface MonitorOptions {
  readonly slotMs: Millis
  readonly committee: { readonly members: number; readonly quorum: number }
  /** This node's own place in the committee; undefined for a node that follows. */
  readonly member: number | undefined
}

/** A connected peer, as far as it is known. */
export interface MonitoredPeer extends TopologyPeer {
  /** 0 at best, −100 at worst. */
  readonly conduct: number
}

/** What a peer said of itself, and when. */
interface Report {
  /** Of its last committed block. */
  readonly certifiedHash: string
  readonly atMs: Millis
}

/** What import waits for. */
export interface Backlog {
  /** To the target, as far as it is known; 0 if nothing is missing. */
  readonly bytesMissing: number
  /** How long the request that import waits for has been under way; 0 if there is none. */
  readonly headOfLineAgeMs: Millis
}

export type MonitorAction =
  | AgeAction
  | PartitionAction
  | { readonly kind: 'dial-burst'; readonly reason: 'no-peers' }

/** Figures that an operator watches. Memory and processor time are the process's to tell. */
export interface WatchList {
  /** This node's slot in thousandths of the newest certified one. */
  readonly progressPerMille: number
  readonly peers: number
  /** The worst conduct of a connected peer; 0 without any. */
  readonly conductMin: number
  /** Blocks a second that passed validation, over ten seconds. */
  readonly blocksValidatedPerSecond: number
  readonly downBytesPerSecond: number
  readonly upBytesPerSecond: number
}

export interface Assessment {
  readonly partition: PartitionReport
  /** The chain as a whole stands still: see {@link isHalted}. */
  readonly isHalted: boolean
  /** The newest certificate is older than 15 slots, and the chain is not known to be halted. */
  readonly isStale: boolean
  readonly incidents: IncidentReport
  /**
   * Production has to stand still, whatever sync says: an emergency. A partition and an old certificate are no
   * reason: without a quorum nothing is committed anyway, and who had stopped would be late when others come back.
   */
  readonly isGateShut: boolean
  readonly missedSlots: number
  readonly certificateAgeMs: Millis
  /** What is due now; each is told once. */
  readonly actions: readonly MonitorAction[]
  readonly bandwidth: BandwidthReport
  /** At most a second old. */
  readonly topology: TopologyReport
  readonly health: Health
  readonly watch: WatchList
}

/** Peers beyond it are not looked at. */
export const monitoredPeersMax = 16_384
const topologyEveryMs: Millis = 1_000
/** Peers come one by one: for a moment, having none means nothing. */
const lonelyMs: Millis = 3_000
const lonelyBurstEveryMs: Millis = 10_000
/** How often the others are asked while the certificate is old. */
const exchangeEveryMs: Millis = 2_000
/** What a peer said longer ago says nothing about where the chain is now. */
const reportMsMax: Millis = 10_000

export class NetworkMonitor {
  readonly #options: MonitorOptions
  readonly #peers = new Map<PeerId, MonitoredPeer>()
  /** Of peers that are connected. */
  readonly #reports = new Map<PeerId, Report>()
  /** What went wrong for good: told to it directly. */
  readonly incidents = new IncidentLog()
  readonly #announcements = new Announcements()
  readonly #bandwidth = new BandwidthMonitor()
  readonly #losses = new RateWindow()
  readonly #validated = new RateWindow()
  readonly #detector: PartitionDetector
  #ladder: Ladder = groundLadder
  #slot = 0
  #certifiedSlot = 0
  #own = { slot: 0, hash: '' }
  #backlog: Backlog = { bytesMissing: 0, headOfLineAgeMs: 0 }
  #topology: { readonly atMs: Millis; readonly report: TopologyReport } | undefined
  #lonelySinceMs: Millis | undefined
  #lonelyBurstAtMs: Millis | undefined
  #exchangeAtMs: Millis | undefined

  /** `nowMs` on the scale of every later time. */
  constructor(options: MonitorOptions, nowMs: Millis) {
    this.#options = options
    this.#detector = new PartitionDetector(nowMs)
  }

  // ----- what happens -----

  /** A peer is there, or something of it changed; what is left out stays as it was. */
  observePeer(peer: PeerId, change: Partial<MonitoredPeer>): void {
    const known = this.#peers.get(peer)
    if (known === undefined && this.#peers.size >= monitoredPeersMax) return
    this.#peers.set(peer, { ...(known ?? unknownPeer), ...change })
  }

  /** A peer has just said that this is its last committed block. */
  observeReport(peer: PeerId, certifiedHash: string, nowMs: Millis): void {
    if (this.#peers.has(peer)) this.#reports.set(peer, { certifiedHash, atMs: nowMs })
  }

  observePeerLost(peer: PeerId, nowMs: Millis): void {
    this.#reports.delete(peer)
    if (this.#peers.delete(peer)) this.#losses.add(1, nowMs)
  }

  /** The slot that the wall clock shows. It may go back. */
  observeSlot(slot: number): void {
    this.#slot = slot
  }

  /** A verified certificate proves this slot. Only the highest counts. */
  observeCertificate(slot: number): void {
    this.#certifiedSlot = Math.max(this.#certifiedSlot, slot)
  }

  /** This node's last committed block. */
  observeOwn(own: { readonly slot: number; readonly hash: string }): void {
    this.#own = { slot: own.slot, hash: own.hash }
    this.observeCertificate(own.slot)
  }

  /** This peer was the first to tell of a block. */
  observeAnnouncement(peer: PeerId): void {
    const known = this.#peers.get(peer)
    if (known !== undefined) this.#announcements.add({ peer, netgroup: known.netgroup })
  }

  /** Bytes of use that went over the link. */
  observeTransfer(transfer: Transfer, nowMs: Millis): void {
    this.#bandwidth.observe(transfer, nowMs)
  }

  observeBacklog(backlog: Backlog): void {
    this.#backlog = backlog
  }

  observeValidated(blocks: number, nowMs: Millis): void {
    this.#validated.add(blocks, nowMs)
  }

  // ----- what it comes to -----

  /** At each slot, and at least each two seconds while the certificate is old. Times do not go back. */
  assess(nowMs: Millis): Assessment {
    const missedSlots = Math.max(0, this.#slot - this.#certifiedSlot)
    const halted = this.#isHalted(nowMs)
    const isOld = missedSlots > staleSlots
    const isStale = isOld && !halted
    const partition = this.#detector.step(this.#partitionFacts(missedSlots, nowMs), nowMs)
    const topology = this.#topologyAt(nowMs)
    const incidents = this.incidents.report(this.#peers.size, this.#options.committee, nowMs)
    const isQuorumReachable = this.#membersReachable() >= this.#options.committee.quorum
    // Where a quorum agrees that nothing happens, more peers would tell the same.
    const ladderSlots = halted && isQuorumReachable ? 0 : missedSlots
    const { ladder, action } = climb(this.#ladder, ladderSlots, nowMs)
    this.#ladder = ladder
    return {
      partition,
      isHalted: isOld && halted,
      isStale,
      incidents,
      isGateShut: incidents.level === 'emergency',
      missedSlots,
      certificateAgeMs: missedSlots * this.#options.slotMs,
      actions: this.#actions({ partition: partition.actions, age: action, isOld }, nowMs),
      bandwidth: this.#bandwidth.report(nowMs),
      topology,
      health: healthOf({
        peers: this.#peers.size,
        isAlone: this.#isAlone,
        partition,
        isStale,
        isHalted: isOld && halted,
        slotsBehind: this.#slotsBehind,
        headOfLineAgeMs: this.#backlog.headOfLineAgeMs,
        topologyWarnings: topology.warnings.length,
        incidents: incidents.level,
      }),
      watch: this.#watch(nowMs),
    }
  }

  get #isAlone(): boolean {
    return this.#options.member !== undefined && this.#options.committee.quorum <= 1
  }

  get #slotsBehind(): number {
    return this.#certifiedSlot - this.#own.slot
  }

  #partitionFacts(missedSlots: number, nowMs: Millis): PartitionFacts {
    return {
      missedSlots,
      committeeReachable: this.#membersReachable(),
      quorum: this.#options.committee.quorum,
      peers: this.#peers.size,
      peersLost: this.#losses.total(10_000, nowMs),
      slotsBehind: this.#slotsBehind,
      bytesMissing: this.#backlog.bytesMissing,
      goodput: this.#bandwidth.downPerSecond(nowMs),
    }
  }

  /** Distinct members: several peers may speak for one. */
  #membersReachable(): number {
    const members = new Set<number>()
    if (this.#options.member !== undefined) members.add(this.#options.member)
    for (const { member } of this.#peers.values()) if (member !== undefined) members.add(member)
    return members.size
  }

  #isHalted(nowMs: Millis): boolean {
    const reported = new Map<number, string | undefined>()
    for (const [peer, { member }] of this.#peers) {
      if (member === undefined || member === this.#options.member) continue
      const report = this.#reports.get(peer)
      const isFresh = report !== undefined && nowMs - report.atMs <= reportMsMax
      const certifiedHash = isFresh ? report.certifiedHash : undefined
      // Of several that speak for one member, one that agrees is enough.
      if (reported.get(member) !== this.#own.hash) reported.set(member, certifiedHash)
    }
    const { quorum } = this.#options.committee
    const certifiedSlot = this.#certifiedSlot
    return isHalted({ own: this.#own, certifiedSlot, members: [...reported.values()], quorum })
  }

  #topologyAt(nowMs: Millis): TopologyReport {
    const known = this.#topology
    if (known !== undefined && nowMs - known.atMs < topologyEveryMs) return known.report
    const { committee } = this.#options
    const report = analyseTopology(this.#peers.values(), this.#announcements.latest, committee)
    this.#topology = { atMs: nowMs, report }
    return report
  }

  /** One burst at a time, for the gravest reason; statuses are asked for once. */
  #actions(
    due: {
      readonly partition: readonly PartitionAction[]
      readonly age: AgeAction | undefined
      readonly isOld: boolean
    },
    nowMs: Millis,
  ): readonly MonitorAction[] {
    const all: readonly MonitorAction[] = [
      ...this.#lonelyActions(nowMs),
      ...due.partition,
      ...(due.age === undefined ? [] : [due.age]),
    ]
    const burst = all.find(({ kind }) => kind === 'dial-burst')
    const extra = all.find(({ kind }) => kind === 'dial-extra')
    const lastMs = this.#exchangeAtMs
    const isRepeatDue = lastMs === undefined || nowMs - lastMs >= exchangeEveryMs
    const isExchangeDue =
      all.some(({ kind }) => kind === 'exchange-status') ||
      (due.isOld && isRepeatDue && !this.#isAlone)
    if (isExchangeDue) this.#exchangeAtMs = nowMs
    const exchange = isExchangeDue ? ({ kind: 'exchange-status' } as const) : undefined
    return [burst, extra, exchange].filter((action) => action !== undefined)
  }

  #lonelyActions(nowMs: Millis): readonly MonitorAction[] {
    if (this.#peers.size > 0 || this.#isAlone) {
      this.#lonelySinceMs = undefined
      this.#lonelyBurstAtMs = undefined
      return []
    }
    this.#lonelySinceMs ??= nowMs
    if (nowMs - this.#lonelySinceMs < lonelyMs) return []
    const lastMs = this.#lonelyBurstAtMs
    if (lastMs !== undefined && nowMs - lastMs < lonelyBurstEveryMs) return []
    this.#lonelyBurstAtMs = nowMs
    return [{ kind: 'dial-burst', reason: 'no-peers' }]
  }

  #watch(nowMs: Millis): WatchList {
    const { slot } = this.#own
    const certified = this.#certifiedSlot
    let conductMin = 0
    for (const { conduct } of this.#peers.values()) conductMin = Math.min(conductMin, conduct)
    return {
      progressPerMille: certified === 0 ? 1_000 : Math.floor((slot * 1_000) / certified),
      peers: this.#peers.size,
      conductMin,
      blocksValidatedPerSecond: this.#validated.perSecond(10_000, nowMs),
      downBytesPerSecond: this.#bandwidth.downPerSecond(nowMs),
      upBytesPerSecond: this.#bandwidth.upPerSecond(nowMs),
    }
  }
}

const unknownPeer: MonitoredPeer = {
  netgroup: '',
  member: undefined,
  isOutbound: false,
  roundTripMs: undefined,
  conduct: 0,
}
