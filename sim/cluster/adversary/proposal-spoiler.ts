/**
 * Peers that spoil what members announce (B4, B6). A block's hash covers neither its body nor what justifies it, so
 * whoever hears of a proposal can pass it on with another one, and be the first: nobody's keys are needed.
 */
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import type { HostileParts } from '../cluster.ts'
import { speaking } from './speech.ts'

/** Passes proposals on without their bodies, at once, and never answers whoever asks it for one. */
export const bodyThief = speaking<HostileParts>((_parts, mouth) => ({
  keepsToItself: true,
  hear: (payload) => {
    if (payload.kind === 'proposal') mouth.say({ ...payload, body: undefined })
  },
  answer: (protocol, honest) => (protocol === protocolId.block ? 'silence' : honest),
}))

/** Passes proposals on with a bit turned over in the certificate of their parent. */
export const justificationSpoiler = speaking<HostileParts>(({ random }, mouth) => ({
  keepsToItself: true,
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
