/**
 * The chain that all contenders validate: real blocks in their encoding, by eight authors in turns, the same on every
 * machine. It is made once a run and handed over as a file, so that all see the very same bytes.
 *
 * OpenSSL has no BLAKE3, so there is a second kind of chain for it: of the same shape, hashed by SHA-256. Domains are a
 * byte before the input there (as in RFC 6962, section 2.1), which at these lengths makes no input a block longer.
 */
import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { assert } from '../../src/base/assert.ts'
import { asciiBytes, concatBytes, toHex } from '../../src/base/bytes.ts'
import { Reader, Writer } from '../../src/base/codec.ts'
import { blstSigner } from '../../src/platform/crypto.ts'
import { encodeBlock } from '../../src/protocol/block/block.ts'
import { type Body, bodyRoot } from '../../src/protocol/block/body.ts'
import { encodeHeader, type Header, headerHash } from '../../src/protocol/block/header.ts'
import { decodeRules, encodeRules, type RunRules } from '../../src/protocol/block/run.ts'
import { headerSigningBytes } from '../../src/protocol/consensus/signing.ts'
import { blsSecretFrom } from '../../src/protocol/crypto/bls.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import type { Hash } from '../../src/protocol/hash.ts'
import { type ImportDomain, importDomains } from './importer.ts'

/** Authors of a chain. */
const authorCount = 8
/** Bytes of an item: those of a plain transfer. */
export const itemBytes = 110

/** By which hash the blocks of a chain are known and linked. */
export type ChainHashName = 'blake3' | 'sha256'

/** What a chain looks like. */
export interface ChainShape {
  readonly blocks: number
  /** Items in each block. */
  readonly items: number
  readonly hashName: ChainHashName
}

/** Blocks in their encoding, each the parent of the next, and what the run of them is judged by. */
export interface Chain {
  readonly rules: RunRules
  readonly blocks: readonly Uint8Array[]
}

interface ChainHash {
  readonly header: (header: Header) => Hash
  readonly root: (body: Body) => Hash
}

const chainHashes: Readonly<Record<ChainHashName, ChainHash>> = {
  blake3: { header: headerHash, root: bodyRoot },
  sha256: {
    header: (header) => toHex(sha256(encodeHeader(header), 'header')),
    root: sha256Root,
  },
}

/** The signers of all chains. Their secrets are known to everybody. */
export function chainSigners(): readonly Signer[] {
  return Array.from({ length: authorCount }, (_, i) => {
    const seed = sha256(asciiBytes(`alys/bench/${i}`))
    return blstSigner(seed, blsSecretFrom(seed))
  })
}

/** The chain of this shape: the same whenever it is made. */
export function makeChain(
  { blocks: count, items, hashName }: ChainShape,
  signers: readonly Signer[],
): Chain {
  const { header: hashHeader, root } = chainHashes[hashName]
  const rules = chainRules(signers)
  const { chainTag, epoch, parent } = rules
  const blocks: Uint8Array[] = []
  let parentHash = toHex(parent.hash)
  for (let place = 1; place <= count; place += 1) {
    const slot = parent.slot + place
    const author = slot % authorCount
    const body = bodyAt(place, items)
    const header: Header = {
      ...{ version: 1, author, itemCount: items, height: parent.height + place, slot, chainTag },
      ...{ parentHash, bodyRoot: root(body), stateRoot: toHex(sha256(asciiBytes(`${place}`))) },
    }
    parentHash = hashHeader(header)
    const signature = signers[author]?.signAuthor(headerSigningBytes(chainTag, epoch, parentHash))
    assert(signature !== undefined, 'a signer for each author')
    blocks.push(encodeBlock({ signed: { header, hash: parentHash, signature }, body }))
  }
  return { rules, blocks }
}

/** By these rules the first block is number 1, on a parent that nobody has. */
function chainRules(signers: readonly Signer[]): RunRules {
  return {
    chainTag: asciiBytes('bench---'),
    epoch: 1,
    authorKeys: signers.map(({ authorKey }) => authorKey),
    parent: { hash: sha256(asciiBytes('parent')), height: 0, slot: 0 },
  }
}

/** Items that differ from each other in a few bytes, as transfers do. */
function bodyAt(place: number, items: number): Body {
  return Array.from({ length: items }, (_, i) => {
    const bytes = new Uint8Array(itemBytes).fill(0xa5)
    const view = new DataView(bytes.buffer)
    view.setUint32(20, place, true)
    view.setUint32(40, i, true)
    return { kind: 'transaction', bytes }
  })
}

function sha256(bytes: Uint8Array, domain?: ImportDomain): Uint8Array {
  const input = domain === undefined ? bytes : concatBytes(sha256Prefix(domain), bytes)
  return new Uint8Array(hash('sha256', input, 'buffer'))
}

/** What stands before an input of SHA-256. */
function sha256Prefix(domain: ImportDomain): Uint8Array {
  return Uint8Array.of(importDomains.indexOf(domain))
}

/** The tree of `protocol/merkle.ts`, by SHA-256. */
function sha256Root(body: Body): Hash {
  let level = body.map(({ kind, bytes }) => sha256(bytes, `${kind}-item`))
  while (level.length > 1) {
    const below = level
    level = below.flatMap((left, i) => {
      const right = below[i + 1]
      if (i % 2 === 1) return []
      return [right === undefined ? left : sha256(concatBytes(left, right), 'node')]
    })
  }
  return toHex(level[0] ?? sha256(new Uint8Array(0), 'node'))
}

/** Parts of a chain, each a chain of so many blocks on the one before. `hashes` are those of all blocks. */
export function cutChain(
  { rules, blocks }: Chain,
  hashes: readonly Uint8Array[],
  size: number,
): readonly Chain[] {
  return Array.from({ length: Math.floor(blocks.length / size) }, (_, i) => {
    const first = size * i
    const hash = hashes[first - 1] ?? rules.parent.hash
    // Heights and slots count up from 1, by one.
    const parent = { hash, height: first, slot: first }
    return { rules: { ...rules, parent }, blocks: blocks.slice(first, first + size) }
  })
}

// ----- as a file -----

/** Blocks of a file, at most, and bytes of each. */
const blocksMax = 65_536
const blockBytesMax = 1_048_576

/** Writes a chain to a file, for {@link readChain}. */
export function saveChain(file: string, { rules, blocks }: Chain): void {
  const writer = new Writer(1_048_576).blob(encodeRules(rules)).u32(blocks.length)
  for (const block of blocks) writer.blob(block)
  writeFileSync(file, writer.finish())
}

/** The first `count` blocks of a file by {@link saveChain}. Asserts that it has so many. */
export function readChain(file: string, count: number): Chain {
  assert(count <= blocksMax, `${count} blocks, at most ${blocksMax}`)
  const reader = new Reader(new Uint8Array(readFileSync(file)))
  const rules = decodeRules(reader.blob('rules', blockBytesMax))
  const held = reader.u32('blocks')
  assert(rules.ok && held >= count, `a file with ${count} blocks, not ${held}`)
  const blocks = Array.from({ length: count }, () => reader.blob('block', blockBytesMax))
  assert(reader.fault === undefined, 'blocks that are all there')
  return { rules: rules.value, blocks }
}
