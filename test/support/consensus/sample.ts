/** Committees, blocks, votes and certificates made by hand, with ideal (empty) signatures. */
import { type Committee, quorumOf } from '../../../src/protocol/committee.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type { Certificate, SignedVote, Vote } from '../../../src/protocol/consensus/vote.ts'
import { zeroHash } from '../../../src/protocol/hash.ts'

const noSignature = new Uint8Array()

/** A committee of `count` members whose keys play no part. */
export function committeeOf(count: number): Committee {
  const member = { authorKey: new Uint8Array(32), voteKey: new Uint8Array(48) }
  return { epoch: 1, members: Array.from({ length: count }, () => member) }
}

export const genesis: BlockRef = { hash: 'genesis', parent: zeroHash, slot: 0, height: 0 }

export function signed<Kind extends Vote>(vote: Kind, signer: number): SignedVote<Kind> {
  return { vote, epoch: 1, signer, signature: noSignature }
}

/** A certificate for `block` by the first quorum of the committee, or by `signers`. */
export function certificateOf(
  committee: Committee,
  kind: Certificate['kind'],
  block: Pick<BlockRef, 'slot' | 'hash'>,
  signers: readonly number[] = [...Array(quorumOf(committee)).keys()],
): Certificate {
  const { slot, hash } = block
  return { kind, epoch: 1, slot, block: hash, signers, signature: noSignature }
}
