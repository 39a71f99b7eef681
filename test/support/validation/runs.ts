/** Runs of blocks for tests: well-formed and signed, of any shape, and ways to spoil them. */
import { blake3 } from '@noble/hashes/blake3.js'
import { concatBytes, equalBytes, toHex } from '../../../src/base/bytes.ts'
import { encodeBlock } from '../../../src/protocol/block/block.ts'
import { type Body, bodyRoot } from '../../../src/protocol/block/body.ts'
import { type Header, headerHash } from '../../../src/protocol/block/header.ts'
import type { RunRules } from '../../../src/protocol/block/run.ts'
import { headerSigningBytes } from '../../../src/protocol/consensus/signing.ts'

/** Signs what an author says; 64 bytes. */
export type SignAs = (author: number, message: Uint8Array) => Uint8Array

/** The judge's rules, whose parent is a block of a chain that nobody has. */
export function testRules(authors = 3): RunRules {
  return {
    chainTag: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    epoch: 0x0102_0304,
    authorKeys: Array.from({ length: authors }, (_, i) => blake3(Uint8Array.of(i))),
    parent: { hash: blake3(Uint8Array.of(255)), height: 41, slot: 77 },
  }
}

/** Bytes that differ from item to item. */
export function testBytes(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) + salt * 31) & 255)
}

/** A body of items of these lengths, the first of which is a payload. */
export function testBody(lengths: readonly number[], salt = 0): Body {
  return lengths.map((length, i) => ({
    kind: i === 0 ? 'payload' : 'transaction',
    bytes: testBytes(length, salt + i),
  }))
}

/** What is changed in the header of a block before it is signed. */
export type Amend = (header: Header, place: number) => Header

/** Encoded blocks with these bodies, each the parent of the next. */
export function testRun(
  rules: RunRules,
  bodies: readonly Body[],
  sign: SignAs = idealSigner(rules),
  amend: Amend = (header) => header,
): Uint8Array[] {
  let { height, slot } = rules.parent
  let parentHash = toHex(rules.parent.hash)
  return bodies.map((body, place) => {
    height += 1
    slot += 1 + (place % 3)
    const header = amend(
      {
        version: 1,
        author: slot % rules.authorKeys.length,
        itemCount: body.length,
        height,
        slot,
        chainTag: rules.chainTag,
        parentHash,
        bodyRoot: bodyRoot(body),
        stateRoot: 'ab'.repeat(32),
      },
      place,
    )
    const hash = headerHash(header)
    const message = headerSigningBytes(rules.chainTag, rules.epoch, hash)
    parentHash = hash
    return encodeBlock({ signed: { header, hash, signature: sign(header.author, message) }, body })
  })
}

/** Signatures that anybody can make: a hash over key and message, twice. */
function idealSigner({ authorKeys }: RunRules): SignAs {
  return (author, message) => idealSignature(authorKeys[author] ?? new Uint8Array(0), message)
}

/** Verifies what {@link idealSigner} makes. */
export function verifyIdeal(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return equalBytes(idealSignature(key, message), signature)
}

function idealSignature(key: Uint8Array, message: Uint8Array): Uint8Array {
  const hash = blake3(concatBytes(key, message))
  return concatBytes(hash, hash)
}
