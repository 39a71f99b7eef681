/** Which signatures have to be right for a statement to count. Whoever verifies takes them in batches. */
import { present } from '../../base/assert.ts'
import type { SignedHeader } from '../block/header.ts'
import type { Chain } from '../chain.ts'
import { type Member, quorumOf } from '../committee.ts'
import type { PeerStatement } from '../wire/status.ts'
import { headerSigningBytes, statementSigningBytes, voteSigningBytes } from './signing.ts'
import type { Certificate, SignedVote } from './vote.ts'

/** One signature to check. `bls` is the aggregate of every key's signature over the same message. */
export type SignatureCheck =
  | {
      readonly kind: 'ed25519'
      readonly publicKey: Uint8Array
      readonly message: Uint8Array
      readonly signature: Uint8Array
    }
  | {
      readonly kind: 'bls'
      readonly publicKeys: readonly Uint8Array[]
      readonly message: Uint8Array
      readonly signature: Uint8Array
    }

/** The author's signature over a header. The author is a member: the header's rules say so. */
export function headerCheck(chain: Chain, signed: SignedHeader): SignatureCheck {
  const { epoch } = chain.committee
  return {
    kind: 'ed25519',
    publicKey: memberOf(chain, signed.header.author).authorKey,
    message: headerSigningBytes(chain.tag, epoch, signed.hash),
    signature: signed.signature,
  }
}

/** A member's signature over its vote. */
export function voteCheck(chain: Chain, signed: SignedVote): SignatureCheck {
  const { vote, epoch, signer, signature } = signed
  const message = voteSigningBytes(chain.tag, epoch, vote)
  const member = memberOf(chain, signer)
  return vote.kind === 'nullify'
    ? { kind: 'ed25519', publicKey: member.authorKey, message, signature }
    : { kind: 'bls', publicKeys: [member.voteKey], message, signature }
}

/** The signers' aggregate signature over what they certify. */
export function certificateCheck(chain: Chain, certificate: Certificate): SignatureCheck {
  const { kind, slot, block, epoch, signers, signature } = certificate
  return {
    kind: 'bls',
    publicKeys: signers.map((signer) => memberOf(chain, signer).voteKey),
    message: voteSigningBytes(chain.tag, epoch, { kind, slot, block }),
    signature,
  }
}

/** A member's word that a peer speaks for it. Whether it is this peer, and not expired, comes besides. */
export function statementCheck(chain: Chain, statement: PeerStatement): SignatureCheck {
  const { epoch } = chain.committee
  return {
    kind: 'ed25519',
    publicKey: memberOf(chain, statement.member).authorKey,
    message: statementSigningBytes(chain.tag, epoch, statement),
    signature: statement.signature,
  }
}

/** Whether a certificate is of this epoch and names a quorum. Its signature is another matter. */
export function isQuorum(chain: Chain, certificate: Certificate): boolean {
  const { committee } = chain
  return certificate.epoch === committee.epoch && certificate.signers.length >= quorumOf(committee)
}

function memberOf(chain: Chain, index: number): Member {
  return present(chain.committee.members[index], `member ${index}`)
}
