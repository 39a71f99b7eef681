/** The chain of a simulated federation: it begins soon after the world does, and its users have money at genesis. */
import type { Millis, UnixMillis } from '../../src/base/units.ts'
import { type Chain, chainOf } from '../../src/protocol/chain.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'

const userBalance = 1_000_000_000n
/** The world begins this long before the first slot: time to meet, and to ask before voting. */
const leadMs = 3_000

export interface SimulatedChain {
  /** Of the members. */
  readonly signers: readonly Signer[]
  readonly users: readonly { readonly address: Uint8Array }[]
  readonly slotMs: Millis
  /** What clocks show as the world begins. */
  readonly wallMs: UnixMillis
}

export function simulatedChain({ signers, users, slotMs, wallMs }: SimulatedChain): Chain {
  const genesisMs = wallMs + leadMs - slotMs
  return chainOf({
    name: 'simulated',
    slots: { genesisMs, slotMs, toleranceMs: Math.min(500, slotMs / 4) },
    committee: {
      epoch: 0,
      members: signers.map(({ authorKey, voteKey }) => ({ authorKey, voteKey })),
    },
    allocations: users.map(({ address }) => ({ address, balance: userBalance })),
  })
}
