/**
 * The importers that ours is compared with, each of which does one thing after another: asks for blocks, checks them,
 * executes them, makes them durable, and only then asks for the next.
 *
 * `one block` is the way of the first version of Alys: a block at a time, its author's signature checked by OpenSSL, and
 * no certificate, which is to its advantage. `batched` is what is left to gain without doing two things at once: as
 * many blocks as a range of the node had, checked by the pool that a node has, one certificate and one commit for all.
 */
import type { ChainRecord } from '../../src/actors/storage/messages.ts'
import { assert, present } from '../../src/base/assert.ts'
import type { RecordVerdict } from '../../src/kernel/environment.ts'
import type { NativeCrypto } from '../../src/platform/crypto.ts'
import type { PlatformVerifier } from '../../src/platform/verifier.ts'
import { encodeBlock } from '../../src/protocol/block/block.ts'
import {
  type CheckedBlock,
  checkBody,
  checkPayload,
  headerFault,
  linkFault,
  type ParentFacts,
} from '../../src/protocol/block/rules.ts'
import { encodeRules } from '../../src/protocol/block/run.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import { certificateCheck, headerCheck, isQuorum } from '../../src/protocol/consensus/checks.ts'
import { hashToBytes } from '../../src/protocol/hash.ts'
import type { DataFolder } from './data-folder.ts'
import type { PlainAnswer, PlainRequest } from './plain-protocol.ts'

/** What an importer works with. */
export interface ImporterParts {
  readonly chain: Chain
  readonly data: DataFolder
  readonly fetch: (request: PlainRequest) => Promise<PlainAnswer>
}

/** Checks blocks above `parent`. Rejects if one of them is wrong. */
type CheckBlocks = (parent: ParentFacts, answer: PlainAnswer) => Promise<readonly CheckedBlock[]>

/** Imports blocks one after another up to `height`. Answers the last. */
export async function importOneByOne(
  parts: ImporterParts,
  crypto: NativeCrypto,
  height: number,
): Promise<ParentFacts> {
  return await importAll({ ...parts, count: 1, check: checkedAlone(parts.chain, crypto) }, height)
}

/** Imports batches of `count` blocks one after another up to `height`. Answers the last block. */
export async function importBatches(
  parts: ImporterParts,
  verifier: PlatformVerifier,
  batch: { readonly count: number; readonly height: number },
): Promise<ParentFacts> {
  const { count, height } = batch
  return await importAll({ ...parts, count, check: checkedTogether(parts.chain, verifier) }, height)
}

interface Importer extends ImporterParts {
  readonly count: number
  readonly check: CheckBlocks
}

async function importAll(importer: Importer, height: number): Promise<ParentFacts> {
  const { chain, data, fetch, count, check } = importer
  const { genesis, genesisPayload } = chain
  let parent: ParentFacts = { ...genesis, payloadHash: genesisPayload.blockHash }
  while (parent.height < height) {
    const fromHeight = parent.height + 1
    const answer = await fetch({ fromHeight, count: Math.min(count, height - parent.height) })
    const blocks = await check(parent, answer)
    for (const { execution } of blocks) await data.execute(execution)
    parent = factsOf(present(blocks.at(-1), `blocks from ${fromHeight} on`))
    const records = recordsOf(answer, count > 1)
    await Promise.all([data.persist(records), data.finalise(parent.payloadHash)])
  }
  return parent
}

function factsOf({ signed: { header, hash }, execution }: CheckedBlock): ParentFacts {
  const { height, slot } = header
  return { hash, height, slot, payloadHash: execution.payload.blockHash }
}

function recordsOf({ blocks, certificate }: PlainAnswer, isCertified: boolean): ChainRecord[] {
  const records = blocks.map((block): ChainRecord => ({ kind: 'committed', block }))
  const height = blocks.at(-1)?.signed.header.height
  if (isCertified && certificate !== undefined && height !== undefined) {
    records.push({ kind: 'finalisation', height, certificate })
  }
  return records
}

function checkedAlone(chain: Chain, { verifyEd25519 }: NativeCrypto): CheckBlocks {
  return async (parent, { blocks }) => {
    let before = parent
    return blocks.map(({ signed, body }) => {
      assert(headerFault(chain, signed.header) === undefined, 'a header')
      const check = headerCheck(chain, signed)
      assert(check.kind === 'ed25519', 'a signature of an author')
      const { publicKey, message, signature } = check
      assert(verifyEd25519(publicKey, message, signature), 'the signature of the author')
      const checked = checkBody(chain, signed, body)
      assert(checked.ok && linkFault(checked.value, before) === undefined, 'a block on its parent')
      before = factsOf(checked.value)
      return checked.value
    })
  }
}

function checkedTogether(chain: Chain, verifier: PlatformVerifier): CheckBlocks {
  const { tag: chainTag, committee } = chain
  const authorKeys = committee.members.map(({ authorKey }) => authorKey)
  return async (parent, { blocks, certificate }) => {
    const last = blocks.at(-1)?.signed.hash
    assert(certificate !== undefined && certificate.block === last, 'a certificate of the last')
    assert(isQuorum(chain, certificate), 'a certificate of a quorum')
    const check = certificateCheck(chain, certificate)
    const [isRight] = await new Promise<readonly boolean[]>((resolve) => {
      verifier.verify([check], 'bulk', resolve)
    })
    assert(isRight === true, 'a genuine certificate')
    const place = { hash: hashToBytes(parent.hash), height: parent.height, slot: parent.slot }
    const rules = encodeRules({ chainTag, epoch: committee.epoch, authorKeys, parent: place })
    const verdicts = await new Promise<readonly RecordVerdict[]>((resolve) => {
      verifier.validate({ rules, records: blocks.map(encodeBlock) }, 'bulk', resolve)
    })
    assert(
      verdicts.every(({ fault }) => fault === undefined),
      'blocks that are right',
    )
    let before = parent
    return blocks.map(({ signed, body }) => {
      const checked = checkPayload(chain, signed, body)
      assert(checked.ok && linkFault(checked.value, before) === undefined, 'a block on its parent')
      before = factsOf(checked.value)
      return checked.value
    })
  }
}
