/**
 * Peers that spoil what members announce, or are asked for (B4, B6). A block's hash covers neither its body nor what
 * justifies it, so whoever hears of a proposal can pass it on with another one, and be the first: nobody's keys are
 * needed.
 */
import type { StoredBlock } from '../../../src/protocol/block/block.ts'
import {
  encodeGossip,
  type GossipPayload,
  type Proposal,
} from '../../../src/protocol/wire/gossip.ts'
import {
  decodeBlockAnswer,
  encodeBlockAnswer,
  protocolId,
} from '../../../src/protocol/wire/requests.ts'
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

/**
 * Gives whoever asks for a block its header with another body: the last item is left out. Announces none, so that it is
 * asked in the place of somebody else, whom the answer must not be held against.
 */
export const bodyForger = speaking<HostileParts>(({ chain }) => ({
  judge: (payload) => (payload.kind === 'proposal' ? 'ignore' : undefined),
  answer: (protocol, honest) => {
    if (protocol !== protocolId.block || honest === undefined) return honest
    const decoded = decodeBlockAnswer(honest, chain.committee.members.length)
    const block = decoded.ok ? decoded.value : undefined
    return block && encodeBlockAnswer({ ...block, body: block.body.slice(0, -1) })
  },
}))

/** Passes proposals on with a bit turned over in the author's signature, and right behind that as they are. */
export const signatureSpoiler = speaking<HostileParts>(({ random }, mouth) => ({
  hear: (payload) => {
    if (payload.kind !== 'proposal') return
    const signature = withBitTurned(random, payload.signed.signature)
    mouth.say({ ...payload, signed: { ...payload.signed, signature } })
  },
}))

/** Passes proposals on with a bit turned over in the certificate of their parent. */
export const justificationSpoiler = speaking<HostileParts>(({ random }, mouth) => ({
  judge: () => 'ignore',
  hear: (payload) => {
    if (payload.kind !== 'proposal' || payload.justification.notarisation === undefined) return
    const { justification } = payload
    const signature = withBitTurned(random, payload.justification.notarisation.signature)
    const notarisation = { ...payload.justification.notarisation, signature }
    mouth.say({ ...payload, justification: { ...justification, notarisation } })
  },
}))

/**
 * Passes proposals on in another form, which says the same to whoever is not strict: the flag that there is a certificate of
 * the parent is 2. Whoever took it would pass it on as well, so that each message could be made to travel as many times
 * as it can be written.
 */
export const formChanger = speaking<HostileParts>((_parts, mouth) => ({
  judge: () => 'ignore',
  hear: (payload) => {
    if (payload.kind !== 'proposal' || payload.justification.notarisation === undefined) return
    const bytes = encodeGossip(payload)
    bytes[certificateFlagAt] = 2
    mouth.sayBytes(bytes)
  },
}))

/** After version and kind, and the header with its signature. */
const certificateFlagAt = 2 + 192

/** Says nothing, passes nothing on, and answers whoever asks for a block with the block, without what justifies it. */
export const justificationThief = speaking<HostileParts>(({ chain }) => ({
  publish: () => undefined,
  judge: () => 'ignore',
  answer: (protocol, honest) => {
    if (protocol !== protocolId.block || honest === undefined) return honest
    const answer = decodeBlockAnswer(honest, chain.committee.members.length)
    const block = answer.ok ? answer.value : undefined
    return encodeBlockAnswer(block && bare(block))
  },
}))

function bare(block: StoredBlock): StoredBlock {
  return { ...block, justification: { notarisation: undefined, nullifies: [] } }
}

function withBitTurned(random: HostileParts['random'], bytes: Uint8Array): Uint8Array {
  const turned = Uint8Array.from(bytes)
  const at = random.below(turned.length)
  turned[at] = (turned[at] ?? 0) ^ (1 << random.below(8))
  return turned
}

function isWhole(payload: GossipPayload): payload is Proposal {
  return payload.kind === 'proposal' && payload.body !== undefined
}
