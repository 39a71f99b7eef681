/**
 * Virtual time: what happens next, and when. Events are ordered by due time and, at equal times, by
 * the order in which they were put there.
 *
 * A hierarchical timing wheel (Varghese & Lauck, SOSP 1987) on whole microseconds: six levels of 32
 * slots cover an epoch of 2^30 µs (18 minutes), later events wait in one list an epoch. It is chosen over a heap
 * because nearly every deadline is cancelled, and a wheel forgets an event by unlinking it. The order
 * at equal times comes for free: an event's slot is a function of its due time and the wheel's
 * position, slots are first-in first-out, and a slot is emptied into the level below before anything
 * can be put there directly.
 *
 * What shall happen `soon`, after the present event and before time moves on, waits in a queue of its own.
 * Does not know hosts, nor milliseconds; whoever schedules rounds to whole microseconds.
 */
import { assert } from '../src/base/assert.ts'
import { Ring } from '../src/base/ring.ts'

/** Something that happens at a time. Objects, so that the hot paths need no closure an event. */
export interface TimelineEvent {
  fire(): void
}

const levels = 6
const bitsPerLevel = 5
const slotsPerLevel = 1 << bitsPerLevel
const slotMask = slotsPerLevel - 1
const epochUs = 2 ** (levels * bitsPerLevel)

/** Where an entry stands, if not in a slot of the wheel. */
const inOverflow = -1
const nowhere = -2

/** An event's place on the timeline. Its holder may cancel it and read when it is due, nothing else. */
export class TimelineEntry {
  readonly event: TimelineEvent
  /** When it is due: two small integers, because a large one would be an object of its own. */
  readonly epoch: number
  readonly offsetUs: number
  /** Index of its slot, `inOverflow`, or `nowhere` once it has fired or was cancelled. */
  slot = nowhere
  next: TimelineEntry | undefined = undefined
  previous: TimelineEntry | undefined = undefined

  constructor(dueUs: number, event: TimelineEvent) {
    this.event = event
    // Both fit into 32 bits, and the engine stores them so only if told.
    this.epoch = Math.floor(dueUs / epochUs) | 0
    this.offsetUs = (dueUs - this.epoch * epochUs) | 0
  }

  get dueUs(): number {
    return this.epoch * epochUs + this.offsetUs
  }

  get isPending(): boolean {
    return this.slot !== nowhere
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
  readonly #masks = new Int32Array(levels)
  readonly #overflow = new Map<number, Overflow>()
  readonly #ready = new Ring<() => void>()
  #epoch = 0
  /** The wheel's position within its epoch. Never ahead of `#nowUs`. */
  #cursor = 0
  #nowUs = 0
  #pending = 0

  /** Microseconds since the beginning of the world: the time of the event that is happening. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** Events that wait, those of `soon` included. */
  get pending(): number {
    return this.#pending + this.#ready.length
  }

  /** Puts `event` at `dueUs`, a whole number of microseconds. The past means now. */
  at(dueUs: number, event: TimelineEvent): TimelineEntry {
    assert(Number.isSafeInteger(dueUs), 'events are due at whole microseconds')
    const entry = new TimelineEntry(Math.max(dueUs, this.#nowUs), event)
    this.#pending += 1
    if (entry.epoch === this.#epoch) this.#place(entry)
    else this.#postpone(entry)
    return entry
  }

  /** Takes an event back. Does nothing if it has fired or was cancelled before. */
  cancel(entry: TimelineEntry): void {
    const { slot } = entry
    if (slot === nowhere) return
    this.#pending -= 1
    if (slot === inOverflow) this.#unlinkOverflow(entry)
    else this.#unlink(entry, slot)
    entry.slot = nowhere
    entry.next = undefined
    entry.previous = undefined
  }

  /** Takes back every event that `matches`. Looks at all that wait, so it is for rare occasions. */
  cancelAll(matches: (event: TimelineEvent) => boolean): void {
    const lists = [...this.#first, ...[...this.#overflow.values()].map((list) => list.first)]
    for (const first of lists) {
      for (let entry = first; entry !== undefined; ) {
        const { next } = entry
        if (matches(entry.event)) this.cancel(entry)
        entry = next
      }
    }
  }

  /** Runs `run` after the present event and whatever else was asked for soon, before time moves on. */
  soon(run: () => void): void {
    this.#ready.push(run)
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
    entry.event.fire()
    return true
  }

  /** Lets everything happen that is due at or before `untilUs`, and sets the time to that. */
  runUntil(untilUs: number): void {
    while (this.step(untilUs));
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
      this.#mark(level, digit)
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
      const digit = lowestBit(this.#masks[level] ?? 0)
      const slot = level * slotsPerLevel + digit
      const first = this.#first[slot]
      // What stands alone in the next slot comes next, whatever the level.
      if (level === 0 || first === this.#last[slot]) return this.#popFirst(slot, untilUs)
      if (!this.#cascade(level, digit, untilUs)) return undefined
    }
    return undefined
  }

  #lowestLevel(): number {
    let level = 0
    while (level < levels && this.#masks[level] === 0) level += 1
    return level
  }

  /** Removes the first entry of the next slot, if it is due. Nothing must wait on the levels below. */
  #popFirst(slot: number, untilUs: number): TimelineEntry | undefined {
    const entry = this.#first[slot]
    if (entry === undefined || entry.dueUs > untilUs) return undefined
    const { next } = entry
    this.#first[slot] = next
    if (next === undefined) {
      this.#last[slot] = undefined
      this.#unmark(slot >> bitsPerLevel, slot & slotMask)
    } else next.previous = undefined
    this.#cursor = entry.offsetUs
    this.#pending -= 1
    entry.slot = nowhere
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
    this.#unmark(level, digit)
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
      this.#unmark(slot >> bitsPerLevel, slot & slotMask)
    }
  }

  #mark(level: number, digit: number): void {
    this.#masks[level] = (this.#masks[level] ?? 0) | (1 << digit)
  }

  #unmark(level: number, digit: number): void {
    this.#masks[level] = (this.#masks[level] ?? 0) & ~(1 << digit)
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
