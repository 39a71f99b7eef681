/** Members whose blocks break a rule (B5, B7): each of their own, or one beside each of somebody else, or one more in their turn. */
import { quorumOf } from '../../../src/protocol/committee.ts'
import type { Certificate, NotariseVote, SignedVote } from '../../../src/protocol/consensus/vote.ts'
import type { Proposal } from '../../../src/protocol/wire/gossip.ts'
import type { LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import {
  type BlockFaultName,
  blockFaults,
  stackedOn,
  type TurnFaultName,
  turnFaults,
} from './block-faults.ts'
import { type Mouth, speaking } from './speech.ts'

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

/** As soon as a quorum has approved a block of its own it proposes another one on that, in the same slot. */
export const stacker = speaking<LiarParts>((parts, mouth) => {
  let own: Proposal | undefined
  const approvals = new Map<number, SignedVote>()
  const count = (signed: SignedVote): void => {
    if (signed.vote.kind !== 'notarise' || signed.vote.block !== own?.signed.hash) return
    approvals.set(signed.signer, signed)
    if (approvals.size < quorumOf(parts.chain.committee)) return
    const notarisation = certificateOf(signed.vote, [...approvals.values()], mouth)
    if (notarisation !== undefined) {
      mouth.say(stackedOn(parts, own, notarisation))
    }
    own = undefined
  }
  return {
    publish: (payload) => {
      if (payload.kind === 'proposal' && payload.body !== undefined) {
        own = payload
        approvals.clear()
      }
      mouth.say(payload)
      if (payload.kind === 'vote') count(payload.vote)
    },
    hear: (payload) => {
      if (payload.kind === 'vote') count(payload.vote)
    },
  }
})

function certificateOf(
  vote: NotariseVote,
  approvals: readonly SignedVote[],
  mouth: Mouth,
): Certificate | undefined {
  const votes = approvals.toSorted((a, b) => a.signer - b.signer)
  const signature = mouth.aggregate(votes.map((each) => each.signature))
  const [{ epoch } = { epoch: 0 }] = votes
  const signers = votes.map(({ signer }) => signer)
  return signature && { ...vote, epoch, signers, signature }
}
