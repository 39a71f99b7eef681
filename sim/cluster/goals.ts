/**
 * Things that should happen in some run of a sweep, or the sweep was tame. A goal that no seed reached
 * is reported; reaching one proves nothing by itself.
 *
 * A goal that is reached is not looked for any more, so the dear ones cost only until then.
 */
import { keys } from '../../src/actors/storage/keys.ts'
import { decodeVoteRecord, readRecord } from '../../src/actors/storage/record.ts'
import { finalisedKey, readPayloadRecord } from '../../src/ledger/records.ts'
import { decodeGossip } from '../../src/protocol/wire/gossip.ts'
import { BlockMemory } from './block-memory.ts'
import type { Crossing, DiskContent, Observed } from './checker/checker.ts'
import { committedOn } from './committed-on.ts'

export const goalNames = [
  'blocks committed by votes',
  'blocks committed by a run',
  'several blocks committed at once',
  'transactions committed',
  'slots given up',
  'vote record read back',
  'actor restarted',
  'evidence of a liar found',
  'gate closed again',
  'segment proven',
  'run imported',
  'fetch given up',
  'range failed over to a second peer',
  'sync failed',
  'sync recovered',
  'start from a checkpoint',
  'checkpoint created',
  'checkpoint rejected',
  'peer reported',
  'peer banned',
  'peer banned by proof',
  'damaged record found',
  'lost block waited for',
  'lost block restored',
  'stopped by another history',
  'disk refused',
  'full disk outlived',
  'engine fed from the disk',
  'ledger behind its blocks at a start',
  'block arrived before its parent',
  'vote arrived before its block',
  'certificate of a bare quorum',
  'proposal signed and never sent',
  'vote signed and never sent',
  'slot boundary crossed by a pause',
  'mailbox full',
  'dial failed',
  'question timed out',
] as const

export type GoalName = (typeof goalNames)[number]

/** What goals have to know of the world. */
export interface GoalWorld {
  readonly quorum: number
  readonly members: number
  readonly slotMs: number
}

/** What is remembered of one life of a node. */
interface LifeMemory {
  readonly blocks: BlockMemory
  seenMs: number
  isOpen: boolean
  hasBeenOpen: boolean
  hasFailed: boolean
  hasFullDisk: boolean
  /** The lowest height that some peer failed to give. */
  owedHeight: number | undefined
}

/** Who takes part says something in each slot; who is not heard for so many stood still. */
const silentSlots = 4

/** The second byte of gossip that is a vote (`src/protocol/wire/gossip.ts`). */
const voteCode = 2

export class Goals {
  readonly #world: GoalWorld
  readonly #reached = new Set<GoalName>()
  readonly #lives = new Map<string, LifeMemory>()
  /** The newest slots of what each node sent, in all its lives. */
  readonly #sent = new Map<string, { proposed: number; voted: number }>()

  constructor(world: GoalWorld) {
    this.#world = world
  }

  get reached(): readonly GoalName[] {
    return goalNames.filter((name) => this.#reached.has(name))
  }

  observe(observed: Observed): void {
    const { node, life, event, atMs } = observed
    const memory = this.#memoryOf(node, life)
    const silentMs = atMs - memory.seenMs
    memory.seenMs = atMs
    const isPaused = memory.isOpen && silentMs > silentSlots * this.#world.slotMs
    this.#reach('slot boundary crossed by a pause', isPaused)
    switch (event.kind) {
      case 'actor-started':
        return this.#reach('actor restarted', event.life > 1)
      case 'evidence-found':
        return this.#reach('evidence of a liar found')
      case 'part-fetched':
        return this.#reach('fetch given up', event.outcome === 'cancelled')
      case 'root-recovered':
        return this.#reach('start from a checkpoint')
      case 'checkpoint-created':
        return this.#reach('checkpoint created')
      case 'checkpoint-refused':
      case 'checkpoint-passed-over':
        return this.#reach('checkpoint rejected')
      case 'peer-reported':
        return this.#reach('peer reported')
      case 'peer-banned':
        this.#reach('peer banned')
        return this.#reach('peer banned by proof', event.as === 'proof')
      case 'record-corrupt':
        return this.#reach('damaged record found')
      case 'chain-halted':
        return this.#reach('stopped by another history', event.contradiction !== undefined)
      case 'block-awaited':
        return this.#reach('lost block waited for')
      case 'block-restored':
        return this.#reach('lost block restored')
      case 'engine-behind':
        return this.#reach('engine fed from the disk')
      case 'mailbox-full':
        return this.#reach('mailbox full')
      case 'dial-failed':
        return this.#reach('dial failed')
      case 'ask-timed-out':
        return this.#reach('question timed out')
      default:
        this.#observeChain(memory, observed)
        return this.#observeSync(memory, event)
    }
  }

  /** Gossip that comes to a node before what it is about. */
  cross(crossing: Crossing): void {
    if (crossing.kind !== 'heard' || this.#reached.has('vote arrived before its block')) return
    const { bytes } = crossing.message
    if (bytes[1] !== voteCode) return
    const decoded = decodeGossip(bytes, this.#world.members)
    if (!decoded.ok || decoded.value.kind !== 'vote') return
    const { vote } = decoded.value.vote
    const { node, life } = crossing.seat
    const isEarly = vote.kind !== 'nullify' && !this.#memoryOf(node, life).blocks.knows(vote.block)
    this.#reach('vote arrived before its block', isEarly)
  }

  /** What lies on a disk before a start. */
  inspect(node: string, disk: DiskContent): void {
    const value = disk.read(finalisedKey)
    const payload = value && readPayloadRecord({ key: finalisedKey, value })
    if (payload?.ok === true) {
      const isBehind = payload.value.number < committedOn(disk)
      this.#reach('ledger behind its blocks at a start', isBehind)
    }
    const sent = this.#sent.get(node)
    for (const place of [0, 1] as const) {
      const key = keys.voteRecord(place, 0)
      const found = disk.read(key)
      const record = found && readRecord({ key, value: found }, decodeVoteRecord)
      if (record?.ok !== true || sent === undefined) continue
      const { proposed, notarised } = record.value
      this.#reach('proposal signed and never sent', proposed.slot > sent.proposed)
      this.#reach('vote signed and never sent', notarised.slot > sent.voted)
    }
  }

  #observeChain(memory: LifeMemory, { node, life, event }: Observed): void {
    switch (event.kind) {
      case 'block-committed':
        memory.blocks.add(event.hash, event.parent)
        this.#reach('blocks committed by votes', event.source === 'votes')
        this.#reach('blocks committed by a run', event.source === 'run')
        this.#reach('several blocks committed at once', event.finalisation === undefined)
        this.#reach('full disk outlived', memory.hasFullDisk)
        return this.#reach('transactions committed', event.transactions > 0)
      case 'block-checked':
        return this.#reach(
          'block arrived before its parent',
          memory.blocks.add(event.hash, event.parent),
        )
      case 'block-notarised': {
        const isBare = event.certificate.signers.length === this.#world.quorum
        return this.#reach('certificate of a bare quorum', isBare)
      }
      case 'vote-sent':
        this.#send(node, 'voted', event.vote.vote.kind === 'notarise' ? event.vote.vote.slot : 0)
        return this.#reach('slots given up', event.vote.vote.kind === 'nullify')
      case 'block-proposed':
        return this.#send(node, 'proposed', event.slot)
      case 'chain-started':
        return this.#reach('vote record read back', life > 1 && !event.lostVotes)
      default:
        return
    }
  }

  #observeSync(memory: LifeMemory, event: Observed['event']): void {
    switch (event.kind) {
      case 'store-failed':
        if (event.code === 'full') memory.hasFullDisk = true
        return this.#reach('disk refused')
      case 'gate-changed': {
        this.#reach('gate closed again', !event.isOpen && memory.hasBeenOpen)
        memory.isOpen = event.isOpen
        memory.hasBeenOpen ||= event.isOpen
        return
      }
      case 'transfer-failed':
        memory.owedHeight ??= event.fromHeight
        return
      case 'segment-proven':
        return this.#reach('segment proven')
      case 'run-imported': {
        const { fromHeight, count } = event
        const isOwed = (memory.owedHeight ?? Number.MAX_SAFE_INTEGER) < fromHeight + count
        this.#reach('range failed over to a second peer', isOwed)
        return this.#reach('run imported')
      }
      case 'sync-state-changed':
        memory.hasFailed ||= event.to === 'failed'
        this.#reach('sync failed', event.to === 'failed')
        return this.#reach('sync recovered', event.to === 'synced' && memory.hasFailed)
      default:
        return
    }
  }

  #reach(name: GoalName, condition = true): void {
    if (condition) this.#reached.add(name)
  }

  #send(node: string, what: 'proposed' | 'voted', slot: number): void {
    const sent = this.#sent.get(node) ?? { proposed: 0, voted: 0 }
    sent[what] = Math.max(sent[what], slot)
    this.#sent.set(node, sent)
  }

  #memoryOf(node: string, life: number): LifeMemory {
    const key = `${node} ${life}`
    let memory = this.#lives.get(key)
    if (memory === undefined) {
      memory = newMemory()
      this.#lives.set(key, memory)
    }
    return memory
  }
}

function newMemory(): LifeMemory {
  const gate = { isOpen: false, hasBeenOpen: false }
  const nothing = { hasFailed: false, hasFullDisk: false, owedHeight: undefined }
  return { blocks: new BlockMemory(), seenMs: 0, ...gate, ...nothing }
}
