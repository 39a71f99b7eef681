/**
 * Makes the data folder of a node that has a whole chain. Arguments: an empty folder for it and for what is to be known
 * of it, the blocks, the senders, every how many blocks there is a certificate. Progress goes to standard error.
 *
 * The blocks are executed once more by the ledger of the node, which writes its own records; it takes signatures for
 * granted, since they were made just here.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../src/base/assert.ts'
import { encodedBlockBytes } from '../../src/protocol/block/block.ts'
import { numberArgument } from '../program.ts'
import { BlockMaker, type MadeBlock } from './blocks.ts'
import { wholeCertifier } from './certifier.ts'
import { keepBlocks, openDataFolder } from './data-folder.ts'
import { openSenders } from './senders.ts'
import { benchChain, benchMembers } from './settings.ts'

/** Blocks that become durable together. */
const groupSize = 256
const progressEvery = 8_192
/** Importers may stop at such heights, so the hashes there are to be known. */
const hashEvery = 100

const folder = process.argv[2] ?? ''
const [blocks = 0, senderCount = 0, certifiedEvery = 0] = [1, 2, 3].map(numberArgument)
const senders = openSenders(senderCount)
const members = benchMembers()
const chain = benchChain(members, senders.keys)
const maker = new BlockMaker(
  chain,
  members.map(({ signer }) => signer),
  wholeCertifier(chain, members),
)
const data = await openDataFolder(join(folder, 'data'), chain, () => true)
assert(blocks > 0 && certifiedEvery > 0, 'a plan of a chain')

let blockBytes = 0
const hashes: string[] = []
let group: MadeBlock[] = []
for (let height = 1; height <= blocks; height += 1) {
  const isCertified = height % certifiedEvery === 0 || height === blocks
  const made = maker.next(senders.transfersAt(height, chain.tag), isCertified)
  blockBytes += encodedBlockBytes(made.block)
  if (height % hashEvery === 0 || height === blocks) hashes.push(made.block.signed.hash)
  group.push(made)
  if (group.length === groupSize || height === blocks) {
    await keepBlocks(data, group)
    group = []
  }
  if (height % progressEvery === 0) {
    process.stderr.write(`${height} of ${blocks} blocks\n`)
  }
}
await data.close()
writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ blockBytes, hashes }))
