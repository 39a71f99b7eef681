/**
 * The shared slots as the calling thread sees them: which are free, what lies in the others, what is done. It puts
 * pieces in, takes finished ones out, and takes them back from workers that are lost.
 *
 * Does not decide what goes in next, nor what becomes of what comes out. The workers' side is `claim.ts`.
 */
import { assert, present } from '../../base/assert.ts'
import {
  closingWord,
  finishedWord,
  newSharedMemory,
  ownedWord,
  publishedWord,
  type SharedSlots,
  type Slot,
  slotCount,
  slotState,
  slotsOf,
  stateIn,
  workerIn,
} from './layout.ts'
import { type Task, writeTask } from './task.ts'

/** A piece that a worker has finished, and where its verdicts are. They are to be read before anything else is put in. */
export interface Finished<Piece> {
  readonly piece: Piece
  readonly output: Uint8Array
}

export class Board<Piece> {
  readonly memory = newSharedMemory()
  readonly #shared: SharedSlots = slotsOf(this.memory)
  readonly #words = this.#shared.words
  /** The last one freed is taken first, so that a small load touches little memory. */
  readonly #free: Slot[] = this.#shared.slots.toReversed()
  /** What lies in each slot, until it is finished or taken back. */
  readonly #pieces = new Map<Slot, Piece>()
  /** The word of each slot at the last look for stalls, and at how many looks it was that already. */
  readonly #looks = new Map<Slot, { readonly word: number; readonly count: number }>()
  #ticket = 0

  get free(): number {
    return this.#free.length
  }

  /** Pieces that are ready or being worked on. */
  get inFlight(): number {
    return this.#pieces.size
  }

  /** Slots that hold something, those of lost workers among them. */
  get used(): number {
    return slotCount - this.#free.length
  }

  /** Puts a piece into a free slot, and wakes a worker. Asserts that there is a free slot. */
  publish(piece: Piece, task: Task, priority: 'urgent' | 'bulk'): void {
    const slot = present(this.#free.pop(), 'a free slot')
    writeTask(slot.input, task)
    this.#pieces.set(slot, piece)
    this.#ticket = (this.#ticket + 1) | 0
    Atomics.store(this.#words, slot.ticketAt, this.#ticket)
    Atomics.store(this.#words, slot.stateAt, slotState[priority])
    Atomics.add(this.#words, publishedWord, 1)
    Atomics.notify(this.#words, publishedWord, 1)
  }

  /** Takes every finished piece out. Each slot is free when `take` has returned. */
  collect(take: (finished: Finished<Piece>) => void): void {
    for (const [slot, piece] of this.#pieces) {
      if (stateIn(Atomics.load(this.#words, slot.stateAt)) !== slotState.done) continue
      this.#pieces.delete(slot)
      take({ piece, output: slot.output })
      this.#release(slot)
    }
  }

  /** Takes back what no worker has claimed yet. */
  takeBackReady(): readonly Piece[] {
    return this.#takeBack((word, slot) => {
      const isReady = word === slotState.urgent || word === slotState.bulk
      return isReady && this.#exchange(slot, word, slotState.free)
    })
  }

  /**
   * Takes back what this worker has claimed. If it may still be at it, its slot is kept from other use until
   * {@link bury} says that it is not.
   */
  takeBackFrom(worker: number, isDead: boolean): readonly Piece[] {
    const claimed = ownedWord('claimed', worker)
    const left = isDead ? slotState.free : ownedWord('lost', worker)
    const pieces = this.#takeBack(
      (word, slot) => word === claimed && this.#exchange(slot, word, left),
    )
    if (isDead) this.#bury(worker)
    return pieces
  }

  /** Workers that have had the same piece at so many looks in a row. To be called at even intervals while any work. */
  lookForStalls(looksMax: number): readonly number[] {
    const stalled: number[] = []
    for (const slot of this.#pieces.keys()) {
      const word = Atomics.load(this.#words, slot.stateAt)
      const last = this.#looks.get(slot)
      const count = last?.word === word ? last.count + 1 : 1
      this.#looks.set(slot, { word, count })
      if (stateIn(word) === slotState.claimed && count > looksMax) stalled.push(workerIn(word))
    }
    // Should a worker ever have slept through its call, this wakes it.
    Atomics.notify(this.#words, publishedWord)
    return stalled
  }

  /**
   * Calls `hear` once, from the event loop, when something was finished since there were `seen` pieces finished. The
   * word is waited for rather than a message sent: that takes a quarter less of this thread's time.
   */
  whenFinished(seen: number, hear: () => void): void {
    const wait = Atomics.waitAsync(this.#words, finishedWord, seen)
    // At once would be from within the call, and a chain of such calls would keep the event loop waiting.
    if (!wait.async) setImmediate(hear)
    // What `hear` throws is thrown as by any other callback, not a rejection.
    else void wait.value.then(() => queueMicrotask(hear))
  }

  /** To be read before `collect`, for {@link whenFinished}. */
  get finishedCount(): number {
    return Atomics.load(this.#words, finishedWord)
  }

  /** Tells the workers to leave, and whoever waits for a change that there will be none. */
  close(): void {
    Atomics.store(this.#words, closingWord, 1)
    Atomics.add(this.#words, publishedWord, 1)
    Atomics.notify(this.#words, publishedWord)
    Atomics.add(this.#words, finishedWord, 1)
    Atomics.notify(this.#words, finishedWord)
    this.#pieces.clear()
  }

  #takeBack(take: (word: number, slot: Slot) => boolean): readonly Piece[] {
    const back: Piece[] = []
    for (const [slot, piece] of this.#pieces) {
      const word = Atomics.load(this.#words, slot.stateAt)
      if (!take(word, slot)) continue
      this.#pieces.delete(slot)
      back.push(piece)
      if (Atomics.load(this.#words, slot.stateAt) === slotState.free) this.#release(slot)
    }
    return back
  }

  #bury(worker: number): void {
    const lost = ownedWord('lost', worker)
    for (const slot of this.#shared.slots) {
      if (Atomics.load(this.#words, slot.stateAt) === lost) this.#release(slot)
    }
  }

  #exchange(slot: Slot, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, slot.stateAt, from, to) === from
  }

  #release(slot: Slot): void {
    assert(!this.#pieces.has(slot), 'a slot is empty when it is freed')
    this.#looks.delete(slot)
    Atomics.store(this.#words, slot.stateAt, slotState.free)
    this.#free.push(slot)
  }
}
