/**
 * One chain: what every node of it must share, and what follows from that. The chain tag is a hash
 * over all of it, so that nodes which differ in any rule do not even understand each other's
 * signatures.
 */
import { assert } from '../base/assert.ts'
import { Writer } from '../base/codec.ts'
import { chainTagBytes, genesisHeader, headerHash } from './block/header.ts'
import { type Committee, membersMax } from './committee.ts'
import type { BlockRef } from './consensus/tree.ts'
import { type Allocation, genesisPayload } from './execution/genesis.ts'
import type { ExecutionPayload } from './execution/payload.ts'
import { type Hash, hashBytes } from './hash.ts'
import { checkedSlotParams, type SlotParams } from './slots.ts'

/** A block that is known to be of this chain, from a source that is not its peers. */
export interface TrustedPlace {
  /** 1 or more: genesis is known anyway. */
  readonly height: number
  readonly hash: Hash
}

/** The settings of a chain. Nodes with other settings are on another chain. */
export interface ChainSpec {
  /** Printable ASCII, 1 to 32 characters. */
  readonly name: string
  readonly slots: SlotParams
  readonly committee: Committee
  readonly allocations: readonly Allocation[]
  /**
   * A block below which nobody may stay and beside which there is no history: what keeps keys that
   * members once had from forging another past. It is told anew with each edition of the settings,
   * so it is not part of the tag.
   */
  readonly minFinalized?: TrustedPlace | undefined
}

export interface Chain {
  readonly spec: ChainSpec
  readonly tag: Uint8Array
  readonly slots: SlotParams
  readonly committee: Committee
  readonly genesis: BlockRef
  readonly genesisPayload: ExecutionPayload
}

/** The chain of these settings. Asserts that they make sense together. */
export function chainOf(spec: ChainSpec): Chain {
  const { committee, name } = spec
  const slots = checkedSlotParams(spec.slots)
  const count = committee.members.length
  assert(count >= 1 && count <= membersMax, `1 to ${membersMax} members, not ${count}`)
  assert(/^[\x21-\x7e]{1,32}$/.test(name), `a name of 1 to 32 printable characters, not ${name}`)
  const { genesisMs } = slots
  const payload = genesisPayload({ timestampMs: genesisMs, allocations: spec.allocations })
  const tag = hashBytes('genesis', encodeSpec(spec), payloadBytes(payload)).slice(0, chainTagBytes)
  const header = genesisHeader(tag, payload.stateRoot)
  const genesis = { hash: headerHash(header), parent: header.parentHash, slot: 0, height: 0 }
  return { spec, tag, slots, committee, genesis, genesisPayload: payload }
}

function encodeSpec({ name, slots, committee }: ChainSpec): Uint8Array {
  const writer = new Writer().ascii(name)
  writer.u53(slots.genesisMs).u53(slots.slotMs).u53(slots.toleranceMs).u32(committee.epoch)
  writer.list(committee.members, (each, member) => {
    each.bytes(member.authorKey).bytes(member.voteKey)
  })
  return writer.finish()
}

/** The allocations, by what they amount to. */
function payloadBytes(payload: ExecutionPayload): Uint8Array {
  return new Writer(32).hex(payload.blockHash).finish()
}
