/**
 * The body: a bounded list of items under one Merkle root. The header states its count and root, so
 * the list has no version of its own; a new kind of item is a new code, which older nodes refuse.
 *
 * Does not look into the items: what a payload or a transaction says is the ledger's business.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { type Hash, type HashFunction, hashBytes } from '../hash.ts'
import { merkleRoot } from '../merkle.ts'

/** What an item is: an execution payload, or a transaction of the built-in ledger. */
type ItemKind = 'payload' | 'transaction'

/** One thing that a block carries. */
export interface Item {
  readonly kind: ItemKind
  /** At most {@link itemBytesMax}. */
  readonly bytes: Uint8Array
}

/** At most {@link bodyItemsMax} items, encoded in at most {@link bodyBytesMax}. */
export type Body = readonly Item[]

/** Items in a body. */
export const bodyItemsMax = 4_096

/** Bytes of one item: 1 MiB. */
export const itemBytesMax = 1_048_576

/** What is left of a 2 MiB answer to a peer after the header, the justification and their framing. */
export const bodyBytesMax = 2 * 1_048_576 - 8_192

/** The first byte of an encoded item. Never reused. */
const itemCode = { payload: 1, transaction: 2 } as const

/** In which domain an item is hashed: an item of one kind never passes for one of another. */
const itemDomain = { payload: 'payload-item', transaction: 'transaction-item' } as const

const countBytes = 2
const itemHeadBytes = 5

/** The length of {@link encodeBody}'s answer, for whoever fills a body up to its limit. */
export function encodedBodyBytes(body: Body): number {
  let length = countBytes
  for (const item of body) length += itemHeadBytes + item.bytes.length
  return length
}

/** Count (u16), then for each item its kind (u8), length (u32) and bytes. Asserts the limits. */
export function encodeBody(body: Body): Uint8Array {
  const writer = new Writer(encodedBodyBytes(body))
  writeBody(writer, body)
  return writer.finish()
}

/** A body within its limits and of known kinds. Its items are views on `bytes`, and keep them in memory. */
export function decodeBody(bytes: Uint8Array): Result<Body, CodecFault> {
  return decodeWith(bytes, 'body', (reader) =>
    readItems(reader, (each) => each.blobView('item.bytes', itemBytesMax)),
  )
}

/** The Merkle root over the items, which the header must state. */
export function bodyRoot(body: Body, hash: HashFunction = hashBytes): Hash {
  const leaves = body.map(({ kind, bytes }) => hash(itemDomain[kind], bytes))
  return merkleRoot(leaves, hash)
}

/** As {@link encodeBody}, as part of something larger. */
export function writeBody(writer: Writer, body: Body): void {
  assert(body.length <= bodyItemsMax, `${body.length} items, ${bodyItemsMax} are allowed`)
  const length = encodedBodyBytes(body)
  assert(length <= bodyBytesMax, `a body of ${length} bytes, ${bodyBytesMax} are allowed`)
  writer.list(body, writeItem)
}

/** As {@link decodeBody}, as part of something larger. The items are copies. */
export function readBody(reader: Reader): Body {
  return readItems(reader, (each) => each.blob('item.bytes', itemBytesMax))
}

function readItems(reader: Reader, readBytes: (reader: Reader) => Uint8Array): Body {
  const before = reader.left
  const body = reader.list('body', bodyItemsMax, (each): Item => {
    return { kind: readKind(each), bytes: readBytes(each) }
  })
  const length = before - reader.left
  if (length > bodyBytesMax) {
    reader.fail('too-long', 'body', `is ${length} bytes, ${bodyBytesMax} are allowed`)
  }
  return body
}

/** The bytes of the body that begins here, as a view. Its items are stepped over by their lengths, not read. */
export function viewBody(reader: Reader): Uint8Array {
  const rest = reader.peek(reader.left)
  const count = reader.u16('body')
  for (let at = 0; at < count && reader.fault === undefined; at += 1) {
    reader.skip('item.kind', 1)
    reader.skip('item.bytes', reader.u32('item.length'))
  }
  return rest.subarray(0, rest.length - reader.left)
}

function writeItem(writer: Writer, item: Item): void {
  assert(item.bytes.length <= itemBytesMax, 'an item of at most 1 MiB')
  writer.u8(itemCode[item.kind]).blob(item.bytes)
}

function readKind(reader: Reader): ItemKind {
  const code = reader.u8('item.kind')
  if (code === itemCode.transaction) return 'transaction'
  if (code !== itemCode.payload) reader.fail('unknown-kind', 'item.kind', `is ${code}`)
  return 'payload'
}
