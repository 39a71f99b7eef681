/**
 * The chain that simulated nodes sync: of ideal signatures, so that the time goes into what is measured, and with blocks
 * of some 10 kB. The program on the far side of the engine's wire takes 0.4 ms for each block in virtual time, so smaller
 * blocks would be bound by that, and not by the link.
 */
import type { CryptoScheme } from '../../sim/cluster/crypto.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { present } from '../../src/base/assert.ts'
import type { Entry } from '../../src/kernel/environment.ts'
import { openMemoryStore, type PlatformStore } from '../../src/platform/store.ts'
import { encodedBlockBytes } from '../../src/protocol/block/block.ts'
import { type Chain, chainOf } from '../../src/protocol/chain.ts'
import { voteSigningBytes } from '../../src/protocol/consensus/signing.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import { addressOf } from '../../src/protocol/execution/transaction.ts'
import { BlockMaker, type Certify, type MadeBlock } from './blocks.ts'
import { keepBlocks, openData } from './data-folder.ts'
import { sendersOf } from './senders.ts'
import { genesisMs, slotMs } from './settings.ts'

/** A chain, and all that a node that has it has on its disk. */
export interface SimChain {
  readonly chain: Chain
  readonly crypto: CryptoScheme
  readonly entries: readonly Entry[]
  readonly blocks: number
  /** Of all blocks in their encoding. */
  readonly blockBytes: number
}

const membersCount = 4
const senderCount = 1_000
const transfersPerBlock = 64
const balance = 1_000_000_000n
const groupSize = 128
const everything = { from: '', to: '\x7f', limit: 100_000_000 }

/** Makes a chain of so many blocks, each of them with a certificate. */
export async function makeSimChain(blocks: number): Promise<SimChain> {
  const crypto = idealScheme()
  const [members, users] = [membersCount, senderCount].map((length) => {
    return Array.from({ length }, () => crypto.newSigner())
  })
  const signers = present(members, 'members')
  const senders = sendersOf(present(users, 'users'), transfersPerBlock)
  const chain = chainOf({
    name: 'bench-sync-sim',
    slots: { genesisMs, slotMs, toleranceMs: 500 },
    committee: { epoch: 0, members: signers },
    allocations: senders.keys.map((key) => ({ address: addressOf(key), balance })),
  })
  const maker = new BlockMaker(chain, signers, certifier(chain, crypto, signers))
  const store = await openMemoryStore()
  const data = await openData(store, chain, () => true)
  let blockBytes = 0
  let group: MadeBlock[] = []
  for (let height = 1; height <= blocks; height += 1) {
    const made = maker.next(senders.transfersAt(height, chain.tag), true)
    blockBytes += encodedBlockBytes(made.block)
    group.push(made)
    if (group.length < groupSize && height < blocks) continue
    await keepBlocks(data, group)
    group = []
  }
  const entries = await entriesOf(store)
  await data.close()
  return { chain, crypto, entries, blocks, blockBytes }
}

function entriesOf(store: PlatformStore): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    store.scan(everything, (found) => {
      if (found.ok) resolve(found.value)
      else reject(new Error(found.fault.detail))
    })
  })
}

function certifier(chain: Chain, crypto: CryptoScheme, signers: readonly Signer[]): Certify {
  const { epoch } = chain.committee
  return ({ slot, hash: block }) => {
    const vote = { kind: 'finalise', slot, block } as const
    const message = voteSigningBytes(chain.tag, epoch, vote)
    const votes = signers.map((signer) => signer.signVote(message))
    const signature = present(crypto.aggregate(votes), 'signatures of all members')
    return { ...vote, epoch, signers: signers.map((_, i) => i), signature }
  }
}
