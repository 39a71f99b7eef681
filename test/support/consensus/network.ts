/**
 * A small network of members, step by step, in which nothing happens by itself: a caller delivers,
 * drops and repeats messages, moves clocks, lets members work, crashes and restarts them. The last
 * places of the committee are liars: they have no machine, and the caller signs for them.
 */
import { assert, present } from '../../../src/base/assert.ts'
import { authorOf, quorumOf } from '../../../src/protocol/committee.ts'
import { isCovered } from '../../../src/protocol/consensus/nullification.ts'
import { newestSlot } from '../../../src/protocol/consensus/record.ts'
import type { SimplexConfig } from '../../../src/protocol/consensus/step.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type { Evidence, SignedVote } from '../../../src/protocol/consensus/vote.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import { slotAt, slotMoment } from '../../../src/protocol/slots.ts'
import { History } from './history.ts'
import { Member, type Message, type World, type WorldBlock } from './member.ts'
import { committeeOf } from './sample.ts'

export interface Pending {
  readonly to: number
  readonly message: Message
}

export const slots = { genesisMs: 0, slotMs: 2_000, toleranceMs: 500 }

/** Messages under way; more of them push out the oldest. */
const pendingMax = 2_000
/** Deliveries until everything is quiet. More of them mean that members answer each other for ever. */
const deliveriesMax = 100_000

export class Network implements World {
  readonly config: SimplexConfig
  /** The correct ones; a member's index is its place. */
  readonly members: readonly Member[]
  readonly liars: readonly number[]
  readonly history: History
  readonly skewsMs: number[]
  readonly pending: Pending[] = []
  readonly fetches: { readonly member: number; readonly hash: Hash }[] = []
  readonly faults: string[] = []
  readonly evidence: Evidence[] = []
  nowMs = slots.slotMs
  #wallMsMax = 0
  #blocks = 0

  constructor(count: number, liars: number) {
    const committee = committeeOf(count)
    this.config = { committee, slots, self: undefined, aggregate: () => new Uint8Array() }
    this.members = Array.from({ length: count - liars }, (_, i) => new Member(i, this.config, this))
    this.liars = Array.from({ length: liars }, (_, i) => count - liars + i)
    this.history = new History(committee, liars)
    this.skewsMs = this.members.map(() => 0)
    for (const member of this.members) {
      member.start()
      member.beginVoting()
    }
  }

  /** Everything that went wrong so far. */
  get allFaults(): readonly string[] {
    return [...this.history.faults, ...this.faults]
  }

  get slot(): number {
    return slotAt(slots, this.nowMs)
  }

  get committedSlotMax(): number {
    return Math.max(...this.members.map(({ disk }) => disk.root.slot))
  }

  member(place: number): Member {
    return present(this.members[place % this.members.length], `member ${place}`)
  }

  isLiar(place: number): boolean {
    return place >= this.members.length
  }

  // ----- the world of the members -----

  wallMs(member: number): number {
    const wallMs = this.nowMs + (this.skewsMs[member] ?? 0)
    this.#wallMsMax = Math.max(this.#wallMsMax, wallMs)
    return wallMs
  }

  send(from: number, to: number | 'all', message: Message): void {
    for (const { place } of this.members) {
      if (place === from || (to !== 'all' && to !== place)) continue
      this.pending.push({ to: place, message })
    }
    if (this.pending.length > pendingMax) this.pending.splice(0, this.pending.length - pendingMax)
  }

  makeBlock(slot: number, parent: BlockRef, isValid = true): WorldBlock {
    this.#blocks += 1
    const hash = `${slot}.${this.#blocks}`
    const block = { hash, parent: parent.hash, slot, height: parent.height + 1, isValid }
    this.history.blocks.set(hash, block)
    return block
  }

  fetch(member: number, hash: Hash): void {
    this.fetches.push({ member, hash })
  }

  onSigned(vote: SignedVote): void {
    this.history.addVote(vote)
  }

  onProposed(member: number, block: BlockRef): void {
    if (authorOf(this.config.committee, block.slot) !== member) this.onFault('not its slot')
    this.history.addProposal(member, block)
  }

  onCommit(member: number, blocks: readonly BlockRef[]): void {
    const last = present(blocks.at(-1), 'a committed block')
    const isPossible = this.history.committable.some(({ hash }) => hash === last.hash)
    if (!isPossible) this.onFault(`member ${member} committed ${last.hash} for no reason`)
  }

  /** Nothing that a correct member did is evidence. */
  onEvidence(evidence: Evidence): void {
    this.evidence.push(evidence)
    const culprit = evidence.kind === 'double-proposal' ? evidence.author : evidence.second.signer
    if (!this.isLiar(culprit)) this.onFault(`A6: evidence against the honest member ${culprit}`)
  }

  onFault(fault: string): void {
    this.faults.push(fault)
  }

  // ----- what may happen -----

  /** Delivers the message at `index`, and removes it unless it is to come again. */
  deliver(index: number, isKept = false): void {
    const pending = present(this.pending[index], `message ${index}`)
    if (!isKept) this.pending.splice(index, 1)
    const member = this.member(pending.to)
    if (member.isUp) member.receive(pending.message)
  }

  /** Serves the oldest wish for a block, if anybody has it; else it waits on. */
  fetchOnce(): boolean {
    const wish = this.fetches.shift()
    if (wish === undefined) return false
    const wisher = this.member(wish.member)
    if (!wisher.isUp) return true
    const holders = [wisher, ...this.members.filter(({ isUp }) => isUp)]
    const proposal = holders.map((holder) => holder.proposalOf(wish.hash)).find(Boolean)
    if (proposal === undefined) {
      this.fetches.push(wish)
      return false
    }
    wisher.receive({ kind: 'proposal', proposal })
    return true
  }

  crash(place: number): void {
    this.member(place).crash()
  }

  /** Starts a member that is down; it asks the others, and votes at once or when told. */
  restart(place: number, isEager: boolean): void {
    const member = this.member(place)
    member.start()
    member.exchange()
    if (isEager) member.beginVoting()
  }

  /** Delivers everything and lets everybody work, until all is quiet. */
  settle(): void {
    for (let count = 0; ; count += 1) {
      assert(count < deliveriesMax, 'members talk for ever')
      const busy = this.members.find(({ hasWork }) => hasWork)
      if (busy !== undefined) busy.workAll()
      else if (this.pending.length > 0) this.deliver(0)
      else if (!this.#fetchAny()) return
    }
  }

  #fetchAny(): boolean {
    for (let tries = this.fetches.length; tries > 0; tries -= 1) if (this.fetchOnce()) return true
    return false
  }

  /** Delivers what matches, and what comes of it, until nothing does; everybody who got some works. */
  deliverOnly(matches: (pending: Pending) => boolean): void {
    for (let index = this.pending.findIndex(matches); index >= 0; ) {
      const to = present(this.pending[index], 'a message').to
      this.deliver(index)
      if (this.member(to).isUp) this.member(to).workAll()
      index = this.pending.findIndex(matches)
    }
  }

  /** Whatever is under way is lost. */
  dropAll(): void {
    this.pending.splice(0)
    this.fetches.splice(0)
  }

  /** Moves time to the next moment that matters to any member, `untilMs` at most, and tells all. */
  tickAll(untilMs = Number.POSITIVE_INFINITY): void {
    const up = this.members.filter(({ isUp }) => isUp)
    const wakes = up.map(({ machine, place }) => {
      const wallMs = this.wallMs(place)
      return machine.wakeMs(wallMs) - wallMs
    })
    this.nowMs = Math.min(this.nowMs + Math.min(...wakes), untilMs)
    for (const member of up) member.tick()
  }

  /** Lets time pass until the given moment in a network without delay. */
  runTo(untilMs: number): void {
    while (this.nowMs < untilMs) {
      this.tickAll(untilMs)
      this.settle()
    }
  }

  /**
   * Heals, `offsetMs` later: clocks agree, nobody is down, every message arrives at once, liars are
   * silent. Returns the slots that began until everybody had committed a block of the slot of healing or
   * a later one; `slotsMax` if none did.
   */
  heal(slotsMax: number, offsetMs: number): number {
    this.#recover(offsetMs)
    const from = this.slot
    while (this.slot - from < slotsMax) {
      const before = this.slot
      this.tickAll()
      this.settle()
      if (this.slot > before) this.#checkGaps()
      if (this.members.every(({ disk }) => disk.root.slot >= from)) return this.slot - from
    }
    return slotsMax
  }

  #recover(offsetMs: number): void {
    const voted = this.members.map(({ disk: { record } }) =>
      Math.max(newestSlot(record), record.floor),
    )
    const votedMs = slotMoment(slots, Math.max(...voted) + 1)
    this.nowMs = Math.max(this.nowMs, this.#wallMsMax, votedMs) + offsetMs
    this.skewsMs.fill(0)
    for (const member of this.members) if (!member.isUp) member.start()
    for (const member of this.members) member.tick()
    this.settle()
    for (const member of this.members) member.exchange()
    this.settle()
    for (const member of this.members) member.beginVoting()
    this.settle()
  }

  /** A7: everybody knows the same highest block, and each slot since is given up. */
  #checkGaps(): void {
    const quorum = quorumOf(this.config.committee)
    const [first, ...others] = this.members.map(({ machine }) => machine.highest)
    if (others.some(({ hash }) => hash !== first?.hash)) this.onFault('A7: heads differ')
    for (const { machine, place } of this.members) {
      const start = { committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0 }
      const ranges = machine
        .missingAt(start)
        .votes.flatMap(({ vote, ...rest }) => (vote.kind === 'nullify' ? [{ vote, ...rest }] : []))
      const gap = { from: machine.highest.slot + 1, to: this.slot - 1 }
      if (!isCovered(ranges, gap, quorum)) {
        this.onFault(`A7: member ${place} cannot go on from slot ${gap.from - 1} at ${this.slot}`)
      }
    }
  }
}
