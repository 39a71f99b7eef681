/**
 * Virtual time: what happens next, and when. Events are ordered by due time and, at equal times, by
 * the order in which they were put there.
 *
 * A hierarchical timing wheel (Varghese & Lauck, SOSP 1987) on whole microseconds: three levels of 1,024
 * slots cover an epoch of 2^30 µs (18 minutes), later events wait in one list an epoch. Wide levels, because what
 * an event costs is how often it moves down one, each time into a place that the processor has not in its cache.
 * It is chosen over a heap because nearly every deadline is cancelled, and a wheel forgets an event by unlinking it. The order
 * at equal times comes for free: an event's slot is a function of its due time and the wheel's
 * position, slots are first-in first-out, and a slot is emptied into the level below before anything
 * can be put there directly.
 *
 * What shall happen `soon`, after the present event and before time moves on, waits in a queue of its own.
 * Does not know hosts, nor milliseconds; whoever schedules rounds to whole microseconds.
 */
import { assert } from '../src/base/assert.ts'
import { Ring } from '../src/base/ring.ts'

/**
 * Something that happens at a time: to whom, and with what. The hot paths put the same receiver there again and
 * again, each time with another value, so that an event costs one object, its entry.
 */
export interface TimelineEvent<Value = undefined> {
  fire(value: Value, entry: TimelineEntry): void
  /** Which event this is, if it stands for another one. */
  readonly inner?: TimelineEvent<unknown>
}

/** Looks on at what is put on the timeline while what happens. It must not act on the world, and need not be there. */
export interface Onlooker {
  /** An event in the place of one that is put there, which has it as `inner`, and which only tells when it happens. */
  watched(event: TimelineEvent<unknown>): TimelineEvent<unknown>
  /** The same function, for what is to run later on behalf of what happens now. */
  carry(run: () => void): () => void
}

const levels = 3
const bitsPerLevel = 10
const slotsPerLevel = 1 << bitsPerLevel
const bitsPerWord = 5
const wordsPerLevel = slotsPerLevel >> bitsPerWord
const wordMask = wordsPerLevel - 1
const slotMask = slotsPerLevel - 1
const epochUs = 2 ** (levels * bitsPerLevel)

/** Where an entry stands, if not in a slot of the wheel. */
const inOverflow = -1
const fired = -2
const cancelled = -3

/** An event's place on the timeline. Its holder may cancel it and read when it is due, nothing else. */
export class TimelineEntry {
  readonly event: TimelineEvent<unknown>
  readonly value: unknown
  /** When it is due: two small integers, because a large one would be an object of its own. */
  epoch: number
  offsetUs: number
  /** Index of its slot, `inOverflow`, or what became of it. */
  slot = fired
  next: TimelineEntry | undefined = undefined
  previous: TimelineEntry | undefined = undefined

  constructor(dueUs: number, event: TimelineEvent<unknown>, value: unknown) {
    this.event = event
    this.value = value
    // Both fit into 32 bits, and the engine stores them so only if told.
    this.epoch = Math.floor(dueUs / epochUs) | 0
    this.offsetUs = (dueUs - this.epoch * epochUs) | 0
  }

  get dueUs(): number {
    return this.epoch * epochUs + this.offsetUs
  }

  set dueUs(us: number) {
    this.epoch = Math.floor(us / epochUs) | 0
    this.offsetUs = (us - this.epoch * epochUs) | 0
  }

  get isPending(): boolean {
    return this.slot > fired
  }

  /** Taken back, before it happened or after: what it was to bring about must not happen any more. */
  get isCancelled(): boolean {
    return this.slot === cancelled
  }
}

/** Events of one later epoch, in the order in which they were put there. */
interface Overflow {
  first: TimelineEntry | undefined
  last: TimelineEntry | undefined
}

type Slot = TimelineEntry | undefined

export class Timeline {
  readonly #first: Slot[] = new Array<Slot>(levels * slotsPerLevel).fill(undefined)
  readonly #last: Slot[] = new Array<Slot>(levels * slotsPerLevel).fill(undefined)
  /** One bit a slot: set while the slot holds anything. */
  readonly #masks = new Int32Array(levels * wordsPerLevel)
  /** One bit a word of those, for each level. */
  readonly #summaries = new Int32Array(levels)
  readonly #overflow = new Map<number, Overflow>()
  readonly #ready = new Ring<() => void>()
  readonly #onlooker: Onlooker | undefined
  #epoch = 0
  /** The wheel's position within its epoch. Never ahead of `#nowUs`. */
  #cursor = 0
  #nowUs = 0
  #pending = 0

  constructor(onlooker?: Onlooker) {
    this.#onlooker = onlooker
  }

  /** Microseconds since the beginning of the world: the time of the event that is happening. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** Events that wait, those of `soon` included. */
  get pending(): number {
    return this.#pending + this.#ready.length
  }

  /** Puts `event` at `dueUs`, a whole number of microseconds. The past means now. */
  at(dueUs: number, event: TimelineEvent): TimelineEntry
  at<Value>(dueUs: number, event: TimelineEvent<Value>, value: Value): TimelineEntry
  at(dueUs: number, event: TimelineEvent<unknown>, value?: unknown): TimelineEntry {
    assert(Number.isSafeInteger(dueUs), 'events are due at whole microseconds')
    const own = this.#onlooker === undefined ? event : this.#onlooker.watched(event)
    const entry = new TimelineEntry(Math.max(dueUs, this.#nowUs), own, value)
    this.#add(entry)
    return entry
  }

  /** Takes an event back. One that has fired keeps its effects; its entry then just says so. */
  cancel(entry: TimelineEntry): void {
    if (entry.isPending) this.#remove(entry)
    entry.slot = cancelled
  }

  /** Puts a pending event at another time, behind what is there already. */
  move(entry: TimelineEntry, dueUs: number): void {
    assert(entry.isPending, 'what has happened is not moved')
    this.#remove(entry)
    entry.dueUs = Math.max(dueUs, this.#nowUs)
    this.#add(entry)
  }

  /** The pending entries of events that `matches`. Looks at all that wait, so it is for rare occasions. */
  entriesOf(matches: (event: unknown) => boolean): readonly TimelineEntry[] {
    const lists = [...this.#first, ...[...this.#overflow.values()].map((list) => list.first)]
    const found: TimelineEntry[] = []
    for (const first of lists) {
      for (let entry = first; entry !== undefined; entry = entry.next) {
        if (matches(entry.event.inner ?? entry.event)) found.push(entry)
      }
    }
    return found
  }

  /** Runs `run` after the present event and whatever else was asked for soon, before time moves on. */
  soon(run: () => void): void {
    this.#ready.push(this.carried(run))
  }

  /** The same function, which whoever looks on knows to be on behalf of what happens now whenever it is called. */
  carried(run: () => void): () => void {
    return this.#onlooker === undefined ? run : this.#onlooker.carry(run)
  }

  /**
   * Lets the next event happen that is due at or before `untilUs`. If there is none, sets the time to
   * `untilUs` and returns false.
   */
  step(untilUs: number): boolean {
    if (this.#ready.length > 0) {
      this.#ready.shift()()
      return true
    }
    const entry = this.#pop(untilUs)
    if (entry === undefined) {
      assert(Number.isSafeInteger(untilUs), 'time is a whole number of microseconds')
      if (untilUs > this.#nowUs) this.#nowUs = untilUs
      return false
    }
    this.#nowUs = entry.dueUs
    entry.event.fire(entry.value, entry)
    return true
  }

  /** Lets everything happen that is due at or before `untilUs`, and sets the time to that. */
  runUntil(untilUs: number): void {
    while (this.step(untilUs));
  }

  #add(entry: TimelineEntry): void {
    this.#pending += 1
    if (entry.epoch === this.#epoch) this.#place(entry)
    else this.#postpone(entry)
  }

  #remove(entry: TimelineEntry): void {
    this.#pending -= 1
    if (entry.slot === inOverflow) this.#unlinkOverflow(entry)
    else this.#unlink(entry, entry.slot)
    entry.next = undefined
    entry.previous = undefined
  }

  // ----- the wheel -----

  /** Puts an entry of this epoch into its slot: the level of the highest digit that differs. */
  #place(entry: TimelineEntry): void {
    const { offsetUs } = entry
    const difference = offsetUs ^ this.#cursor
    const level = difference === 0 ? 0 : ((31 - Math.clz32(difference)) / bitsPerLevel) | 0
    const digit = (offsetUs >>> (bitsPerLevel * level)) & slotMask
    const slot = level * slotsPerLevel + digit
    const last = this.#last[slot]
    entry.slot = slot
    entry.next = undefined
    entry.previous = last
    this.#last[slot] = entry
    if (last === undefined) {
      this.#first[slot] = entry
      this.#mark(slot)
    } else last.next = entry
  }

  /** Removes and returns the next entry due at or before `untilUs`. Never moves the wheel past that. */
  #pop(untilUs: number): TimelineEntry | undefined {
    while (this.#pending > 0) {
      const level = this.#lowestLevel()
      if (level === levels) {
        if (!this.#nextEpoch(untilUs)) return undefined
        continue
      }
      const slot = this.#lowestSlot(level)
      const first = this.#first[slot]
      // What stands alone in the next slot comes next, whatever the level.
      if (level === 0 || first === this.#last[slot]) return this.#popFirst(slot, untilUs)
      if (!this.#cascade(level, slot & slotMask, untilUs)) return undefined
    }
    return undefined
  }

  #lowestLevel(): number {
    let level = 0
    while (level < levels && this.#summaries[level] === 0) level += 1
    return level
  }

  /** The first slot of this level that holds anything. Something must. */
  #lowestSlot(level: number): number {
    const word = level * wordsPerLevel + lowestBit(this.#summaries[level] ?? 0)
    return (word << bitsPerWord) + lowestBit(this.#masks[word] ?? 0)
  }

  /** Removes the first entry of the next slot, if it is due. Nothing must wait on the levels below. */
  #popFirst(slot: number, untilUs: number): TimelineEntry | undefined {
    const entry = this.#first[slot]
    if (entry === undefined || entry.dueUs > untilUs) return undefined
    const { next } = entry
    this.#first[slot] = next
    if (next === undefined) {
      this.#last[slot] = undefined
      this.#unmark(slot)
    } else next.previous = undefined
    this.#cursor = entry.offsetUs
    this.#pending -= 1
    entry.slot = fired
    entry.next = undefined
    return entry
  }

  /** Empties the next slot of a higher level into those below. False if it begins after `untilUs`. */
  #cascade(level: number, digit: number, untilUs: number): boolean {
    const shift = bitsPerLevel * level
    // The digits above this level stay; those below become zero.
    const above = this.#cursor & ~((1 << (shift + bitsPerLevel)) - 1)
    const cursor = above | (digit << shift)
    if (this.#epoch * epochUs + cursor > untilUs) return false
    const slot = level * slotsPerLevel + digit
    const first = this.#first[slot]
    this.#first[slot] = undefined
    this.#last[slot] = undefined
    this.#unmark(slot)
    this.#cursor = cursor
    this.#placeAll(first)
    return true
  }

  /** Moves the empty wheel to the next epoch that holds anything. */
  #nextEpoch(untilUs: number): boolean {
    let epoch = Number.POSITIVE_INFINITY
    for (const candidate of this.#overflow.keys()) epoch = Math.min(epoch, candidate)
    if (epoch * epochUs > untilUs) return false
    const list = this.#overflow.get(epoch)
    this.#overflow.delete(epoch)
    this.#epoch = epoch
    this.#cursor = 0
    this.#placeAll(list?.first)
    return true
  }

  #placeAll(first: TimelineEntry | undefined): void {
    let entry = first
    while (entry !== undefined) {
      const { next } = entry
      this.#place(entry)
      entry = next
    }
  }

  #unlink(entry: TimelineEntry, slot: number): void {
    const { next, previous } = entry
    if (previous === undefined) this.#first[slot] = next
    else previous.next = next
    if (next === undefined) this.#last[slot] = previous
    else next.previous = previous
    if (next === undefined && previous === undefined) {
      this.#unmark(slot)
    }
  }

  #mark(slot: number): void {
    const word = slot >> bitsPerWord
    const level = slot >> bitsPerLevel
    this.#masks[word] = (this.#masks[word] ?? 0) | (1 << slot)
    this.#summaries[level] = (this.#summaries[level] ?? 0) | (1 << (word & wordMask))
  }

  #unmark(slot: number): void {
    const word = slot >> bitsPerWord
    const left = (this.#masks[word] ?? 0) & ~(1 << slot)
    this.#masks[word] = left
    if (left !== 0) return
    const level = slot >> bitsPerLevel
    this.#summaries[level] = (this.#summaries[level] ?? 0) & ~(1 << (word & wordMask))
  }

  // ----- later epochs -----

  #postpone(entry: TimelineEntry): void {
    entry.slot = inOverflow
    const list = this.#overflow.get(entry.epoch)
    if (list === undefined) {
      this.#overflow.set(entry.epoch, { first: entry, last: entry })
      return
    }
    entry.previous = list.last
    if (list.last !== undefined) list.last.next = entry
    list.last = entry
  }

  #unlinkOverflow(entry: TimelineEntry): void {
    const list = this.#overflow.get(entry.epoch)
    if (list === undefined) return
    const { next, previous } = entry
    if (previous === undefined) list.first = next
    else previous.next = next
    if (next === undefined) list.last = previous
    else next.previous = previous
    if (list.first === undefined) this.#overflow.delete(entry.epoch)
  }
}

/** The index of the lowest set bit of a mask that has one. */
function lowestBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask)
}
