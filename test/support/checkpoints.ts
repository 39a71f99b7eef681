/** Checkpoints on paper: of a federation's blocks, as their maker would have written them. */
import { present } from '../../src/base/assert.ts'
import type { StoredBlock } from '../../src/protocol/block/block.ts'
import { type Checkpoint, federationPart } from '../../src/protocol/checkpoint/checkpoint.ts'
import { type Hash, hashToBytes } from '../../src/protocol/hash.ts'
import { merkleRoot } from '../../src/protocol/merkle.ts'
import { certify, type Federation } from './actors/federation.ts'

/** The checkpoint on the last of these blocks, which it covers all. They follow one another. */
export function checkpointOn(
  federation: Federation,
  blocks: readonly StoredBlock[],
  previous?: Hash,
): Checkpoint {
  const { chain } = federation
  const last = present(blocks.at(-1), 'a block')
  const root = merkleRoot(blocks.map(({ signed }) => hashToBytes(signed.hash)))
  return {
    createdAtMs: 1_700_000_123_456,
    isVerified: true,
    chain: {
      chainTag: chain.tag,
      genesis: chain.genesis.hash,
      signed: last.signed,
      certificate: certify(federation, 'finalise', last),
      covered: { count: blocks.length, root },
      previous,
    },
    sync: {
      state: 'synced',
      currentHeight: blocks.length,
      targetHeight: 9,
      progressPpm: 1_000_000,
    },
    peers: [{ peer: 'n1', class: 'federation', addresses: ['/ip4/10.0.0.1/tcp/30400'] }],
    federation: federationPart(chain.committee),
    governance: { events: 0 },
  }
}
