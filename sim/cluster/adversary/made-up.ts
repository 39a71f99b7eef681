/** What a liar makes up: hashes of nothing, signatures of nobody, certificates that prove nothing. */
import { toHex } from '../../../src/base/bytes.ts'
import { genesisHeader, headerHash, type SignedHeader } from '../../../src/protocol/block/header.ts'
import { quorumOf } from '../../../src/protocol/committee.ts'
import type { Certificate, SignedVote } from '../../../src/protocol/consensus/vote.ts'
import type { HostileParts } from '../cluster.ts'

/** How a certificate is wrong: its signature, its number of names, or its committee. */
export type CertificateFault = 'forged' | 'too-few' | 'other-committee'

function madeUpBytes({ random }: HostileParts, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256))
}

export function madeUpHash(parts: HostileParts): string {
  return toHex(madeUpBytes(parts, 32))
}

/** A header of this chain at a height of no block, which nobody has signed. */
export function madeUpHeader(parts: HostileParts, height: number): SignedHeader {
  const { tag, genesis, committee } = parts.chain
  const blank = genesisHeader(tag, genesis.hash)
  const author = height % committee.members.length
  const header = { ...blank, author, height, slot: height, parentHash: madeUpHash(parts) }
  return { header, hash: headerHash(header), signature: madeUpBytes(parts, 64) }
}

/** A vote in a slot, in the name of a member that never cast it. */
export function madeUpVote(parts: HostileParts, slot: number): SignedVote {
  const { committee } = parts.chain
  return {
    vote: { kind: 'notarise', slot, block: madeUpHash(parts) },
    epoch: committee.epoch,
    signer: parts.random.below(committee.members.length),
    signature: madeUpBytes(parts, 96),
  }
}

/** A finalise certificate of `block` that has one fault, and so a signature that nobody made. */
export function madeUpCertificate(
  parts: HostileParts,
  fault: CertificateFault,
  block: { readonly slot: number; readonly hash: string },
): Certificate {
  const { committee } = parts.chain
  const signers = quorumOf(committee) - (fault === 'too-few' ? 1 : 0)
  return {
    kind: 'finalise',
    epoch: committee.epoch + (fault === 'other-committee' ? 1 : 0),
    slot: block.slot,
    block: block.hash,
    signers: Array.from({ length: signers }, (_, member) => member),
    signature: madeUpBytes(parts, 96),
  }
}
