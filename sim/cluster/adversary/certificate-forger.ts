/**
 * Peers that forge certificates (B4) for each block that they hear of, before there is one: with what members have
 * signed so far, and with what nobody has. A signer that is named twice cannot be written down, since signers are a
 * bitmap; so a bitmap that has a second form stands in for that.
 */

import { quorumOf } from '../../../src/protocol/committee.ts'
import type { Certificate, SignedVote } from '../../../src/protocol/consensus/vote.ts'
import { encodeGossip } from '../../../src/protocol/wire/gossip.ts'
import type { HostileParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { madeUpCertificate } from './made-up.ts'
import { type Mouth, type Speech, speaking } from './speech.ts'

/** Where signers stand in a gossiped certificate: after version, kind, kind, epoch, slot and block. */
const bitmapAt = 1 + 1 + 1 + 4 + 8 + 32

type Forgery = (parts: HostileParts, mouth: Mouth) => Speech

const certificateForgeries = {
  /** A quorum is named, and the signature is noise. */
  garbage: ofBlocks((parts, block) => madeUpCertificate(parts, 'forged', block)),
  'too-few': ofBlocks((parts, block) => madeUpCertificate(parts, 'too-few', block)),
  'other-committee': ofBlocks((parts, block) => madeUpCertificate(parts, 'other-committee', block)),
  /** All signatures that there are, one short of a quorum, under the names of a quorum. */
  'bits-without-signature': ofVotes(({ chain }, votes) => {
    const signed = votes.map(({ signer }) => signer)
    const others = chain.committee.members.map((_, at) => at).filter((at) => !signed.includes(at))
    return [...signed, ...others.slice(0, 1)]
  }),
  /** The same under their own names: right in all but number. */
  'one-short': ofVotes((_parts, votes) => votes.map(({ signer }) => signer)),
  /** Who approved a block is said to have finalised it. */
  'other-kind': (_parts, mouth) => ({
    hear: (payload) => {
      if (payload.kind !== 'certificate' || payload.certificate.kind !== 'notarise') return
      mouth.say({ kind: 'certificate', certificate: { ...payload.certificate, kind: 'finalise' } })
    },
  }),
  /** Names a member that the committee does not have. */
  'beyond-the-committee': ofBytes((bytes) => {
    bytes[bitmapAt + 1] = (bytes[bitmapAt + 1] ?? 0) | 0x80
    return bytes
  }),
  /** Another encoding of the same signers: with a byte of nobody behind. */
  'bitmap-too-long': ofBytes((bytes) => {
    const length = bytes[bitmapAt] ?? 0
    const end = bitmapAt + 1 + length
    return Uint8Array.of(
      ...bytes.slice(0, bitmapAt),
      length + 1,
      ...bytes.slice(bitmapAt + 1, end),
      0,
      ...bytes.slice(end),
    )
  }),
} satisfies Record<string, Forgery>

export type CertificateForgery = keyof typeof certificateForgeries

export const certificateForgeryNames = Object.keys(
  certificateForgeries,
) as readonly CertificateForgery[]

/** A peer that forges in one way. */
export function certificateForger(
  name: CertificateForgery,
): (parts: HostileParts) => WrapEnvironment {
  return speaking(certificateForgeries[name])
}

function ofBlocks(
  forge: (parts: HostileParts, block: { slot: number; hash: string }) => Certificate,
): Forgery {
  return (parts, mouth) => ({
    hear: (payload) => {
      if (payload.kind !== 'proposal') return
      const { hash, header } = payload.signed
      const certificate = forge(parts, { slot: header.slot, hash })
      mouth.say({ kind: 'certificate', certificate })
    },
  })
}

function ofBytes(spoil: (bytes: Uint8Array) => Uint8Array): Forgery {
  return (parts, mouth) => ({
    hear: (payload) => {
      if (payload.kind !== 'proposal') return
      const { hash, header } = payload.signed
      const certificate = madeUpCertificate(parts, 'forged', { slot: header.slot, hash })
      mouth.sayBytes(spoil(encodeGossip({ kind: 'certificate', certificate })))
    },
  })
}

/** Of as many genuine finalise votes for a block as are one short of a quorum. */
function ofVotes(
  name: (parts: HostileParts, votes: readonly SignedVote[]) => readonly number[],
): Forgery {
  return (parts, mouth) => {
    const votes = new Map<string, SignedVote[]>()
    return {
      hear: (payload) => {
        if (payload.kind !== 'vote' || payload.vote.vote.kind !== 'finalise') return
        const { slot, block } = payload.vote.vote
        const known = [...(votes.get(block) ?? []), payload.vote]
        votes.set(block, known)
        if (known.length !== quorumOf(parts.chain.committee) - 1) return
        const signature = mouth.aggregate(known.map((each) => each.signature))
        if (signature === undefined) return
        const signers = name(parts, known).toSorted((a, b) => a - b)
        const { epoch } = payload.vote
        mouth.say({
          kind: 'certificate',
          certificate: { kind: 'finalise', epoch, slot, block, signers, signature },
        })
      },
    }
  }
}
