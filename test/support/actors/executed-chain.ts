/** A federation whose accounts pay each other: a chain on paper whose payloads a ledger can execute. */
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { signBlock } from '../../../src/actors/chain/produce.ts'
import { assert, present } from '../../../src/base/assert.ts'
import type { StoredBlock } from '../../../src/protocol/block/block.ts'
import { type Chain, chainOf } from '../../../src/protocol/chain.ts'
import { authorOf } from '../../../src/protocol/committee.ts'
import type { Signer } from '../../../src/protocol/crypto/signer.ts'
import { genesisState } from '../../../src/protocol/execution/genesis.ts'
import { sealPayload, transactionsRootOf } from '../../../src/protocol/execution/payload.ts'
import { type AccountTrie, rootOf } from '../../../src/protocol/execution/state-trie.ts'
import {
  addressOf,
  encodeTransaction,
  identifyTransaction,
  type KnownTransaction,
  signTransaction,
} from '../../../src/protocol/execution/transaction.ts'
import { applyTransaction } from '../../../src/protocol/execution/transition.ts'
import { slotMoment } from '../../../src/protocol/slots.ts'
import type { Federation } from './federation.ts'

export interface ExecutedChain {
  readonly federation: Federation
  /** From height 1 on, in slots of the same numbers, with two transfers each. */
  readonly blocks: readonly StoredBlock[]
  /** After the last block. */
  readonly state: AccountTrie
}

const transfersPerBlock = 2
const payersCount = 3
const feeRecipient = new Uint8Array(20).fill(9)

export function executedChain(count: number): ExecutedChain {
  const scheme = idealScheme()
  const signers = Array.from({ length: 4 }, () => scheme.newSigner())
  const payers = Array.from({ length: payersCount }, () => scheme.newSigner())
  const chain = chainOf({
    name: 'paying',
    slots: { genesisMs: 1_700_000_000_000 - 1_000, slotMs: 2_000, toleranceMs: 500 },
    committee: {
      epoch: 0,
      members: signers.map(({ authorKey, voteKey }) => ({ authorKey, voteKey })),
    },
    allocations: payers.map(({ authorKey }) => ({
      ...{ address: addressOf(authorKey), balance: 1_000_000n },
    })),
  })
  const blocks: StoredBlock[] = []
  let state = genesisState(chain.spec.allocations)
  let parent = chain.genesis
  let parentHash = chain.genesisPayload.blockHash
  for (let height = 1; height <= count; height += 1) {
    const transactions = transfersAt(chain, payers, height)
    state = transactions.reduce(afterOne, state)
    const payload = sealPayload({
      ...{ parentHash, number: height, feeRecipient, extraData: new Uint8Array(0) },
      timestampMs: slotMoment(chain.slots, height),
      stateRoot: rootOf(state),
      transactionsRoot: transactionsRootOf(transactions.map(({ hash }) => hash)),
    })
    const member = authorOf(chain.committee, height)
    const authority = { member, signer: present(signers[member], 'a member'), feeRecipient }
    const justification = { notarisation: undefined, nullifies: [] }
    const content = { payload, transactions: transactions.map(({ bytes }) => bytes) }
    const block = signBlock(chain, authority, { slot: height, parent, justification }, content)
    blocks.push(block)
    const { hash, header } = block.signed
    parent = { hash, parent: header.parentHash, slot: height, height }
    parentHash = payload.blockHash
  }
  return { federation: { chain, signers, scheme }, blocks, state }
}

function transfersAt(
  { tag }: Chain,
  payers: readonly Signer[],
  height: number,
): readonly KnownTransaction[] {
  return Array.from({ length: transfersPerBlock }, (_, i) => {
    const number = (height - 1) * transfersPerBlock + i
    const payer = present(payers[number % payers.length], 'a payer')
    const to = addressOf(present(payers[(number + 1) % payers.length], 'a payee').authorKey)
    const nonce = Math.floor(number / payers.length)
    const fields = { from: payer.authorKey, to, nonce, amount: 3n, fee: 1n }
    const signed = signTransaction(fields, tag, (message) => payer.signAuthor(message))
    const known = identifyTransaction(encodeTransaction(signed, tag), tag)
    assert(known.ok, 'a transfer')
    return known.value
  })
}

function afterOne(state: AccountTrie, transaction: KnownTransaction): AccountTrie {
  const applied = applyTransaction(state, transaction, feeRecipient)
  assert(applied.ok, 'a transfer that can be paid')
  return applied.value
}
