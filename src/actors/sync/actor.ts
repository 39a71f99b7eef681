/**
 * Brings a node that is behind up to the committed head, and says when it is near enough to take part.
 *
 *   idle → discovering → downloading-blocks → catching-up → synced
 *             ↑    │ (nobody there)   ↑            │            │ (behind again)
 *             └─ failed               └────────────┴────────────┘
 *
 * Ranges of committed blocks are asked for one at a time, in order, of the peers that claim to have
 * them; what a range proves is decided by the certificate on its end, so a peer can be slow but never
 * convincing. A range that fails is asked of another peer. The disk is the checkpoint: what was
 * imported is stored, and a restart goes on from there.
 */
import { failed, type Result } from '../../base/result.ts'
import type { Actor, Address, Context } from '../../kernel/actor.ts'
import type { PeerId, Verifier } from '../../kernel/environment.ts'
import type { Block } from '../../protocol/block/block.ts'
import type { Chain } from '../../protocol/chain.ts'
import { certificateCheck, isQuorum } from '../../protocol/consensus/checks.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import type { RangeAnswer } from '../../protocol/wire/requests.ts'
import type { Status } from '../../protocol/wire/status.ts'
import type { ChainMessage, ChainStatus, ImportFault } from '../chain/messages.ts'
import type { NetworkMessage, PeerFault } from '../network/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import { canProduce, nextState, progressOf, type SyncFacts } from './gate.ts'
import type { SyncEvent, SyncMessage, SyncStatus } from './messages.ts'

export interface SyncOptions {
  /** Blocks in one range. */
  readonly batchSize: number
  readonly requestDeadlineMs: number
  /** How often this node looks again by itself. */
  readonly lookMs: number
  /** Whether this node needs others at all: a committee of one does not. */
  readonly isAlone: boolean
}

export interface SyncParts {
  readonly chain: Chain
  readonly verifier: Verifier
  readonly context: Context<SyncMessage, SyncEvent>
  readonly chainActor: Address<ChainMessage>
  readonly network: Address<NetworkMessage>
  readonly peers: Address<PeerMessage>
}

interface SyncPeer {
  status: Status
  /** Ranges in a row that it did not deliver. */
  failures: number
  pausedUntilMs: number
}

/** Slots behind from which a range is worth asking for. */
const fetchBehindMin = 2
const rangeBytesMax = 1_900_000
/** A chain that was restarted in the middle never answers; one that is slow says that it is busy. */
const importDeadlineMs = 30_000
const pauseMs = 2_000
const pauseMsMax = 60_000
/** Statuses asked for at each look while behind or discovering. */
const statusesPerLookMax = 4

export class SyncActor implements Actor<SyncMessage> {
  readonly #parts: SyncParts
  readonly #options: SyncOptions
  readonly #peers = new Map<PeerId, SyncPeer>()
  readonly #startedMs: number
  #chain: ChainStatus | undefined
  #state: SyncStatus['state'] = 'idle'
  #isFetching = false
  #isGateOpen = false
  #targetSlot = 0
  #lastAdvanceMs: number

  constructor(parts: SyncParts, options: SyncOptions) {
    this.#parts = parts
    this.#options = options
    this.#startedMs = parts.context.now()
    this.#lastAdvanceMs = this.#startedMs
    // After a restart of this actor the others go on: they are asked where things stand.
    parts.context.send(parts.chainActor, { kind: 'set-gate', isOpen: false })
    parts.context.send(parts.network, { kind: 'announce-peers' })
    parts.context.send(parts.peers, { kind: 'announce-standings' })
    this.#askChain()
    parts.context.sendAfter(options.lookMs, { kind: 'look' })
  }

  receive(message: SyncMessage): void {
    switch (message.kind) {
      case 'chain-advanced':
        return this.#onChain(message.status)
      case 'sync-peer-ready':
        this.#peers.set(message.peer, { status: message.status, failures: 0, pausedUntilMs: 0 })
        this.#raiseTarget(message.peer, message.status)
        return this.#update()
      case 'sync-peer-lost':
        this.#peers.delete(message.peer)
        return this.#update()
      case 'peer-standing':
        return
      case 'get-sync-status':
        return message.reply(this.#status())
      case 'look':
        return this.#look()
      default:
        return message satisfies never
    }
  }

  #askChain(): void {
    const question = {
      to: this.#parts.chainActor,
      deadlineMs: this.#options.requestDeadlineMs,
      ask: (reply: (status: ChainStatus | undefined) => void): ChainMessage => ({
        kind: 'get-chain-status',
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      if (outcome.ok && outcome.value !== undefined) this.#onChain(outcome.value)
    })
  }

  #onChain(status: ChainStatus): void {
    const { context, chainActor } = this.#parts
    if (status.committed.height > (this.#chain?.committed.height ?? -1)) {
      this.#lastAdvanceMs = context.now()
    }
    this.#chain = status
    this.#update()
    // A chain that was restarted has a closed gate, whatever it was told before.
    if (status.isGateOpen !== this.#isGateOpen) {
      context.send(chainActor, { kind: 'set-gate', isOpen: this.#isGateOpen })
    }
  }

  // ----- state -----

  /** Where this node stands and what it could reach, as one value. */
  #facts(): SyncFacts {
    const currentSlot = this.#chain?.committed.slot ?? 0
    return {
      isStarted: this.#chain !== undefined,
      isAlone: this.#options.isAlone,
      currentSlot,
      targetSlot: Math.max(currentSlot, this.#targetSlot),
      peers: this.#peers.size,
      waitedMs: this.#parts.context.now() - this.#startedMs,
    }
  }

  #update(): void {
    const facts = this.#facts()
    const next = nextState(this.#state, facts)
    if (next !== this.#state) {
      const { currentSlot, targetSlot } = facts
      const change = { from: this.#state, to: next, currentSlot, targetSlot }
      this.#state = next
      this.#parts.context.emit({ kind: 'sync-state-changed', ...change })
    }
    const isOpen = canProduce(this.#state, facts)
    if (isOpen !== this.#isGateOpen) {
      this.#isGateOpen = isOpen
      this.#parts.context.send(this.#parts.chainActor, { kind: 'set-gate', isOpen })
    }
    // What is just ahead comes by votes; a range is asked for what they no longer bring.
    if (facts.targetSlot - facts.currentSlot > fetchBehindMin) this.#fetchNext()
  }

  #status(): SyncStatus {
    const facts = this.#facts()
    const { currentSlot, targetSlot, peers } = facts
    return {
      state: this.#state,
      currentHeight: this.#chain?.committed.height ?? 0,
      currentSlot,
      targetSlot,
      progress: progressOf(facts),
      peers,
      canProduceBlocks: canProduce(this.#state, facts),
    }
  }

  /** Nothing may depend on an event that never comes: looks again, whatever happened. */
  #look(): void {
    const { context } = this.#parts
    const isStalled = context.now() - this.#lastAdvanceMs > 2 * this.#options.lookMs
    if (this.#state !== 'synced' || isStalled) this.#refreshStatuses()
    this.#update()
    context.sendAfter(this.#options.lookMs, { kind: 'look' })
  }

  #refreshStatuses(): void {
    const peers = [...this.#peers.keys()]
    const { context, network } = this.#parts
    const start = peers.length === 0 ? 0 : context.random.below(peers.length)
    const turned = [...peers.slice(start), ...peers.slice(0, start)]
    for (const peer of turned.slice(0, statusesPerLookMax)) {
      const question = {
        to: network,
        deadlineMs: this.#options.requestDeadlineMs,
        ask: (reply: StatusReply): NetworkMessage => ({ kind: 'fetch-status', peer, reply }),
      }
      context.ask(question, (outcome) => {
        const known = this.#peers.get(peer)
        if (known === undefined || !outcome.ok || !outcome.value.ok) return
        known.status = outcome.value.value
        this.#raiseTarget(peer, known.status)
      })
    }
  }

  /** Only a certificate raises the target: a claim costs a liar nothing, and must cost us nothing. */
  #raiseTarget(peer: PeerId, { committed, finalisation }: Status): void {
    const { chain, verifier, context } = this.#parts
    if (finalisation === undefined || committed.slot <= this.#facts().targetSlot) return
    const { kind, slot, block } = finalisation
    const isOfCommitted = kind === 'finalise' && slot === committed.slot && block === committed.hash
    if (!isOfCommitted || !isQuorum(chain, finalisation)) return this.#blame(peer)
    verifier.verify(
      [certificateCheck(chain, finalisation)],
      'urgent',
      context.bind(([isGenuine]) => {
        if (isGenuine !== true) return this.#blame(peer)
        this.#targetSlot = Math.max(this.#targetSlot, slot)
        this.#update()
      }),
    )
  }

  #blame(peer: PeerId): void {
    this.#peers.delete(peer)
    this.#parts.context.send(this.#parts.peers, { kind: 'report-peer', peer, offence: 'forged' })
  }

  // ----- ranges -----

  #fetchNext(): void {
    if (this.#isFetching || this.#chain === undefined) return
    const { height, slot } = this.#chain.committed
    const peer = this.#bestPeer(slot)
    if (peer === undefined) return
    this.#isFetching = true
    const { context, network } = this.#parts
    const fromHeight = height + 1
    const countMax = this.#options.batchSize
    const question = {
      to: network,
      deadlineMs: this.#options.requestDeadlineMs + 1_000,
      ask: (reply: RangeReply): NetworkMessage => ({
        kind: 'fetch-range',
        peer,
        range: { fromHeight, countMax, bytesMax: rangeBytesMax },
        deadlineMs: this.#options.requestDeadlineMs,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      const answer = outcome.ok ? outcome.value : failed({ ...outcome.fault, detail: 'no answer' })
      if (!answer.ok) return this.#failed(peer, fromHeight, answer.fault)
      const { blocks, finalisation } = answer.value
      if (blocks.length === 0 || finalisation === undefined) {
        return this.#failed(peer, fromHeight, { code: 'nothing', detail: 'no proven blocks' })
      }
      this.#import(peer, fromHeight, { blocks, finalisation })
    })
  }

  /** Among the peers that claim to be ahead and fail least, one at random. */
  #bestPeer(currentSlot: number): PeerId | undefined {
    const nowMs = this.#parts.context.now()
    const able = [...this.#peers].filter(
      ([, { status, pausedUntilMs }]) =>
        status.committed.slot > currentSlot && pausedUntilMs <= nowMs,
    )
    const failuresMin = Math.min(...able.map(([, { failures }]) => failures))
    const best = able.filter(([, { failures }]) => failures === failuresMin)
    return best.length === 0 ? undefined : best[this.#parts.context.random.below(best.length)]?.[0]
  }

  #import(
    peer: PeerId,
    fromHeight: number,
    { blocks, finalisation }: { blocks: readonly Block[]; finalisation: Certificate },
  ): void {
    const { context, chainActor } = this.#parts
    const question = {
      to: chainActor,
      deadlineMs: importDeadlineMs,
      ask: (reply: ImportReply): ChainMessage => ({
        kind: 'import-range',
        blocks,
        finalisation,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      const late = { code: 'timeout', detail: 'the chain is busy', isPeersFault: false }
      const answer = outcome.ok ? outcome.value : failed(late)
      if (!answer.ok) {
        if (answer.fault.isPeersFault) this.#blame(peer)
        return this.#failed(peer, fromHeight, answer.fault)
      }
      if (answer.value.committed.height < fromHeight) {
        return this.#failed(peer, fromHeight, { code: 'nothing', detail: 'no blocks above ours' })
      }
      this.#isFetching = false
      const known = this.#peers.get(peer)
      if (known !== undefined) known.failures = 0
      context.emit({ kind: 'range-imported', peer, fromHeight, count: blocks.length })
      // Not only `#update`: the next range is to begin above this one.
      this.#onChain(answer.value)
    })
  }

  /** Lets the peer rest, longer each time, and turns to another. */
  #failed(peer: PeerId, fromHeight: number, fault: { code: string; detail: string }): void {
    const { context } = this.#parts
    this.#isFetching = false
    const { code, detail } = fault
    context.emit({ kind: 'range-failed', peer, fromHeight, code, detail })
    const known = this.#peers.get(peer)
    if (known !== undefined) {
      known.failures += 1
      known.pausedUntilMs = context.now() + Math.min(pauseMs * known.failures, pauseMsMax)
    }
    this.#update()
  }
}

type StatusReply = Extract<NetworkMessage, { kind: 'fetch-status' }>['reply']
type RangeReply = (outcome: Result<RangeAnswer, PeerFault>) => void
type ImportReply = (outcome: Result<ChainStatus, ImportFault>) => void
