/**
 * The memory that the threads of the pool share: control words, then slots. A slot holds one piece of work, what
 * came of it, and one word that says whose it is; whoever changes that word by compare-and-exchange owns the slot.
 *
 * The word of a slot goes round: free → urgent or bulk (ready) → claimed by worker n → done by worker n → free. The
 * calling thread may take a slot back: `claimed` becomes `lost`, and the worker's `done` then fails. That one exchange
 * decides which of the two happened, so that no piece is answered twice.
 */
import { assert } from '../../base/assert.ts'
import { bodyBytesMax } from '../../protocol/block/body.ts'
import { signedHeaderBytes } from '../../protocol/block/header.ts'

/** Slots. Twice the workers would keep them busy; the rest is room while the calling thread does other things. */
export const slotCount = 10
/** Slots that only urgent work may take. */
export const urgentSlotCount = 2
/** Blocks or checks in one slot. */
export const recordsMax = 512
/** One byte more than any block: what is longer is cut, and is `length` all the same. */
export const recordBytesMax = signedHeaderBytes + bodyBytesMax + 1
/** What goes into a slot: a block of any length, with its rules. A multiple of 4. */
export const inputBytes = 2 * 1_048_576
/** Worker threads. Fewer would do for what one calling thread can hand out. */
export const workersMax = 4
/** Memory that a worker's judge may have besides its heap. */
export const judgeBytesMax = 10 * 1_048_576
/** Everything that the pool holds besides the heaps of its threads. Slots that were never used cost nothing. */
export const poolBytesMax = 64 * 1_048_576

/** For each block a code and a hash, or for each check a byte. */
export const outputBytes = recordsMax * 33

/** Counts up when work was put in: workers sleep on it. */
export const publishedWord = 0
/** Counts up when work is done: the calling thread listens to it. */
export const finishedWord = 1
/** Not 0: the workers leave. */
export const closingWord = 2

const firstSlotWord = 16
const slotWords = 2
const controlBytes = 4_096
const slotBytes = inputBytes + outputBytes

/** The low four bits of a slot's word. Above them is the number of the worker, if there is one. */
export const slotState = { free: 0, urgent: 1, bulk: 2, claimed: 3, done: 4, lost: 5 } as const

const stateBits = 4

/** Bytes of the shared memory. */
export const sharedBytes = controlBytes + slotCount * slotBytes

assert(sharedBytes + workersMax * judgeBytesMax <= poolBytesMax, 'the pool keeps to its memory')
assert(4 * (firstSlotWord + slotWords * slotCount) <= controlBytes, 'room for the control words')

/** The shared memory as every thread sees it. */
export interface SharedSlots {
  readonly words: Int32Array
  readonly slots: readonly Slot[]
}

/** One slot. The word at `stateAt` says whose it is, that at `ticketAt` in which order it was filled. */
export interface Slot {
  readonly index: number
  readonly stateAt: number
  readonly ticketAt: number
  readonly input: Uint8Array
  readonly output: Uint8Array
}

/** New shared memory, all slots free. */
export function newSharedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(sharedBytes)
}

/** Views of shared memory. */
export function slotsOf(memory: SharedArrayBuffer): SharedSlots {
  const slots = Array.from({ length: slotCount }, (_, index) => {
    const inputAt = controlBytes + index * slotBytes
    const stateAt = firstSlotWord + index * slotWords
    return {
      ...{ index, stateAt, ticketAt: stateAt + 1 },
      input: new Uint8Array(memory, inputAt, inputBytes),
      output: new Uint8Array(memory, inputAt + inputBytes, outputBytes),
    }
  })
  return { words: new Int32Array(memory, 0, controlBytes / 4), slots }
}

/** The word of a slot that belongs to a worker, which is numbered from 1 and never again. */
export function ownedWord(state: 'claimed' | 'done' | 'lost', worker: number): number {
  return slotState[state] | (worker << stateBits)
}

/** The state in a slot's word. */
export function stateIn(word: number): number {
  return word & ((1 << stateBits) - 1)
}

/** The worker in a slot's word. */
export function workerIn(word: number): number {
  return word >> stateBits
}
