/**
 * Whether a node counts what it hears. Nearly every vote that is lost in a node is made up for by somebody else's
 * certificate, a moment later; so it is not asked whether the node learns in the end that a quorum signed, but whether
 * it knows as soon as it has the votes.
 */

import { certificateCheck, voteCheck } from '../../../src/protocol/consensus/checks.ts'
import type { Certificate, SignedVote } from '../../../src/protocol/consensus/vote.ts'
import { slotAt, slotMoment } from '../../../src/protocol/slots.ts'
import { decodeExchange, type Exchange } from '../../../src/protocol/wire/exchange.ts'
import { decodeGossip } from '../../../src/protocol/wire/gossip.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import type { Crossing, CrossingChecker, Message, Observed, World } from './checker.ts'

/** What comes of several slots ago may be forgotten. */
const freshSlots = 6
/** Of each member two votes of a kind a slot are kept; the second is evidence. */
const votesPerSignerMax = 2
/** A clock ticks in the millisecond after its slot has begun. */
const tickMs = 2
/** The second byte of gossip that is a vote (`src/protocol/wire/gossip.ts`). */
const voteCode = 2

type Kind = Certificate['kind']

/** What one life of a chain has heard. */
interface Memory {
  /**
   * Of the last block that is committed, or that a certificate commits. All up to there is settled: how long its votes are
   * still counted depends on whether the node holds that block, and it says that it has committed only once the disk has it.
   */
  settledSlot: number
  /** What was on the disk has been taken up again. Until then its clock stands still, and all votes are of the future. */
  isRunning: boolean
  isOpen: boolean
  /** Slots above that of which it has said that it knows a block to be notarised. */
  readonly notarised: Set<number>
  /** By kind and slot, then by signer: blocks voted for, and of each whether the vote is sure to be counted. */
  readonly votes: Map<string, Map<number, Map<string, boolean>>>
  /** When signatures were given away to be checked that are not yet, and how many times. */
  readonly checking: Map<number, number>
  /** What came by request, and when: it counts once it is checked. */
  readonly told: Map<number, Exchange[]>
  /** Kind and slot of certificates that it must know of, and since when it has all that says so. */
  readonly due: Map<string, { readonly kind: Kind; readonly slot: number; readonly atMs: number }>
}

/**
 * As soon as a node has accepted the votes of a quorum for a block, it knows that a quorum signed; and what a neighbour
 * answers when the two compare what they know, it knows as soon as that is checked.
 */
export function votesCountChecker(world: World): CrossingChecker {
  const hearing = new Hearing(world)
  return {
    property: 'votes-count',
    observe: (observed) => hearing.observe(observed),
    cross: (crossing) => hearing.cross(crossing),
  }
}

class Hearing {
  readonly #world: World
  readonly #nodes = new Map<string, Memory>()
  readonly #read = new WeakMap<Message, SignedVote | undefined>()

  constructor(world: World) {
    this.#world = world
  }

  observe(observed: Observed): string | undefined {
    const memory = afterEvent(this.#nodes, observed)
    if (memory === undefined) return undefined
    const { event, atMs, node } = observed
    this.#takeTold(memory, atMs)
    const broken = overdue(node, memory, atMs)
    if (event.kind === 'vote-sent') this.#count(memory, event.vote, atMs)
    return broken
  }

  cross(crossing: Crossing): string | undefined {
    const { atMs, seat } = crossing
    const memory = this.#nodes.get(seat.node)
    if (memory === undefined) return undefined
    this.#takeTold(memory, atMs)
    const broken = overdue(seat.node, memory, atMs)
    this.#take(memory, crossing)
    return broken
  }

  #take(memory: Memory, crossing: Crossing): void {
    const { atMs } = crossing
    switch (crossing.kind) {
      case 'checking':
        return change(memory.checking, atMs, 1)
      case 'checked':
        change(memory.checking, crossing.askedMs, -1)
        return this.#takeTold(memory, atMs)
      case 'judged': {
        const vote = crossing.verdict === 'accept' ? this.#voteIn(crossing.message) : undefined
        return vote && this.#count(memory, vote, atMs)
      }
      // What one was asked with says as much as what one is told.
      case 'answered':
        return this.#hear(memory, crossing.protocol, crossing.body, atMs)
      case 'told':
        return this.#hear(memory, crossing.protocol, crossing.answer, atMs)
      default:
    }
  }

  #hear(memory: Memory, protocol: string, bytes: Uint8Array, atMs: number): void {
    if (protocol !== protocolId.exchange) return
    const read = decodeExchange(bytes, this.#world.committee.members.length)
    if (read.ok) memory.told.set(atMs, [...(memory.told.get(atMs) ?? []), read.value])
  }

  #voteIn(message: Message): SignedVote | undefined {
    if (message.bytes[1] !== voteCode) return undefined
    if (!this.#read.has(message)) {
      const decoded = decodeGossip(message.bytes, this.#world.committee.members.length)
      const vote = decoded.ok && decoded.value.kind === 'vote' ? decoded.value.vote : undefined
      this.#read.set(message, vote)
    }
    return this.#read.get(message)
  }

  #count(memory: Memory, { vote, epoch, signer }: SignedVote, atMs: number, isHeard = true): void {
    const { committee, quorum, liars } = this.#world
    if (!memory.isRunning || vote.kind === 'nullify' || epoch !== committee.epoch) return
    const { kind, slot, block } = vote
    const isSure = isHeard && this.#isFresh(slot, atMs)
    if ((!isSure && !liars.has(signer)) || isKnown(memory, kind, slot)) return
    const key = `${kind} ${slot}`
    const bySigner = memory.votes.get(key) ?? new Map<number, Map<string, boolean>>()
    memory.votes.set(key, bySigner)
    const blocks = bySigner.get(signer) ?? new Map<string, boolean>()
    bySigner.set(signer, blocks)
    // A liar's vote that came too soon may have been counted or not; if it was, it took a place.
    const others = blocks.size - (blocks.has(block) ? 1 : 0)
    const isCounted = blocks.get(block) === true || (isSure && others < votesPerSignerMax)
    blocks.set(block, isCounted)
    const signers = [...bySigner.values()].filter((each) => each.get(block) === true).length
    if (isSure && signers >= quorum && !memory.due.has(key))
      memory.due.set(key, { kind, slot, atMs })
  }

  /** Whether a slot has begun on every clock, and is not long over on any. */
  #isFresh(slot: number, atMs: number): boolean {
    const { slots, wallMsAtStart, clockErrorMsMax: errorMs } = this.#world
    const wallMs = wallMsAtStart + atMs
    const hasBegun = slotMoment(slots, slot) + errorMs + tickMs <= wallMs
    return hasBegun && slot > slotAt(slots, wallMs + errorMs) - freshSlots
  }

  /** What was told before now counts, unless it is being checked. */
  #takeTold(memory: Memory, nowMs: number): void {
    for (const [atMs, exchanges] of memory.told) {
      if (atMs === nowMs || memory.checking.has(atMs)) continue
      memory.told.delete(atMs)
      for (const exchange of exchanges) this.#compare(memory, exchange, nowMs)
    }
  }

  #compare(memory: Memory, { votes, certificates }: Exchange, atMs: number): void {
    const { chain, quorum, liars, isSigned } = this.#world
    for (const signed of votes) {
      // Who has been given a block to trust listens to no votes up to there.
      const isHeard = memory.isOpen
      if (!isHeard && !liars.has(signed.signer)) continue
      if (isSigned(voteCheck(chain, signed))) this.#count(memory, signed, atMs, isHeard)
    }
    if (!memory.isOpen) return
    for (const certificate of certificates) {
      const { kind, slot } = certificate
      if (isKnown(memory, kind, slot) || certificate.signers.length < quorum) continue
      if (!isSigned(certificateCheck(chain, certificate))) continue
      memory.due.set(`${kind} ${slot}`, { kind, slot, atMs })
    }
  }
}

function overdue(node: string, memory: Memory, nowMs: number): string | undefined {
  for (const [key, { kind, slot, atMs }] of memory.due) {
    if (isKnown(memory, kind, slot)) memory.due.delete(key)
    else if (nowMs > atMs) {
      return `${node} was told that a quorum would ${kind} slot ${slot}, and does not know it`
    }
  }
  return undefined
}

function isKnown({ settledSlot, notarised }: Memory, kind: Kind, slot: number): boolean {
  return slot <= settledSlot || (kind === 'notarise' && notarised.has(slot))
}

/** What is known after an event; nothing while the chain does not run. */
function afterEvent(nodes: Map<string, Memory>, { node, event }: Observed): Memory | undefined {
  const memory = nodes.get(node)
  switch (event.kind) {
    case 'chain-started':
      nodes.set(node, begun(event.slot, event.isGateOpen))
      break
    case 'actor-failed':
    case 'actor-stopped':
    case 'chain-halted':
      nodes.delete(node)
      break
    case 'chain-recalled':
      if (memory !== undefined) memory.isRunning = true
      break
    case 'gate-changed':
      if (memory !== undefined) memory.isOpen = event.isOpen
      break
    case 'block-notarised':
      if (memory !== undefined) know(memory, event.certificate)
      break
    case 'block-committed':
      if (memory !== undefined) settle(memory, event.slot)
      break
    default:
  }
  return nodes.get(node)
}

function begun(settledSlot: number, isOpen: boolean): Memory {
  const nothing = {
    notarised: new Set<number>(),
    votes: new Map(),
    checking: new Map(),
    told: new Map(),
    due: new Map(),
  }
  return { settledSlot, isOpen, isRunning: false, ...nothing }
}

function know(memory: Memory, { kind, slot }: Certificate): void {
  if (kind === 'finalise') settle(memory, slot)
  else if (slot > memory.settledSlot) memory.notarised.add(slot)
}

/** Forgets what a block that is committed has settled. */
function settle(memory: Memory, slot: number): void {
  const settledSlot = Math.max(memory.settledSlot, slot)
  memory.settledSlot = settledSlot
  for (const at of memory.notarised) if (at <= settledSlot) memory.notarised.delete(at)
  for (const key of memory.votes.keys()) {
    if (Number(key.split(' ')[1]) <= settledSlot) memory.votes.delete(key)
  }
}

function change(counts: Map<number, number>, key: number, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
