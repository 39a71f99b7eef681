/**
 * Members that keep back what others wait for (B6): the bodies of their blocks, their votes, or for a while whatever
 * they say.
 */
import { present } from '../../../src/base/assert.ts'
import {
  decodeExchange,
  type Exchange,
  encodeExchange,
} from '../../../src/protocol/wire/exchange.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import type { LiarParts } from '../cluster.ts'
import { speaking } from './speech.ts'

/** Announces its blocks, and gives their bodies to nobody. */
export const bodyWithholder = speaking<LiarParts>((_parts, mouth) => ({
  publish: (payload) => {
    mouth.say(payload.kind === 'proposal' ? { ...payload, body: undefined } : payload)
  },
  answer: (protocol, honest) => (protocol === protocolId.block ? 'silence' : honest),
}))

/** Proposes and passes on what others say, and never shows a vote of its own. */
export const voteWithholder = speaking<LiarParts>((parts, mouth) => ({
  publish: (payload) => {
    if (payload.kind !== 'vote') mouth.say(payload)
  },
  ask: (protocol, body) => (protocol === protocolId.exchange ? withoutOwn(parts, body) : body),
  answer: (protocol, honest) =>
    protocol === protocolId.exchange && honest !== undefined ? withoutOwn(parts, honest) : honest,
}))

/**
 * Says each thing up to a slot late: proposals around the moment at which others give up on them, and votes to half of
 * its neighbours at once and to everybody later.
 */
export const selectiveDelayer = speaking<LiarParts>(({ chain, random }, mouth) => {
  const { slotMs } = chain.slots
  return {
    publish: (payload) => {
      const peers = mouth.peers()
      const early = payload.kind === 'vote' ? peers.slice(0, Math.ceil(peers.length / 2)) : []
      if (payload.kind === 'vote')
        for (const peer of early) mouth.tell(peer, { votes: [payload.vote] })
      mouth.after(random.below(slotMs), () => mouth.say(payload))
    },
  }
})

/** The same exchange without what this member has signed. */
function withoutOwn({ chain, member }: LiarParts, encoded: Uint8Array): Uint8Array {
  const decoded = decodeExchange(encoded, chain.committee.members.length)
  const exchange: Exchange = present(decoded.ok ? decoded.value : undefined, 'its own exchange')
  const votes = exchange.votes.filter(({ signer }) => signer !== member)
  return encodeExchange({ ...exchange, votes })
}
