/**
 * Members that vote for both sides (B2). Each vote of the node inside is followed by one that contradicts it: a second
 * notarise vote in the slot, a range over a slot that it finalises, a finalise vote for a slot that it gives up. And
 * each proposal that it hears of is finalised at once, whether or not anybody has notarised it.
 */
import { present } from '../../../src/base/assert.ts'
import type { Vote } from '../../../src/protocol/consensus/vote.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import type { GossipPayload } from '../../../src/protocol/wire/gossip.ts'
import type { LiarParts } from '../cluster.ts'
import { madeUpHash } from './made-up.ts'
import { type Mouth, type Speech, speaking, voteOf } from './speech.ts'

/** Slots whose blocks it remembers. */
const slotsMax = 64

/** Says both to everybody. */
export const doubleVoter = speaking<LiarParts>((parts, mouth) =>
  doublyVoting(parts, mouth, (vote, other) => {
    mouth.say({ kind: 'vote', vote: voteOf(parts, vote) })
    mouth.say({ kind: 'vote', vote: voteOf(parts, other) })
  }),
)

/** Says the one to half of its neighbours and the other to the rest, so that it takes two of them to find out. */
export const twoFacedVoter = speaking<LiarParts>((parts, mouth) =>
  doublyVoting(parts, mouth, (vote, other) => {
    const peers = mouth.peers()
    peers.forEach((peer, at) => {
      mouth.tell(peer, { votes: [voteOf(parts, at < peers.length / 2 ? vote : other)] })
    })
  }),
)

function doublyVoting(
  parts: LiarParts,
  mouth: Mouth,
  cast: (vote: Vote, other: Vote) => void,
): Speech {
  const blocks = new Map<number, Set<Hash>>()
  const seen = ({ signed }: Extract<GossipPayload, { kind: 'proposal' }>): void => {
    const { slot } = signed.header
    blocks.set(slot, (blocks.get(slot) ?? new Set()).add(signed.hash))
    for (const at of blocks.keys()) if (blocks.size > slotsMax) blocks.delete(at)
  }
  /** Another block of the slot than this one: one that there is, or else one that there is not. */
  const beside = (slot: number, block?: Hash): Hash => {
    const others = [...(blocks.get(slot) ?? [])].filter((hash) => hash !== block)
    return others[0] ?? madeUpHash(parts)
  }
  return {
    hear: (payload) => {
      if (payload.kind !== 'proposal') return
      seen(payload)
      const { hash, header } = payload.signed
      const vote: Vote = { kind: 'finalise', slot: header.slot, block: hash }
      mouth.say({ kind: 'vote', vote: voteOf(parts, vote) })
    },
    publish: (payload) => {
      if (payload.kind === 'proposal') seen(payload)
      if (payload.kind !== 'vote') return mouth.say(payload)
      const { vote } = payload.vote
      cast(vote, contradictionOf(vote, beside))
    },
  }
}

/** What nobody who signed `vote` may sign as well. */
function contradictionOf(vote: Vote, beside: (slot: number, block?: Hash) => Hash): Vote {
  switch (vote.kind) {
    case 'notarise':
      return { ...vote, block: beside(vote.slot, vote.block) }
    case 'finalise':
      return { kind: 'nullify', from: vote.slot, to: vote.slot }
    case 'nullify':
      return { kind: 'finalise', slot: vote.to, block: beside(vote.to) }
    default:
      return present(vote satisfies never, 'a kind of vote')
  }
}
