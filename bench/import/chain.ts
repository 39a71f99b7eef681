/**
 * A chain to import: committed blocks of plain transfers by four members with real signatures, as peers
 * would send it, headers and bodies apart, with certificates at strides. The same on every machine.
 */
import { signBlock } from '../../src/actors/chain/produce.ts'
import { assert, present } from '../../src/base/assert.ts'
import { Writer } from '../../src/base/codec.ts'
import { aggregateBlsNative, blstSigner } from '../../src/platform/crypto.ts'
import { encodeBody } from '../../src/protocol/block/body.ts'
import { encodeSignedHeader, type SignedHeader } from '../../src/protocol/block/header.ts'
import { type Chain, chainOf } from '../../src/protocol/chain.ts'
import { authorOf, quorumOf } from '../../src/protocol/committee.ts'
import { voteSigningBytes } from '../../src/protocol/consensus/signing.ts'
import type { BlockRef } from '../../src/protocol/consensus/tree.ts'
import type { Certificate } from '../../src/protocol/consensus/vote.ts'
import { blsSecretFrom } from '../../src/protocol/crypto/bls.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { genesisState } from '../../src/protocol/execution/genesis.ts'
import { sealPayload, transactionsRootOf } from '../../src/protocol/execution/payload.ts'
import { type AccountTrie, rootOf } from '../../src/protocol/execution/state-trie.ts'
import {
  addressOf,
  encodeTransaction,
  identifyTransaction,
  type KnownTransaction,
  signTransaction,
} from '../../src/protocol/execution/transaction.ts'
import { applyTransaction } from '../../src/protocol/execution/transition.ts'
import { slotMoment } from '../../src/protocol/slots.ts'

export interface ChainShape {
  readonly blocks: number
  /** In each block. */
  readonly transfers: number
  /** Who send, by turns. As many as there are transfers: each sends once. */
  readonly senders: number
  /** Heights from one certificate to the next. */
  readonly stride: number
}

/** The bytes of one block as they travel. */
export interface WireBlock {
  readonly header: Uint8Array
  readonly body: Uint8Array
}

export interface WireChain {
  readonly chain: Chain
  /** From height 1 on. */
  readonly blocks: readonly WireBlock[]
  /** By the height that they commit. */
  readonly certificates: ReadonlyMap<number, Certificate>
}

const genesisMs = 1_700_000_000_000
const slotMs = 2_000
const amountOfAll = 1_000_000n
const feeRecipient = new Uint8Array(20).fill(0xfe)
const membersCount = 4

/** Makes the chain, which takes about as long as it takes to sign and execute it. */
export function makeWireChain(shape: ChainShape): WireChain {
  const members = signersOf('member', membersCount)
  const senders = signersOf('sender', shape.senders)
  const chain = chainOf({
    name: 'import-bench',
    slots: { genesisMs, slotMs, toleranceMs: 500 },
    committee: {
      epoch: 0,
      members: members.map(({ authorKey, voteKey }) => ({ authorKey, voteKey })),
    },
    allocations: senders.map(({ authorKey }) => ({
      ...{ address: addressOf(authorKey), balance: amountOfAll },
    })),
  })
  const blocks: WireBlock[] = []
  const certificates = new Map<number, Certificate>()
  let state = genesisState(chain.spec.allocations)
  let parent: BlockRef = chain.genesis
  let parentPayload = chain.genesisPayload.blockHash
  for (let height = 1; height <= shape.blocks; height += 1) {
    const transactions = transfersAt(chain, senders, shape, height)
    state = afterAll(state, transactions)
    const payload = sealPayload({
      ...{ parentHash: parentPayload, number: height, feeRecipient },
      ...{ timestampMs: slotMoment(chain.slots, height), extraData: new Uint8Array(0) },
      stateRoot: rootOf(state),
      transactionsRoot: transactionsRootOf(transactions.map(({ hash }) => hash)),
    })
    const member = authorOf(chain.committee, height)
    const authority = { member, signer: present(members[member], 'a member'), feeRecipient }
    const justification = { notarisation: undefined, nullifies: [] }
    const bodies = transactions.map(({ bytes }) => bytes)
    const order = { slot: height, parent, justification }
    const { signed, body } = signBlock(chain, authority, order, { payload, transactions: bodies })
    blocks.push({ header: encodeSignedHeader(signed), body: encodeBody(body) })
    if (height % shape.stride === 0 || height === shape.blocks) {
      certificates.set(height, certify(chain, members, signed))
    }
    parent = { hash: signed.hash, parent: signed.header.parentHash, slot: height, height }
    parentPayload = payload.blockHash
  }
  return { chain, blocks, certificates }
}

/** Their secrets are known to everybody. */
function signersOf(kind: 'member' | 'sender', count: number): readonly Signer[] {
  return Array.from({ length: count }, (_, i) => {
    const seed = new Writer(32)
      .u32(i)
      .u32(kind === 'member' ? 1 : 2)
      .bytes(new Uint8Array(24))
    const secret = seed.finish()
    return blstSigner(secret, kind === 'member' || i === 0 ? blsSecretFrom(secret) : noVoteSecret)
  })
}

/** Senders do not vote. */
const noVoteSecret = blsSecretFrom(new Uint8Array(32).fill(7))

function transfersAt(
  { tag }: Chain,
  senders: readonly Signer[],
  shape: ChainShape,
  height: number,
): readonly KnownTransaction[] {
  return Array.from({ length: shape.transfers }, (_, i) => {
    const number = (height - 1) * shape.transfers + i
    const sender = present(senders[number % senders.length], 'a sender')
    const to = present(senders[(number + 7) % senders.length], 'a receiver')
    const fields = {
      ...{ from: sender.authorKey, to: addressOf(to.authorKey), amount: 1n, fee: 1n },
      nonce: Math.floor(number / senders.length),
    }
    const signed = signTransaction(fields, tag, (message) => sender.signAuthor(message))
    const known = identifyTransaction(encodeTransaction(signed, tag), tag)
    assert(known.ok, 'a transfer')
    return known.value
  })
}

function afterAll(state: AccountTrie, transactions: readonly KnownTransaction[]): AccountTrie {
  return transactions.reduce((before, transaction) => {
    const applied = applyTransaction(before, transaction, feeRecipient)
    assert(applied.ok, 'a transfer that can be paid')
    return applied.value
  }, state)
}

function certify(chain: Chain, members: readonly Signer[], signed: SignedHeader): Certificate {
  const { tag, committee } = chain
  const { hash: block, header } = signed
  const vote = { kind: 'finalise', slot: header.slot, block } as const
  const message = voteSigningBytes(tag, committee.epoch, vote)
  const signers = Array.from({ length: quorumOf(committee) }, (_, i) => i)
  const votes = signers.map((i) => present(members[i], 'a member').signVote(message))
  const signature = present(aggregateBlsNative(votes), 'an aggregate')
  return { ...vote, epoch: committee.epoch, signers, signature }
}
