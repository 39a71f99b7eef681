/** The signatures of a chain's blocks, by themselves. */
import { present } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import { headerBytes, signedHeaderBytes } from '../../src/protocol/block/header.ts'
import { headerSigningBytes } from '../../src/protocol/consensus/signing.ts'
import { hashBytes } from '../../src/protocol/hash.ts'
import type { SignatureCheck } from '../../src/validation/signature-batch.ts'
import type { Chain } from './chain.ts'

/** What each block's author is said to have signed, and how. Asserts that the authors are members. */
export function checksOf({ rules, blocks }: Chain): readonly SignatureCheck[] {
  const { chainTag, epoch, authorKeys } = rules
  return blocks.map((block) => {
    const hash = toHex(hashBytes('header', block.subarray(0, headerBytes)))
    return {
      publicKey: present(authorKeys[block[2] ?? 0], 'the key of the author'),
      message: headerSigningBytes(chainTag, epoch, hash),
      signature: block.subarray(headerBytes, signedHeaderBytes),
    }
  })
}
