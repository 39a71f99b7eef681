/** Certificates of the whole committee, at the price of one signature. */
import { blstSigner } from '../../src/platform/crypto.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import { voteSigningBytes } from '../../src/protocol/consensus/signing.ts'
import { isBlsSecret } from '../../src/protocol/crypto/bls.ts'
import type { Certify } from './blocks.ts'
import type { BenchMember } from './settings.ts'

/** The order of the groups of BLS12-381. */
const groupOrder = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n

/**
 * Certificates of the whole committee. The aggregate of what all members sign is what the sum of their secrets
 * signs, so each takes one signature and not one a member.
 */
export function wholeCertifier(chain: Chain, members: readonly BenchMember[]): Certify {
  const sum = members.reduce((total, { keys }) => {
    return total + BigInt(`0x${Buffer.from(keys.voteSecret).toString('hex')}`)
  }, 0n)
  const hex = (sum % groupOrder).toString(16).padStart(64, '0')
  const secret = new Uint8Array(Buffer.from(hex, 'hex'))
  if (!isBlsSecret(secret)) throw new Error('the sum of the secrets is no secret')
  const all = blstSigner(secret, secret)
  const { epoch } = chain.committee
  const signers = members.map((_, i) => i)
  return ({ slot, hash: block }) => {
    const vote = { kind: 'finalise', slot, block } as const
    const signature = all.signVote(voteSigningBytes(chain.tag, epoch, vote))
    return { ...vote, epoch, signers, signature }
  }
}
