/**
 * Blocks that break one rule each (B5, B7), made of a good one and signed by the liar. Where the rule is about the
 * header or the body by themselves, whoever is told the block refuses it at once; the others are found when the block is
 * put on its parent or executed, and their slots are given up.
 */
import { present } from '../../../src/base/assert.ts'
import { type Body, bodyRoot } from '../../../src/protocol/block/body.ts'
import { type Header, headerHash } from '../../../src/protocol/block/header.ts'
import { headerSigningBytes } from '../../../src/protocol/consensus/signing.ts'
import type { Certificate } from '../../../src/protocol/consensus/vote.ts'
import {
  decodePayload,
  type ExecutionPayload,
  encodePayload,
  type PayloadFields,
  sealPayload,
  transactionsRootOf,
} from '../../../src/protocol/execution/payload.ts'
import {
  encodeTransaction,
  signTransaction,
  transactionHash,
} from '../../../src/protocol/execution/transaction.ts'
import type { Proposal } from '../../../src/protocol/wire/gossip.ts'
import type { LiarParts } from '../cluster.ts'
import { madeUpHash } from './made-up.ts'

/** Makes a bad proposal of a good one, whose body it carries. */
type BlockFault = (parts: LiarParts, good: Proposal) => Proposal

/** What can be wrong with a block of the liar's own slot. */
export const blockFaults = {
  'other-chain': (parts, good) => resigned(parts, good, { chainTag: new Uint8Array(8).fill(7) }),
  'made-up-parent': (parts, good) => resigned(parts, good, { parentHash: madeUpHash(parts) }),
  'unproven-parent': (parts, good) => ({ ...resigned(parts, good, {}), justification: nothing }),
  'made-up-body': (parts, good) => resigned(parts, good, { bodyRoot: madeUpHash(parts) }),
  'more-items': (parts, good) => resigned(parts, good, { itemCount: 0xffff_ffff }),
  'no-payload': (parts, good) => withBody(parts, good, []),
  'payload-cut-short': (parts, good) =>
    withBody(parts, good, [{ kind: 'payload', bytes: payloadBytesOf(good).slice(0, -1) }]),
  'other-height': (parts, good) => {
    const height = good.signed.header.height + 1
    return withPayload(parts, good, { number: height }, { height })
  },
  'other-timestamp': (parts, good) =>
    withPayload(parts, good, { timestampMs: fieldsOf(good).timestampMs + 1 }),
  'other-payload-parent': (parts, good) =>
    withPayload(parts, good, { parentHash: madeUpHash(parts) }),
  'state-beside-payload': (parts, good) => resigned(parts, good, { stateRoot: madeUpHash(parts) }),
  'made-up-state': (parts, good) => {
    const stateRoot = madeUpHash(parts)
    return withPayload(parts, good, { stateRoot }, { stateRoot })
  },
  'unsigned-transaction': (parts, good) => withTransaction(parts, good, () => new Uint8Array(64)),
  'transaction-without-funds': (parts, good) =>
    withTransaction(parts, good, (message) => parts.signer.signAuthor(message)),
} satisfies Record<string, BlockFault>

/** What can be wrong with the slot of a block. The good one is another member's. */
export const turnFaults = {
  'not-its-turn': (parts, good) => resigned(parts, good, { author: parts.member }),
  'in-the-name-of-another': (parts, good) => resigned(parts, good, {}),
  'own-turn-to-come': (parts, good) => inSlot(parts, good, nextTurn(parts, good)),
  'own-turn-in-years': (parts, good) =>
    inSlot(parts, good, nextTurn(parts, good) + 2 ** 30 * 4 * parts.chain.committee.members.length),
  'own-turn-before-its-parent': (parts, good) => {
    const before = nextTurn(parts, good) - 2 * parts.chain.committee.members.length
    return inSlot(parts, good, Math.max(before, parts.member))
  },
} satisfies Record<string, BlockFault>

/** A block on a good one, right in all but that it is in the same slot: its author has had that. */
export function stackedOn(parts: LiarParts, good: Proposal, notarisation: Certificate): Proposal {
  const { hash, header } = good.signed
  const { blockHash } = payloadOf(good)
  const height = header.height + 1
  const fields = { number: height, parentHash: blockHash }
  const stacked = withPayload(parts, good, fields, { height, parentHash: hash })
  return { ...stacked, justification: { notarisation, nullifies: [] } }
}

export type BlockFaultName = keyof typeof blockFaults
export type TurnFaultName = keyof typeof turnFaults

export const blockFaultNames = Object.keys(blockFaults) as readonly BlockFaultName[]
export const turnFaultNames = Object.keys(turnFaults) as readonly TurnFaultName[]

const nothing = { notarisation: undefined, nullifies: [] }

/** The same proposal with another header, which the liar signs. */
function resigned({ chain, signer }: LiarParts, good: Proposal, change: Partial<Header>): Proposal {
  const header = { ...good.signed.header, ...change }
  const hash = headerHash(header)
  const signature = signer.signAuthor(headerSigningBytes(chain.tag, chain.committee.epoch, hash))
  return { ...good, signed: { header, hash, signature } }
}

function withBody(
  parts: LiarParts,
  good: Proposal,
  body: Body,
  change: Partial<Header> = {},
): Proposal {
  const stated = { itemCount: body.length, bodyRoot: bodyRoot(body), ...change }
  return { ...resigned(parts, good, stated), body }
}

/** The same proposal with another payload; the header says what it must of the body. */
export function withPayload(
  parts: LiarParts,
  good: Proposal,
  fields: Partial<PayloadFields>,
  change: Partial<Header> = {},
): Proposal {
  const bytes = encodePayload(sealPayload({ ...fieldsOf(good), ...fields }))
  const [, ...others] = present(good.body, 'a body')
  return withBody(parts, good, [{ kind: 'payload', bytes }, ...others], change)
}

/** With a transfer of all money there could be, by an account that has none: the liar's. */
function withTransaction(
  parts: LiarParts,
  good: Proposal,
  sign: (message: Uint8Array) => Uint8Array,
): Proposal {
  const { chain, signer } = parts
  const to = new Uint8Array(20)
  const fields = {
    from: signer.authorKey,
    to,
    nonce: 0,
    amount: 1_000_000_000_000_000_000n,
    fee: 0n,
  }
  const bytes = encodeTransaction(signTransaction(fields, chain.tag, sign), chain.tag)
  const [, ...others] = present(good.body, 'a body')
  const transactions = [...others, { kind: 'transaction', bytes } as const]
  const transactionsRoot = transactionsRootOf(
    transactions.map((item) => transactionHash(item.bytes)),
  )
  const payload = encodePayload(sealPayload({ ...fieldsOf(good), transactionsRoot }))
  return withBody(parts, good, [{ kind: 'payload', bytes: payload }, ...transactions])
}

function inSlot(parts: LiarParts, good: Proposal, slot: number): Proposal {
  return resigned(parts, good, { author: parts.member, slot })
}

/** The liar's next slot after that of a block. */
function nextTurn({ chain, member }: LiarParts, good: Proposal): number {
  const { length } = chain.committee.members
  const { slot } = good.signed.header
  return slot + 1 + ((((member - slot - 1) % length) + length) % length)
}

function payloadBytesOf({ body }: Proposal): Uint8Array {
  return present(body?.[0], 'a payload').bytes
}

function fieldsOf(good: Proposal): PayloadFields {
  return payloadOf(good)
}

function payloadOf(good: Proposal): ExecutionPayload {
  const decoded = decodePayload(payloadBytesOf(good))
  return present(decoded.ok ? decoded.value : undefined, 'a payload that can be read')
}
