/**
 * A member that proposes two different valid blocks in each of its slots (B1): gossip that carries its own proposal is
 * doubled, every other message passes. Gossip floods, so which of the two comes first to whom is for the links to say.
 *
 * It is the unmodified node inside; only what leaves it is rewritten, with the member's own key.
 */
import type { LiarParts } from '../cluster.ts'
import { withPayload } from './block-faults.ts'
import { speaking } from './speech.ts'

/** Proposes twice whenever it proposes: the second differs in its author's own words, and is as valid. */
export const equivocator = speaking<LiarParts>((parts, mouth) => ({
  publish: (payload) => {
    mouth.say(payload)
    if (payload.kind !== 'proposal' || payload.body === undefined) return
    const extraData = Uint8Array.of(1 + parts.random.below(255))
    mouth.say(withPayload(parts, payload, { extraData }))
  },
}))
