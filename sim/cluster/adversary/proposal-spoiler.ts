/**
 * Peers that spoil what members announce (B4, B6). A block's hash covers neither its body nor what justifies it, so
 * whoever hears of a proposal can pass it on with another one, and be the first: nobody's keys are needed.
 */
import type { GossipPayload, Proposal } from '../../../src/protocol/wire/gossip.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import type { HostileParts } from '../cluster.ts'
import { speaking } from './speech.ts'

/** Passes proposals on without their bodies, before it has looked at them, and gives nobody a body. */
export const bodyThief = speaking<HostileParts>((_parts, mouth) => ({
  hear: (payload) => {
    if (isWhole(payload)) mouth.say({ ...payload, body: undefined })
  },
  judge: (payload) => (payload.kind !== 'proposal' || isWhole(payload) ? 'ignore' : 'accept'),
  answer: (protocol, honest) => (protocol === protocolId.block ? 'silence' : honest),
}))

/** Passes proposals on with a bit turned over in the certificate of their parent. */
export const justificationSpoiler = speaking<HostileParts>(({ random }, mouth) => ({
  judge: () => 'ignore',
  hear: (payload) => {
    if (payload.kind !== 'proposal' || payload.justification.notarisation === undefined) return
    const { justification } = payload
    const signature = Uint8Array.from(payload.justification.notarisation.signature)
    const at = random.below(signature.length)
    signature[at] = (signature[at] ?? 0) ^ (1 << random.below(8))
    const notarisation = { ...payload.justification.notarisation, signature }
    mouth.say({ ...payload, justification: { ...justification, notarisation } })
  },
}))

function isWhole(payload: GossipPayload): payload is Proposal {
  return payload.kind === 'proposal' && payload.body !== undefined
}
