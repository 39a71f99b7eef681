/** One run of the adversary against a network, then healing; what went wrong, and what was reached. */
import { silentMax } from '../../../src/protocol/committee.ts'
import { Adversary, type Triple } from './adversary.ts'
import { Network, slots } from './network.ts'

export interface ChaosOptions {
  readonly members: number
  readonly liars: number
  readonly moves: readonly Triple[]
  /** False plants a break: who lost its record forgets its promises. */
  readonly hasFloor?: boolean
}

export interface ChaosResult {
  readonly faults: readonly string[]
  readonly movesDone: number
  readonly committable: number
  readonly committedSlotMax: number
  /** Slots from healing to the first new commit; undefined if progress was not to be expected. */
  readonly slotsToCommit: number | undefined
}

/** Slots within which a healed network must commit, when `liars` authors in a row are silent. */
export function slotsToCommitMax(liars: number): number {
  return 3 + liars
}

export function runChaos({ members, liars, moves, hasFloor = true }: ChaosOptions): ChaosResult {
  const network = new Network(members, liars)
  // Who lost its record is silent for some slots: it counts as one of those that may be.
  const amnesiacsMax = hasFloor ? Math.max(0, silentMax(members) - liars) : members
  const adversary = new Adversary(network, { amnesiacsMax, hasFloor })
  let movesDone = 0
  for (const move of moves) {
    if (network.allFaults.length > 0) break
    adversary.move(move)
    movesDone += 1
  }
  const { committedSlotMax } = network
  const offsetMs = (moves.at(-1)?.[2] ?? 0) % slots.slotMs
  const isLive = liars <= silentMax(members) && network.allFaults.length === 0
  const slotsToCommit = isLive ? network.heal(slotsToCommitMax(liars) + 1, offsetMs) : undefined
  const committable = network.history.committable.length
  const faults = network.allFaults
  return { faults, movesDone, committable, committedSlotMax, slotsToCommit }
}
