/**
 * A member that votes where nobody asks (B3): each slot it repeats votes of others that are long settled, and signs
 * some of its own for slots that are far ahead.
 */
import type { SignedVote, Vote } from '../../../src/protocol/consensus/vote.ts'
import type { LiarParts } from '../cluster.ts'
import { madeUpHash } from './made-up.ts'
import { speaking, voteOf } from './speech.ts'

/** Votes that it remembers, the oldest first. */
const votesMax = 512
/** Of each kind, in a slot. */
const repeatedMax = 8
/** Slots ahead: the next, beyond what a clock may be wrong by, and beyond all. */
const ahead = [1, 2, 100, 1_000_000, 1_000_000_000_000]

export const oldVoter = speaking<LiarParts>((parts, mouth) => {
  const { slotMs } = parts.chain.slots
  const votes: SignedVote[] = []
  const again = (): void => {
    for (const vote of votes.splice(0, repeatedMax)) {
      // Gossip drops what it has seen; an exchange does not.
      mouth.say({ kind: 'vote', vote })
      for (const peer of mouth.peers()) mouth.tell(peer, { votes: [vote] })
    }
    for (const slots of ahead) {
      const slot = mouth.slot() + slots
      const block = madeUpHash(parts)
      const each: readonly Vote[] = [
        { kind: 'notarise', slot, block },
        { kind: 'finalise', slot, block },
        { kind: 'nullify', from: mouth.slot() + 1, to: slot },
      ]
      for (const vote of each) mouth.say({ kind: 'vote', vote: voteOf(parts, vote) })
    }
    mouth.after(slotMs, again)
  }
  mouth.after(slotMs, again)
  return {
    hear: (payload) => {
      if (payload.kind === 'vote' && votes.length < votesMax) votes.push(payload.vote)
    },
  }
})
