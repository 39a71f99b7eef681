/**
 * Small changes of real messages (B14; ByzzFuzz, Winter et al., OOPSLA 2023): one field of one message, by a step or by
 * another real value, so that what comes out is nearly right. Where the liar's own signature covers the field it signs
 * anew, since it could; of everything else the signature stays as it was.
 *
 * A mutator answers nothing where there is nothing to change.
 */
import { headerHash, type SignedHeader } from '../../../src/protocol/block/header.ts'
import { headerSigningBytes } from '../../../src/protocol/consensus/signing.ts'
import type { Certificate, SignedVote, Vote } from '../../../src/protocol/consensus/vote.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import type { GossipPayload, Proposal } from '../../../src/protocol/wire/gossip.ts'
import type { LiarParts } from '../cluster.ts'
import { voteOf } from './speech.ts'

/** What a mutator has at hand besides the message. */
export interface Mutation {
  readonly parts: LiarParts
  /** Another block that there is, or was. */
  readonly otherBlock: Hash
}

type Mutate<Message> = (message: Message, mutation: Mutation) => Message | undefined

/** A step up or down, of what has to be 1 or more. */
function steps<Message>(
  name: string,
  step: (message: Message, by: number, mutation: Mutation) => Message | undefined,
): Readonly<Record<string, Mutate<Message>>> {
  return {
    [`${name} + 1`]: (message, mutation) => step(message, 1, mutation),
    [`${name} - 1`]: (message, mutation) => step(message, -1, mutation),
  }
}

// ----- votes -----

/** Another vote under the same name: signed anew if the name is the liar's own. */
function revoted(signed: SignedVote, vote: Vote, { parts }: Mutation): SignedVote | undefined {
  const isForm = vote.kind === 'nullify' ? 1 <= vote.from && vote.from <= vote.to : vote.slot >= 1
  if (!isForm) return undefined
  return signed.signer === parts.member ? voteOf(parts, vote) : { ...signed, vote }
}

const voteMutators: Readonly<Record<string, Mutate<SignedVote>>> = {
  ...steps<SignedVote>('slot', (signed, by, mutation) => {
    const { vote } = signed
    return vote.kind === 'nullify'
      ? undefined
      : revoted(signed, { ...vote, slot: vote.slot + by }, mutation)
  }),
  ...steps<SignedVote>('from', (signed, by, mutation) => {
    const { vote } = signed
    return vote.kind === 'nullify'
      ? revoted(signed, { ...vote, from: vote.from + by }, mutation)
      : undefined
  }),
  ...steps<SignedVote>('to', (signed, by, mutation) => {
    const { vote } = signed
    return vote.kind === 'nullify'
      ? revoted(signed, { ...vote, to: vote.to + by }, mutation)
      : undefined
  }),
  block: (signed, mutation) =>
    signed.vote.kind === 'nullify'
      ? undefined
      : revoted(signed, { ...signed.vote, block: mutation.otherBlock }, mutation),
  kind: (signed, mutation) => {
    const { vote } = signed
    if (vote.kind === 'nullify') return undefined
    const kind = vote.kind === 'notarise' ? 'finalise' : 'notarise'
    return revoted(signed, { ...vote, kind }, mutation)
  },
  epoch: (signed) => ({ ...signed, epoch: signed.epoch + 1 }),
  signer: (signed, { parts }) => {
    return { ...signed, signer: (signed.signer + 1) % parts.chain.committee.members.length }
  },
  signature: (signed, { parts }) => ({ ...signed, signature: flipped(parts, signed.signature) }),
}

// ----- certificates -----

const certificateMutators: Readonly<Record<string, Mutate<Certificate>>> = {
  ...steps<Certificate>('slot', (certificate, by) => {
    const slot = certificate.slot + by
    return slot >= 1 ? { ...certificate, slot } : undefined
  }),
  block: (certificate, { otherBlock }) => ({ ...certificate, block: otherBlock }),
  kind: (certificate) => {
    return { ...certificate, kind: certificate.kind === 'notarise' ? 'finalise' : 'notarise' }
  },
  epoch: (certificate) => ({ ...certificate, epoch: certificate.epoch + 1 }),
  'signer left out': (certificate, { parts }) => {
    const left = parts.random.below(certificate.signers.length)
    const signers = certificate.signers.filter((_, at) => at !== left)
    return signers.length === 0 ? undefined : { ...certificate, signers }
  },
  'signer added': (certificate, { parts }) => {
    const all = parts.chain.committee.members.map((_, at) => at)
    const absent = all.filter((at) => !certificate.signers.includes(at))
    if (absent.length === 0) return undefined
    const signers = [...certificate.signers, parts.random.pick(absent)].toSorted((a, b) => a - b)
    return { ...certificate, signers }
  },
  signature: (certificate, { parts }) => {
    return { ...certificate, signature: flipped(parts, certificate.signature) }
  },
}

// ----- proposals -----

/** Another header: signed anew if its author is the liar. */
function reheaded(
  proposal: Proposal,
  change: Partial<SignedHeader['header']>,
  { parts }: Mutation,
): Proposal {
  const { chain, member, signer } = parts
  const header = { ...proposal.signed.header, ...change }
  const hash = headerHash(header)
  const bytes = headerSigningBytes(chain.tag, chain.committee.epoch, hash)
  const isOwn = header.author === member
  const signature = isOwn ? signer.signAuthor(bytes) : proposal.signed.signature
  return { ...proposal, signed: { header, hash, signature } }
}

const proposalMutators: Readonly<Record<string, Mutate<Proposal>>> = {
  ...steps<Proposal>('slot', (proposal, by, mutation) => {
    return reheaded(proposal, { slot: proposal.signed.header.slot + by }, mutation)
  }),
  ...steps<Proposal>('height', (proposal, by, mutation) => {
    return reheaded(proposal, { height: proposal.signed.header.height + by }, mutation)
  }),
  ...steps<Proposal>('item count', (proposal, by, mutation) => {
    return reheaded(proposal, { itemCount: proposal.signed.header.itemCount + by }, mutation)
  }),
  author: (proposal, mutation) => {
    const { length } = mutation.parts.chain.committee.members
    return reheaded(proposal, { author: (proposal.signed.header.author + 1) % length }, mutation)
  },
  parent: (proposal, mutation) => {
    return reheaded(proposal, { parentHash: mutation.otherBlock }, mutation)
  },
  'state root': (proposal, mutation) => {
    return reheaded(proposal, { stateRoot: mutation.otherBlock }, mutation)
  },
  'body root': (proposal, mutation) => {
    return reheaded(proposal, { bodyRoot: mutation.otherBlock }, mutation)
  },
  signature: (proposal, { parts }) => {
    const signature = flipped(parts, proposal.signed.signature)
    return { ...proposal, signed: { ...proposal.signed, signature } }
  },
  'body left out': (proposal) => ({ ...proposal, body: undefined }),
  'item left out': (proposal) =>
    proposal.body === undefined || proposal.body.length < 2
      ? undefined
      : { ...proposal, body: proposal.body.slice(0, -1) },
  'notarisation left out': (proposal) => {
    if (proposal.justification.notarisation === undefined) return undefined
    return { ...proposal, justification: { ...proposal.justification, notarisation: undefined } }
  },
  'range left out': (proposal) => {
    const { nullifies } = proposal.justification
    if (nullifies.length === 0) return undefined
    return {
      ...proposal,
      justification: { ...proposal.justification, nullifies: nullifies.slice(1) },
    }
  },
  ...withinJustification(),
}

/** Each change of a certificate, in the justification of a proposal. */
function withinJustification(): Readonly<Record<string, Mutate<Proposal>>> {
  const entries = Object.entries(certificateMutators).map(([name, mutate]) => {
    const within: Mutate<Proposal> = (proposal, mutation) => {
      const { notarisation } = proposal.justification
      const changed = notarisation && mutate(notarisation, mutation)
      if (changed === undefined) return undefined
      return { ...proposal, justification: { ...proposal.justification, notarisation: changed } }
    }
    return [`notarisation: ${name}`, within] as const
  })
  return Object.fromEntries(entries)
}

// ----- all of them -----

/** Names of what can be changed in messages of each kind. */
export const mutatorNames: Readonly<Record<GossipPayload['kind'], readonly string[]>> = {
  vote: Object.keys(voteMutators),
  certificate: Object.keys(certificateMutators),
  proposal: Object.keys(proposalMutators),
}

/** The message with one field changed; nothing if it has no such field. */
export function mutated(
  payload: GossipPayload,
  name: string,
  mutation: Mutation,
): GossipPayload | undefined {
  switch (payload.kind) {
    case 'vote': {
      const vote = voteMutators[name]?.(payload.vote, mutation)
      return vote && { kind: 'vote', vote }
    }
    case 'certificate': {
      const certificate = certificateMutators[name]?.(payload.certificate, mutation)
      return certificate && { kind: 'certificate', certificate }
    }
    case 'proposal':
      return proposalMutators[name]?.(payload, mutation)
    default:
      return payload satisfies never
  }
}

/** With one bit turned over. */
function flipped({ random }: LiarParts, bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes)
  const at = random.below(changed.length)
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8))
  return changed
}
