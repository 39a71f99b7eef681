/**
 * The shared slots as a worker sees them: it claims the most urgent piece that is ready, and says when it is finished.
 * The other side is `board.ts`.
 */
import { finishedWord, ownedWord, type SharedSlots, type Slot, slotState } from './layout.ts'

/** The oldest urgent piece that is ready, or else the oldest of the others; undefined if there is none. */
export function claimSlot(shared: SharedSlots, worker: number): Slot | undefined {
  const { words } = shared
  for (const state of [slotState.urgent, slotState.bulk]) {
    // Another worker may be faster: then look again.
    for (let slot = oldest(shared, state); slot !== undefined; slot = oldest(shared, state)) {
      const claimed = ownedWord('claimed', worker)
      if (Atomics.compareExchange(words, slot.stateAt, state, claimed) === state) return slot
    }
  }
  return undefined
}

/** Tickets are numbers modulo 2^32, and few of them are out at a time. */
function oldest({ words, slots }: SharedSlots, state: number): Slot | undefined {
  let found: Slot | undefined
  for (const slot of slots) {
    if (Atomics.load(words, slot.stateAt) !== state) continue
    const ticket = Atomics.load(words, slot.ticketAt)
    if (found === undefined || ((ticket - Atomics.load(words, found.ticketAt)) | 0) < 0)
      found = slot
  }
  return found
}

/**
 * Says that a claimed piece is finished. A slot that was taken back meanwhile stays with whoever took it, and what was
 * found out is forgotten.
 */
export function finishSlot({ words }: SharedSlots, { stateAt }: Slot, worker: number): void {
  const claimed = ownedWord('claimed', worker)
  Atomics.compareExchange(words, stateAt, claimed, ownedWord('done', worker))
  Atomics.add(words, finishedWord, 1)
  Atomics.notify(words, finishedWord)
}
