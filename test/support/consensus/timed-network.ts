/**
 * A network of members in which messages take time: what the voting rules cost in latency, and how soon
 * they resume. Delays are uniform, the mesh is full, and nothing but the network takes time: building,
 * executing, storing and checking signatures are free.
 */
import { present } from '../../../src/base/assert.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import { slotAt } from '../../../src/protocol/slots.ts'
import { History } from './history.ts'
import { Member, type Message, type World, type WorldBlock } from './member.ts'
import { slots } from './network.ts'
import { randomFrom } from './random.ts'
import { committeeOf } from './sample.ts'

export interface TimedOptions {
  readonly members: number
  readonly slots: number
  readonly seed: number
  /** Never up. */
  readonly down?: readonly number[]
  /** Clocks are off by up to this, either way. */
  readonly skewMsMax?: number
  /** Of a thousand messages, so many are lost. */
  readonly lossPerMille?: number
  /** These are down for a time, and keep what is on their disks. */
  readonly outage?: Span & { readonly places: readonly number[] }
  /** The first so many are cut off from the rest for a time. */
  readonly partition?: Span & { readonly size: number }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

export interface TimedResult {
  /** Of the slots but the first and the last few, the share whose block was committed. */
  readonly share: number
  /** From a proposal to each member's commit. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** From the end of the outage or the partition to the first commit. */
  readonly resumedMs: number | undefined
  readonly messagesPerSlot: number
  readonly faults: readonly string[]
}

interface Event {
  readonly atMs: number
  readonly order: number
  readonly act: () => void
}

const delayMs = { min: 50, max: 300 }
/** After a restart: ask first, vote when two round trips have passed. */
const askFirstMs = 2 * delayMs.max + 50
const refetchMs = 500
/** Slots at either end that are not measured: the start, and what may still be under way. */
const margin = { first: 5, last: 12 }

/** Runs a network for some slots. */
export function runTimed(options: TimedOptions): TimedResult {
  return new TimedNetwork(options).run()
}

class TimedNetwork implements World {
  readonly #options: TimedOptions
  readonly #history: History
  readonly #members: readonly Member[]
  readonly #skewsMs: readonly number[]
  readonly #events: Event[] = []
  readonly #wakesMs: number[]
  readonly #proposedMs = new Map<Hash, number>()
  readonly #latenciesMs: number[] = []
  readonly #committedSlots = new Set<number>()
  readonly #faults: string[] = []
  readonly #random: () => number
  #resumedMs: number | undefined
  #nowMs = slots.slotMs
  #order = 0
  #messages = 0
  #blocks = 0

  constructor(options: TimedOptions) {
    const { members, seed, skewMsMax = 0 } = options
    const committee = committeeOf(members)
    const config = { committee, slots, self: undefined, aggregate: () => new Uint8Array() }
    this.#options = options
    this.#random = randomFrom(seed)
    this.#history = new History(committee, 0)
    this.#members = Array.from({ length: members }, (_, place) => new Member(place, config, this))
    this.#skewsMs = this.#members.map((_, place) => skewOf(place, skewMsMax, this.#random))
    this.#wakesMs = this.#members.map(() => 0)
  }

  run(): TimedResult {
    const { down = [], outage, slots: slotsCount } = this.#options
    for (const { place } of this.#members) {
      if (!down.includes(place)) this.#at(this.#nowMs, () => this.#start(place, 0))
    }
    for (const place of outage?.places ?? []) {
      this.#at(outage?.fromMs ?? 0, () => this.#member(place).crash())
      this.#at(outage?.toMs ?? 0, () => this.#start(place, askFirstMs))
    }
    const endMs = slotsCount * slots.slotMs
    for (let next = popEvent(this.#events); next !== undefined; next = popEvent(this.#events)) {
      if (next.atMs > endMs) break
      this.#nowMs = next.atMs
      next.act()
    }
    return this.#result()
  }

  #result(): TimedResult {
    const measured = this.#options.slots - margin.first - margin.last
    const committed = [...this.#committedSlots].filter(
      (slot) => slot >= margin.first && slot < margin.first + measured,
    )
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b)
    const at = (perCent: number): number =>
      sorted[Math.floor((sorted.length * perCent) / 100)] ?? Number.NaN
    return {
      share: committed.length / measured,
      p50Ms: at(50),
      p99Ms: at(99),
      resumedMs: this.#resumedMs,
      messagesPerSlot: this.#messages / this.#options.slots,
      faults: [...this.#faults, ...this.#history.faults],
    }
  }

  #start(place: number, askMs: number): void {
    const member = this.#member(place)
    member.start()
    member.exchange()
    this.#at(this.#nowMs + askMs, () => this.#act(place, () => member.beginVoting()))
    this.#act(place, () => undefined)
  }

  /** Lets a member that is up do something, and all that follows from it. */
  #act(place: number, act: () => void): void {
    const member = this.#member(place)
    if (!member.isUp) return
    act()
    member.workAll()
    const wallMs = this.wallMs(place)
    const wakeMs = this.#nowMs + member.machine.wakeMs(wallMs) - wallMs
    const known = this.#wakesMs[place] ?? 0
    if (known > this.#nowMs && known <= wakeMs) return
    this.#wakesMs[place] = wakeMs
    this.#at(wakeMs, () => this.#act(place, () => member.tick()))
  }

  #at(atMs: number, act: () => void): void {
    this.#order += 1
    pushEvent(this.#events, { atMs, order: this.#order, act })
  }

  #member(place: number): Member {
    return present(this.#members[place], `member ${place}`)
  }

  #isCut(a: number, b: number): boolean {
    const { partition } = this.#options
    if (partition === undefined) return false
    if (this.#nowMs < partition.fromMs || this.#nowMs >= partition.toMs) return false
    return a < partition.size !== b < partition.size
  }

  #delayMs(): number {
    return delayMs.min + Math.floor(this.#random() * (delayMs.max - delayMs.min + 1))
  }

  // ----- the world of the members -----

  wallMs(member: number): number {
    return this.#nowMs + (this.#skewsMs[member] ?? 0)
  }

  send(from: number, to: number | 'all', message: Message): void {
    for (const { place } of this.#members) {
      if (place === from || (to !== 'all' && to !== place)) continue
      this.#messages += 1
      const isLost = this.#random() * 1_000 < (this.#options.lossPerMille ?? 0)
      if (isLost || this.#isCut(from, place)) continue
      const arrive = (): void => this.#act(place, () => this.#member(place).receive(message))
      this.#at(this.#nowMs + this.#delayMs(), arrive)
    }
  }

  makeBlock(slot: number, parent: BlockRef): WorldBlock {
    this.#blocks += 1
    const hash = `${slot}.${this.#blocks}`
    const block = { hash, parent: parent.hash, slot, height: parent.height + 1, isValid: true }
    this.#history.blocks.set(hash, block)
    return block
  }

  fetch(member: number, hash: Hash): void {
    const found = this.#members
      .filter(({ isUp, place }) => isUp && !this.#isCut(member, place))
      .map((holder) => holder.proposalOf(hash))
      .find((proposal) => proposal !== undefined)
    if (found === undefined) {
      this.#at(this.#nowMs + refetchMs, () => this.fetch(member, hash))
      return
    }
    const message = { kind: 'proposal', proposal: found } as const
    const arrive = (): void => this.#act(member, () => this.#member(member).receive(message))
    this.#at(this.#nowMs + this.#delayMs() + this.#delayMs(), arrive)
  }

  onSigned(vote: Parameters<World['onSigned']>[0]): void {
    this.#history.addVote(vote)
  }

  onProposed(member: number, block: BlockRef): void {
    this.#history.addProposal(member, block)
    this.#proposedMs.set(block.hash, this.#nowMs)
  }

  onCommit(_: number, blocks: readonly BlockRef[]): void {
    const { outage, partition } = this.#options
    for (const { hash, slot } of blocks) {
      this.#committedSlots.add(slot)
      this.#latenciesMs.push(this.#nowMs - present(this.#proposedMs.get(hash), 'a proposal'))
    }
    const endMs = outage?.toMs ?? partition?.toMs
    if (endMs !== undefined && this.#nowMs >= endMs) this.#resumedMs ??= this.#nowMs - endMs
  }

  onEvidence(): void {
    this.onFault('A6: evidence where nobody lies')
  }

  onFault(fault: string): void {
    this.#faults.push(`${fault} in slot ${slotAt(slots, this.#nowMs)}`)
  }
}

/** One clock is ahead by all of it, one behind, the third somewhere between, and so on. */
function skewOf(place: number, skewMsMax: number, random: () => number): number {
  const between = Math.floor((2 * random() - 1) * skewMsMax)
  return [skewMsMax, -skewMsMax, between][place % 3] ?? 0
}

// ----- a binary heap, by time and then by order of asking -----

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

function pushEvent(heap: Event[], event: Event): void {
  let at = heap.length
  heap.push(event)
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || isBefore(parent, event)) break
    heap[at] = parent
    at = above
  }
  heap[at] = event
}

function popEvent(heap: Event[]): Event | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const isRight = right !== undefined && left !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (child === undefined || isBefore(last, child)) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = last
  return first
}
