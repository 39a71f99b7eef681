/**
 * The blocks of the chain that is synced, one after another: genuine transfers, executed; roots that are right; the
 * author's signature; and now and then the certificate of a whole committee.
 */

import { signBlock } from '../../src/actors/chain/produce.ts'
import { present } from '../../src/base/assert.ts'
import type { StoredBlock } from '../../src/protocol/block/block.ts'
import type { BlockPayload } from '../../src/protocol/block/rules.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import { authorOf } from '../../src/protocol/committee.ts'
import type { BlockRef } from '../../src/protocol/consensus/tree.ts'
import type { Certificate } from '../../src/protocol/consensus/vote.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { genesisState } from '../../src/protocol/execution/genesis.ts'
import { sealPayload, transactionsRootOf } from '../../src/protocol/execution/payload.ts'
import { rootOf } from '../../src/protocol/execution/state-trie.ts'
import { addressOf, identifyTransaction } from '../../src/protocol/execution/transaction.ts'
import { applyTransaction, type ExecutedPayload } from '../../src/protocol/execution/transition.ts'
import { slotMoment } from '../../src/protocol/slots.ts'

/** A block, what it executes, and what commits it if it has a certificate of its own. */
export interface MadeBlock {
  readonly block: StoredBlock
  readonly execution: BlockPayload
  readonly certificate: Certificate | undefined
}

/** The finalise certificate of a block. */
export type Certify = (place: BlockRef) => Certificate

/** Makes one block after another; slots follow each other without a gap. */
export class BlockMaker {
  readonly #chain: Chain
  readonly #signers: readonly Signer[]
  readonly #certify: Certify
  #parent: BlockRef
  #executed: ExecutedPayload

  /** `signers` are those of the committee, in order. */
  constructor(chain: Chain, signers: readonly Signer[], certify: Certify) {
    this.#chain = chain
    this.#signers = signers
    this.#certify = certify
    this.#parent = chain.genesis
    const state = genesisState(chain.spec.allocations)
    this.#executed = { payload: chain.genesisPayload, state }
  }

  /** The next block, with these encoded transfers, which must be executable. */
  next(transactions: readonly Uint8Array[], isCertified: boolean): MadeBlock {
    const chain = this.#chain
    const slot = this.#parent.slot + 1
    const member = authorOf(chain.committee, slot)
    const signer = present(this.#signers[member], 'the author')
    const feeRecipient = addressOf(signer.authorKey)
    const execution = this.#execute(transactions, slot, feeRecipient)
    const justification = { notarisation: undefined, nullifies: [] }
    const order = { slot, parent: this.#parent, justification }
    const block = signBlock(chain, { member, signer, feeRecipient }, order, execution)
    const { hash, header } = block.signed
    this.#parent = { hash, parent: header.parentHash, slot, height: header.height }
    return { block, execution, certificate: isCertified ? this.#certify(this.#parent) : undefined }
  }

  #execute(
    transactions: readonly Uint8Array[],
    slot: number,
    feeRecipient: Uint8Array,
  ): BlockPayload {
    const { tag, slots } = this.#chain
    const parent = this.#executed.payload
    let { state } = this.#executed
    const hashes = transactions.map((bytes) => {
      const known = identifyTransaction(bytes, tag)
      if (!known.ok) throw new Error(`a transfer cannot be read: ${known.fault.detail}`)
      const applied = applyTransaction(state, known.value, feeRecipient)
      if (!applied.ok) throw new Error(`a transfer cannot be executed: ${applied.fault.code}`)
      state = applied.value
      return known.value.hash
    })
    const payload = sealPayload({
      parentHash: parent.blockHash,
      number: parent.number + 1,
      timestampMs: slotMoment(slots, slot),
      feeRecipient,
      extraData: new Uint8Array(0),
      stateRoot: rootOf(state),
      transactionsRoot: transactionsRootOf(hashes),
    })
    this.#executed = { payload, state }
    return { payload, transactions }
  }
}
