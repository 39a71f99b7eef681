/**
 * Brings a node that is behind up to the committed head, and says when it is near enough to take part.
 * The states and what leads from one to another are in `state.ts`; what is downloaded from whom and when,
 * in `download/`; what the network around looks like, in `monitor/`; what is true is decided by
 * certificates, so a peer can be slow but never convincing.
 *
 * The disk is the checkpoint: what was imported is stored, and a restart goes on from there.
 */
import type { Millis } from '../../base/units.ts'
import type { Actor, Address, Context, Reply } from '../../kernel/actor.ts'
import type { PeerId, Verifier } from '../../kernel/environment.ts'
import { placeOf } from '../../proof/certified-header.ts'
import type { ProvenSegment } from '../../proof/proven-segment.ts'
import type { ValidatedRun } from '../../proof/validated-run.ts'
import type { Chain, TrustedPlace } from '../../protocol/chain.ts'
import { quorumOf } from '../../protocol/committee.ts'
import { slotAt, slotMoment } from '../../protocol/slots.ts'
import type { Status } from '../../protocol/wire/status.ts'
import type { ChainMessage, ChainStatus } from '../chain/messages.ts'
import type { NetworkMessage } from '../network/messages.ts'
import type { Offence, PeerMessage } from '../peer/messages.ts'
import type { Command } from './download/command.ts'
import { Download } from './download/download.ts'
import type { DownloadOptions } from './download/options.ts'
import { localFaultOf, obstacleOf, otherHistoryOf } from './failure.ts'
import { Histories } from './histories.ts'
import type { SyncEvent, SyncMessage, SyncStatus } from './messages.ts'
import { type Assessment, type MonitorAction, NetworkMonitor } from './monitor/network-monitor.ts'
import { SyncPeers } from './peers.ts'
import { Pump } from './pump.ts'
import { Questions } from './questions.ts'
import { Rate } from './rate.ts'
import { reportOf } from './report.ts'
import {
  behindOf,
  canProduce,
  idleState,
  isDownloading,
  nextState,
  retryPauseMs,
  type SyncFacts,
  type SyncState,
} from './state.ts'
import { Target } from './target.ts'
import { type TransferParts, Transfers } from './transfers.ts'

export interface SyncOptions {
  readonly download: DownloadOptions
  /** How long a peer has for its status. */
  readonly statusDeadlineMs: Millis
  /** How often this node looks again by itself. */
  readonly lookMs: Millis
  /** Blocks that this node knows to be committed: no other history is taken. */
  readonly trusted: readonly TrustedPlace[]
  /** This node's own place in the committee; undefined for a node that follows. */
  readonly member: number | undefined
}

export interface SyncParts {
  readonly chain: Chain
  readonly verifier: Verifier
  readonly context: Context<SyncMessage, SyncEvent>
  readonly chainActor: Address<ChainMessage>
  readonly network: Address<NetworkMessage>
  readonly peers: Address<PeerMessage>
}

/** Blocks behind up to which the next ones come by votes; beyond, they are downloaded. */
const votesBlocksMax = 2
/** A look that comes so late says that this process, or its machine, stood still. */
const stoodStillMs: Millis = 10_000
/** How often a node without anybody looks. */
const discoverLookMs: Millis = 1_000

export class SyncActor implements Actor<SyncMessage> {
  readonly #parts: SyncParts
  readonly #options: SyncOptions
  /** Of the highest block that is trusted: no end of the chain is below. */
  readonly #trustedHeight: number
  readonly #peers: SyncPeers
  readonly #target: Target
  readonly #histories: Histories
  readonly #questions: Questions
  readonly #pump: Pump
  readonly #downloads: Download<ProvenSegment, ValidatedRun>
  readonly #transfers: Transfers
  readonly #monitor: NetworkMonitor
  readonly #blockRate = new Rate()
  readonly #byteRate = new Rate()
  #chain: ChainStatus | undefined
  #state: SyncState
  #isPaused = false
  /** The chain stands elsewhere than was thought, and has not said where. */
  #isLost = false
  #isGateOpen = false
  /** In an emergency nothing is produced until an operator has looked. */
  #isGateShut = false
  #lastAdvanceMs: Millis
  #lookDueMs: Millis
  #wokenMs: Millis
  #progress = { height: 0, atMs: 0 }

  constructor(parts: SyncParts, options: SyncOptions) {
    const { chain, context } = parts
    const nowMs = context.now()
    this.#parts = parts
    this.#options = options
    this.#state = idleState(nowMs)
    this.#lastAdvanceMs = nowMs
    this.#lookDueMs = nowMs + options.lookMs
    this.#wokenMs = nowMs
    this.#progress = { height: 0, atMs: nowMs }
    this.#target = new Target({
      ...parts,
      raised: ({ signed }) => this.#monitor.observeCertificate(signed.header.slot),
      settled: () => this.#update(),
      blame: (peer) => this.#blame(peer, 'forged'),
    })
    this.#trustedHeight = Math.max(0, ...options.trusted.map(({ height }) => height))
    this.#questions = new Questions(parts, options.statusDeadlineMs)
    this.#pump = new Pump(context)
    this.#histories = new Histories({
      ...{ ...parts, trustedHeight: this.#trustedHeight },
      ownHashAt: (height, done) => this.#questions.ownHashAt(height, done),
      contradicted: (theirs, hash) => {
        const ours = { height: theirs.signed.header.height, hash }
        context.send(parts.chainActor, {
          kind: 'contradiction',
          contradiction: { ours, ...theirs },
        })
      },
      blame: (peer) => this.#blame(peer, 'forged'),
    })
    const download = { ...options.download, trustedHeight: this.#trustedHeight }
    this.#downloads = new Download(download, context.random.fork('download'), chain.genesis)
    const members = chain.committee.members.length
    const quorum = quorumOf(chain.committee)
    const { slotMs } = chain.slots
    const { member } = options
    this.#monitor = new NetworkMonitor({ slotMs, committee: { members, quorum }, member }, nowMs)
    const genesis = chain.genesis.hash
    this.#peers = new SyncPeers({ downloads: this.#downloads, monitor: this.#monitor, genesis })
    this.#transfers = new Transfers({ ...parts, ...this.#transferHooks() }, this.#downloads)
    // After a restart of this actor the others go on: they are asked where things stand.
    context.send(parts.chainActor, { kind: 'set-gate', isOpen: false })
    context.send(parts.network, { kind: 'announce-peers' })
    context.send(parts.peers, { kind: 'announce-standings' })
    this.#askChain()
    context.sendAfter(options.lookMs, { kind: 'look' })
  }

  receive(message: SyncMessage): void {
    switch (message.kind) {
      case 'chain-started':
        return this.#restart(message.status)
      case 'chain-advanced':
        return this.#onChain(message.status)
      case 'sync-peer-ready':
        return this.#onStatus(message.peer, message.status)
      case 'sync-peer-lost':
        return this.#onLost(message.peer)
      case 'peer-standing':
        return this.#onStanding(message)
      case 'block-announced':
        return this.#monitor.observeAnnouncement(message.peer)
      case 'bytes-given':
        return this.#monitor.observeTransfer(message.given, this.#parts.context.now())
      case 'member-accused':
        return this.#monitor.incidents.observeLiar(message.member)
      case 'chain-conflict':
        return this.#monitor.incidents.observeConflict()
      case 'get-sync-status':
        return message.reply(this.#status())
      case 'get-network-health':
        return message.reply(this.#assess())
      case 'can-produce-blocks':
        return message.reply(this.#isGateOpen)
      case 'start-sync':
        return this.#start(message.reply)
      case 'pause-sync':
        return this.#pause(true, message.reply)
      case 'resume-sync':
        return this.#pause(false, message.reply)
      case 'look':
        return this.#look()
      case 'pump':
        this.#pump.came()
        return this.#update()
      default:
        return message satisfies never
    }
  }

  #transferHooks(): TransferHooks {
    return {
      trusted: this.#options.trusted,
      imported: (status) => this.#onChain(status),
      validated: (blocks) => this.#monitor.observeValidated(blocks, this.#parts.context.now()),
      received: (taken) => this.#monitor.observeTransfer(taken, this.#parts.context.now()),
      moved: () => this.#update(),
      distrusted: (peer) => {
        this.#target.forget(peer)
        this.#histories.forget(peer)
        this.#peers.estrange(peer, this.#parts.context.now())
      },
      lost: () => this.#findBack(),
    }
  }

  // ----- the chain -----

  #askChain(): void {
    this.#questions.askChain((status) => this.#onChain(status))
  }

  /** Asks where to begin, until it is known. */
  #findBack(): void {
    this.#isLost = true
    this.#questions.askChain((status) => this.#restart(status))
  }

  /** The chain began anew from the disk: what it was given and had not stored is lost. */
  #restart(status: ChainStatus): void {
    this.#isLost = false
    this.#progress = { height: 0, atMs: this.#parts.context.now() }
    this.#downloads.restart(status.committed, this.#parts.context.now())
    this.#onChain(status)
  }

  #onChain(status: ChainStatus): void {
    const { context, chainActor } = this.#parts
    const isFirst = this.#chain === undefined
    if (status.committed.height > (this.#chain?.committed.height ?? -1)) {
      this.#lastAdvanceMs = context.now()
      this.#monitor.observeOwn(status.committed)
    }
    this.#chain = status
    if (status.halted !== undefined) this.#monitor.incidents.observeConflict()
    this.#histories.advance(status.committed)
    if (isFirst) this.#downloads.restart(status.committed, context.now())
    else this.#downloads.setCommitted(status.committed, context.now())
    this.#blockRate.observe(status.committed.height, context.now())
    this.#update()
    // A chain that was restarted has a closed gate, whatever it was told before.
    if (status.isGateOpen !== this.#isGateOpen) {
      context.send(chainActor, { kind: 'set-gate', isOpen: this.#isGateOpen })
    }
  }

  // ----- peers -----

  #onStatus(peer: PeerId, status: Status): void {
    this.#peers.setStatus(peer, status, this.#parts.context.now())
    if (this.#peers.isUsable(peer)) this.#claim(peer, status)
    this.#update()
  }

  #claim(peer: PeerId, { certified }: Status): void {
    if (certified === undefined) return
    this.#target.claim(peer, certified, this.#chain?.committed.height ?? 0)
    this.#histories.claim(peer, certified)
  }

  #onStanding({ kind: _, peer, ...standing }: PeerStanding): void {
    this.#peers.setStanding(peer, standing, this.#parts.context.now())
    this.#update()
  }

  #onLost(peer: PeerId): void {
    this.#target.forget(peer)
    this.#histories.forget(peer)
    if (this.#peers.remove(peer, this.#parts.context.now())) this.#update()
  }

  #blame(peer: PeerId, offence: Offence): void {
    const { context, peers } = this.#parts
    this.#monitor.incidents.observeAccused(peer, context.now())
    context.send(peers, { kind: 'report-peer', peer, offence })
    this.#peers.exclude(peer, context.now())
  }

  #refreshStatuses(peers: readonly PeerId[]): void {
    this.#questions.askStatuses(peers, (peer, status) => {
      if (this.#peers.has(peer)) this.#onStatus(peer, status)
    })
  }

  // ----- state -----

  /** Where this node stands and what it could reach, as one value. */
  #facts(): SyncFacts {
    const currentHeight = this.#chain?.committed.height ?? 0
    const { chain, context } = this.#parts
    const nowMs = context.now()
    const { provenHeight, localTrouble, refusal, stuck } = this.#downloads.facts(nowMs)
    const opinions = this.#opinions()
    return {
      nowMs,
      isStarted: this.#chain !== undefined,
      isAlone: quorumOf(chain.committee) === 1,
      currentHeight,
      targetHeight: Math.max(currentHeight, this.#target.height, this.#trustedHeight),
      ...{ provenHeight, lost: this.#chain?.lost },
      peers: this.#peers.usable,
      lastPeerMs: this.#peers.lastNewMs,
      isClaimPending: this.#target.isPending,
      opinions: opinions.count,
      hasMemberOpinion: opinions.hasMember,
      wokenMs: this.#wokenMs,
      lastProgressMs: this.#progress.atMs,
      localFault: localTrouble && localFaultOf(localTrouble),
      otherHistory: refusal && otherHistoryOf(refusal),
      obstacle: stuck && obstacleOf(stuck),
    }
  }

  /** Counted only where they matter: there may be thousands of peers. */
  #opinions(): { readonly count: number; readonly hasMember: boolean } {
    const { name, sinceMs } = this.#state
    if (name !== 'discovering') return { count: 0, hasMember: false }
    return this.#peers.opinionsSince(sinceMs)
  }

  #update(): void {
    this.#observeProgress()
    const facts = this.#facts()
    const before = this.#state
    this.#state = nextState(before, facts)
    if (this.#state.name !== before.name) this.#entered(before, facts)
    const isTrusted = facts.currentHeight >= this.#trustedHeight
    this.#setGate(isTrusted && canProduce(this.#state, facts) && !this.#isGateShut)
    this.#download(facts)
  }

  #entered(before: SyncState, { currentHeight, targetHeight }: SyncFacts): void {
    const { name, failure } = this.#state
    const change = { from: before.name, to: name, currentHeight, targetHeight, failure }
    this.#parts.context.emit({ kind: 'sync-state-changed', ...change })
    // What was said before counts for nothing: whoever is there is asked anew.
    if (name === 'discovering')
      this.#refreshStatuses(this.#peers.membersAndSome(this.#parts.context.random))
    if (before.name === 'failed') this.#beginAnew(before)
  }

  /** After a failure nothing is kept but what is stored: part of the rest may be what it failed at. */
  #beginAnew({ failure }: SyncState): void {
    if (failure?.kind === 'history') this.#aimAnew()
    if (this.#chain === undefined) return
    this.#progress = { height: 0, atMs: this.#parts.context.now() }
    this.#downloads.beginAnew(this.#chain.committed, this.#parts.context.now())
    this.#askChain()
  }

  /** What was aimed at may be the end of another history: now it is what the others say. */
  #aimAnew(): void {
    this.#target.reset()
    for (const [peer, status] of this.#peers.statuses) this.#claim(peer, status)
  }

  #setGate(isOpen: boolean): void {
    if (isOpen === this.#isGateOpen) return
    this.#isGateOpen = isOpen
    this.#parts.context.send(this.#parts.chainActor, { kind: 'set-gate', isOpen })
  }

  /** What counts is what was proven: bytes alone are no progress. */
  #observeProgress(): void {
    const nowMs = this.#parts.context.now()
    const { provenHeight, downloadedHeight } = this.#downloads.facts(nowMs)
    const committed = this.#chain?.committed.height ?? 0
    const height = committed + provenHeight + downloadedHeight
    // Nobody is at fault for a pause.
    if (this.#isPaused) this.#progress = { ...this.#progress, atMs: nowMs }
    if (height > this.#progress.height) this.#progress = { height, atMs: nowMs }
  }

  // ----- downloading -----

  #download(facts: SyncFacts): void {
    if (!isDownloading(this.#state)) return
    this.#aim(facts)
    let commands = this.#commands(facts)
    while (commands.length > 0) {
      this.#transfers.perform(commands)
      commands = this.#commands(facts)
    }
    const { counts, isComplete } = this.#downloads.facts(facts.nowMs)
    this.#byteRate.observe(counts.bytesReceived, facts.nowMs)
    if (!isComplete) this.#pump.at(this.#downloads.nextMs(facts.nowMs))
  }

  #commands({ nowMs }: SyncFacts): readonly Command<ProvenSegment, ValidatedRun>[] {
    return this.#isPaused ? this.#downloads.drain(nowMs) : this.#downloads.step(nowMs)
  }

  #aim(facts: SyncFacts): void {
    const proven = this.#target.proven
    // What is just ahead comes by votes; it is asked for when they no longer bring it.
    const isStalled = facts.nowMs - this.#lastAdvanceMs > 2 * this.#options.lookMs
    const isFar = behindOf(facts) > votesBlocksMax
    if (proven !== undefined && (isFar || (isStalled && behindOf(facts) > 0))) {
      this.#downloads.raiseTarget(placeOf(proven.signed))
    }
  }

  // ----- looking -----

  /** Nothing may depend on an event that never comes: looks again, whatever happened. */
  #look(): void {
    const { context } = this.#parts
    const nowMs = context.now()
    if (nowMs - this.#lookDueMs > stoodStillMs) this.#wokenMs = nowMs
    const isStalled = nowMs - this.#lastAdvanceMs > 2 * this.#options.lookMs
    if (this.#state.name !== 'synced' || isStalled)
      this.#refreshStatuses(this.#peers.some(context.random))
    if (this.#isLost) this.#findBack()
    else if (this.#chain === undefined) this.#askChain()
    this.#assess()
    this.#update()
    const isLooking = this.#state.name === 'discovering' || this.#state.name === 'failed'
    const lookMs = isLooking ? discoverLookMs : this.#options.lookMs
    this.#lookDueMs = nowMs + lookMs
    context.sendAfter(lookMs, { kind: 'look' })
  }

  /** What is due is told once, so it is done whoever asks. */
  #assess(): Assessment {
    const { chain, context } = this.#parts
    this.#monitor.observeSlot(slotAt(chain.slots, context.wall()))
    const { headAgeMs, reservedBytes } = this.#downloads.facts(context.now())
    this.#monitor.observeBacklog({ bytesMissing: reservedBytes, headOfLineAgeMs: headAgeMs })
    const assessment = this.#monitor.assess(context.now())
    this.#isGateShut = assessment.isGateShut
    for (const action of assessment.actions) this.#act(action)
    return assessment
  }

  #act(action: MonitorAction): void {
    const { context, peers } = this.#parts
    switch (action.kind) {
      case 'dial-burst':
        context.send(peers, { kind: 'dial-burst', reason: action.reason })
        return
      case 'dial-extra':
        context.send(peers, { kind: 'dial-burst', reason: 'stale-certificate' })
        return
      case 'exchange-status':
        return this.#refreshStatuses(this.#peers.membersAndSome(this.#parts.context.random))
      default:
        return action satisfies never
    }
  }

  // ----- operators -----

  /** Forgets a failure and looks at once. */
  #start(reply: Reply<SyncStatus>): void {
    const { nowMs } = this.#facts()
    if (this.#state.name === 'failed')
      this.#state = { ...this.#state, sinceMs: nowMs - retryPauseMs(this.#state.failures) }
    this.#isPaused = false
    this.#refreshStatuses(this.#peers.membersAndSome(this.#parts.context.random))
    this.#update()
    reply(this.#status())
  }

  #pause(isPaused: boolean, reply: Reply<SyncStatus>): void {
    if (isPaused !== this.#isPaused) {
      this.#isPaused = isPaused
      this.#parts.context.emit({ kind: 'sync-paused', isPaused })
    }
    this.#update()
    reply(this.#status())
  }

  #status(): SyncStatus {
    const facts = this.#facts()
    const { chain, context } = this.#parts
    const download = this.#downloads.facts(facts.nowMs)
    // Nothing may have moved for long.
    this.#blockRate.observe(facts.currentHeight, facts.nowMs)
    this.#byteRate.observe(download.counts.bytesReceived, facts.nowMs)
    const committedSlot = this.#chain?.committed.slot ?? 0
    return reportOf({
      ...{ state: this.#state, facts, isPaused: this.#isPaused, isGateOpen: this.#isGateOpen },
      download,
      reservedBytesMax: this.#options.download.memoryBytesMax,
      blocksPerSecond: this.#blockRate.perSecond(),
      bytesPerSecond: this.#byteRate.perSecond(),
      certificateAgeMs: Math.max(0, context.wall() - slotMoment(chain.slots, committedSlot)),
    })
  }
}

type TransferHooks = Omit<TransferParts, keyof SyncParts>
type PeerStanding = Extract<SyncMessage, { kind: 'peer-standing' }>
