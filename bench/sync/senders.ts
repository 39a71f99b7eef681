/** The accounts of the chain that is synced: who sends what in which block, and genuine signatures on it. */
import { assert, present } from '../../src/base/assert.ts'
import { blstSigner } from '../../src/platform/crypto.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import {
  addressOf,
  encodeTransaction,
  signTransaction,
} from '../../src/protocol/execution/transaction.ts'
import { keysOf } from './settings.ts'

/** Those who send, in turns. */
export interface Senders {
  readonly keys: readonly Uint8Array[]
  /** The encoded transfers of the block at a height from 1 on, which do not depend on the blocks before. */
  transfersAt(height: number, chainTag: Uint8Array): readonly Uint8Array[]
}

/** Transfers in each block of the chain that real nodes sync. */
const transfersPerBlock = 8

/** The senders of the chain that real nodes sync. */
export function openSenders(count: number): Senders {
  const signers = Array.from({ length: count }, (_, i) => {
    const { authorSecret, voteSecret } = keysOf(`sender-${i}`)
    return blstSigner(authorSecret, voteSecret)
  })
  return sendersOf(signers, transfersPerBlock)
}

/** Each sends once a round, so that a nonce follows from the height. Asserts that there are enough for a block. */
export function sendersOf(signers: readonly Signer[], transfers: number): Senders {
  const { length: count } = signers
  assert(count >= transfers, `${count} senders, at least ${transfers}`)
  const addresses = signers.map(({ authorKey }) => addressOf(authorKey))
  return {
    keys: signers.map(({ authorKey }) => authorKey),
    transfersAt: (height, chainTag) =>
      Array.from({ length: transfers }, (_, i) => {
        const place = (height - 1) * transfers + i
        const { authorKey: from, signAuthor } = present(signers[place % count], 'a sender')
        const to = present(addresses[(place + 1) % count], 'a receiver')
        const fields = { from, to, nonce: Math.floor(place / count), amount: 1n, fee: 1n }
        return encodeTransaction(signTransaction(fields, chainTag, signAuthor), chainTag)
      }),
  }
}
