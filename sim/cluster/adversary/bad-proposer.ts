/** Members whose blocks break a rule (B5, B7): each of their own, or one beside each of somebody else. */
import type { LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { type BlockFaultName, blockFaults, type TurnFaultName, turnFaults } from './block-faults.ts'
import { speaking } from './speech.ts'

/** In each of its slots proposes a block with the next of these faults, and never a good one. */
export function badProposer(
  faults: readonly BlockFaultName[],
): (parts: LiarParts) => WrapEnvironment {
  return speaking((parts, mouth) => {
    let turns = 0
    return {
      publish: (payload) => {
        if (payload.kind !== 'proposal' || payload.body === undefined) return mouth.say(payload)
        const fault = faults[turns % faults.length]
        turns += 1
        mouth.say(fault === undefined ? payload : blockFaults[fault](parts, payload))
      },
    }
  })
}

/** Beside each block of others proposes one of its own with the next of these faults, when it is not its turn. */
export function outOfTurn(faults: readonly TurnFaultName[]): (parts: LiarParts) => WrapEnvironment {
  return speaking((parts, mouth) => {
    let turns = 0
    return {
      hear: (payload) => {
        const fault = faults[turns % faults.length]
        const isTheirs =
          payload.kind === 'proposal' && payload.signed.header.author !== parts.member
        if (!isTheirs || fault === undefined) return
        turns += 1
        mouth.say(turnFaults[fault](parts, payload))
      },
    }
  })
}
