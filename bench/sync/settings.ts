/**
 * The chain that is synced, and who takes part: the same keys, accounts and rules on every machine, all of them known
 * to everybody. Nothing here is measured.
 */
import { hash } from 'node:crypto'
import { asciiBytes } from '../../src/base/bytes.ts'
import { blstSigner } from '../../src/platform/crypto.ts'
import type { NodeKeys } from '../../src/platform/keys.ts'
import { type Chain, chainOf } from '../../src/protocol/chain.ts'
import type { Committee } from '../../src/protocol/committee.ts'
import { blsSecretFrom } from '../../src/protocol/crypto/bls.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { addressOf } from '../../src/protocol/execution/transaction.ts'

/** What the chain to be synced looks like. */
export interface ChainPlan {
  /** Committed blocks above genesis. */
  readonly blocks: number
  /** Accounts that send in turns. At least as many as a block has transfers. */
  readonly senders: number
  /** Each so many blocks one has a finalise certificate of its own; the last one always has. */
  readonly certifiedEvery: number
}

/** Members of the committee, all of whom sign. */
const membersCount = 4
/** A date in the past, so that the last of very many blocks is in the past, too. */
export const genesisMs = Date.UTC(2025, 0, 1)
export const slotMs = 2_000
const toleranceMs = 500
/** Enough for what a sender sends, and its fees. */
const senderBalance = 1_000_000_000n

/** Whoever signs something: its secrets, and what signs with them. */
export interface BenchMember {
  readonly keys: NodeKeys
  readonly signer: Signer
}

/** The members of the committee, in order. */
export function benchMembers(): readonly BenchMember[] {
  return Array.from({ length: membersCount }, (_, i) => {
    const keys = keysOf(`member-${i}`)
    return { keys, signer: blstSigner(keys.authorSecret, keys.voteSecret) }
  })
}

/** The secrets of a node that is no member. */
export function keysOf(name: string): NodeKeys {
  const secret = (what: string): Uint8Array => {
    return new Uint8Array(hash('sha256', asciiBytes(`alys/bench/sync/${name}/${what}`), 'buffer'))
  }
  return {
    peerSeed: secret('peer'),
    authorSecret: secret('author'),
    voteSecret: blsSecretFrom(secret('vote')),
  }
}

/** The chain of these senders: all that does not follow from the blocks. */
export function benchChain(
  members: readonly BenchMember[],
  senderKeys: readonly Uint8Array[],
): Chain {
  const committee: Committee = {
    epoch: 0,
    members: members.map(({ signer: { authorKey, voteKey } }) => ({ authorKey, voteKey })),
  }
  const allocations = senderKeys.map((key) => ({ address: addressOf(key), balance: senderBalance }))
  return chainOf({
    name: 'bench-sync',
    slots: { genesisMs, slotMs, toleranceMs },
    committee,
    allocations,
  })
}
