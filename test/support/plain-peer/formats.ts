/**
 * The formats of the wire as `ARCHITECTURE.md` describes them for programs of others, written anew: nothing here is
 * taken from the node, so that what the two have in common is the description alone.
 *
 * Numbers are little-endian. What is read is not judged: a reader throws when the bytes end too soon.
 */
import { createHash } from 'node:crypto'
import { blake3 } from '@noble/hashes/blake3.js'

/** Names of the protocols, and the two topics of a chain. */
export const protocols = {
  status: '/alys/status/1',
  block: '/alys/block/1',
  bodies: '/alys/bodies/1',
  exchange: '/alys/exchange/1',
  peers: '/alys/peers/1',
} as const

/** The topic on which members announce blocks and votes; `chainTag` is 8 bytes in hexadecimal. */
export function consensusTopic(chainTag: string): string {
  return `/alys/${chainTag}/consensus/1`
}

/** The topic of transactions. */
export function transactionsTopic(chainTag: string): string {
  return `/alys/${chainTag}/transactions/1`
}

/** By which gossipsub knows a message: 20 bytes of a SHA-256 over the topic, with its length before it, and the data. */
export function messageId(topic: string, data: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(`${topic.length}:${topic}`).update(data)
  return new Uint8Array(hash.digest().subarray(0, 20))
}

// ----- frames of requests -----

/** The first byte of a frame. Then follow the length of its body (u32) and the body. */
export const tags = { request: 0, answered: 1, refused: 2, tooLarge: 3 } as const

export const frameHeadBytes = 5

/** A frame, as one piece. `length` is what it says of its body, if that is to be a lie. */
export function frame(tag: number, body: Uint8Array, length: number = body.length): Uint8Array {
  const bytes = Buffer.alloc(frameHeadBytes + body.length)
  bytes.writeUInt8(tag, 0)
  bytes.writeUInt32LE(length, 1)
  bytes.set(body, frameHeadBytes)
  return new Uint8Array(bytes)
}

// ----- reading -----

/** Reads fields one after the other. Throws past the end. */
export class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  number(bytes: 1 | 2 | 4 | 8): number {
    const field = this.bytes(bytes)
    return field.reduceRight((value, byte) => value * 256 + byte, 0)
  }

  hex(bytes: number): string {
    return Buffer.from(this.bytes(bytes)).toString('hex')
  }

  bytes(count: number): Uint8Array {
    if (count > this.left) throw new Error(`${count} bytes wanted, ${this.left} are left`)
    this.#at += count
    return new Uint8Array(this.#bytes.subarray(this.#at - count, this.#at))
  }
}

/** What of a header a plain program wants to know. */
export interface PlainHeader {
  readonly hash: string
  readonly height: number
  readonly slot: number
  readonly itemCount: number
  readonly parentHash: string
  readonly bodyRoot: string
}

/** 128 bytes and a signature of 64, which is not checked. The hash is computed. */
function readHeader(fields: Fields): PlainHeader {
  const encoded = fields.bytes(128)
  fields.bytes(64)
  const inside = new Fields(encoded)
  inside.bytes(4)
  const itemCount = inside.number(4)
  const [height, slot] = [inside.number(8), inside.number(8)]
  inside.bytes(8)
  const [parentHash, bodyRoot] = [inside.hex(32), inside.hex(32)]
  return { hash: toHex(hashIn('header', encoded)), height, slot, itemCount, parentHash, bodyRoot }
}

function skipCertificate(fields: Fields): void {
  fields.bytes(1 + 4 + 8 + 32)
  fields.bytes(fields.number(1))
  fields.bytes(96)
}

function skipJustification(fields: Fields): void {
  if (fields.number(1) === 1) skipCertificate(fields)
  const nullifies = fields.number(2)
  fields.bytes(nullifies * (4 + 8 + 8 + 1 + 64))
}

/** Items as kind and bytes. Kind 1 is a payload, 2 a transaction. */
export type PlainBody = readonly { readonly kind: number; readonly bytes: Uint8Array }[]

function readBody(fields: Fields): PlainBody {
  const count = fields.number(2)
  return Array.from({ length: count }, () => {
    const kind = fields.number(1)
    return { kind, bytes: fields.bytes(fields.number(4)) }
  })
}

/** What was gossiped: an announcement of a block, perhaps with its body; or a vote, or a certificate. */
export type PlainGossip =
  | { readonly kind: 'vote' | 'certificate' }
  | {
      readonly kind: 'proposal'
      readonly header: PlainHeader
      readonly body: PlainBody | undefined
    }

/** Version 1, a kind, and what it says. */
export function readGossip(bytes: Uint8Array): PlainGossip {
  const fields = new Fields(bytes)
  if (fields.number(1) !== 1) throw new Error('another version')
  const kind = fields.number(1)
  if (kind === 2) return { kind: 'vote' }
  if (kind === 3) return { kind: 'certificate' }
  const header = readHeader(fields)
  skipJustification(fields)
  const body = fields.number(1) === 1 ? readBody(fields) : undefined
  return { kind: 'proposal', header, body }
}

/** The answer to a request of a block: undefined if there is none. */
export function readBlockAnswer(
  bytes: Uint8Array,
): { readonly header: PlainHeader; readonly body: PlainBody } | undefined {
  const fields = new Fields(bytes)
  if (fields.number(1) === 0) return undefined
  const block = { header: readHeader(fields), body: readBody(fields) }
  skipJustification(fields)
  if (fields.left > 0) throw new Error(`${fields.left} bytes too many`)
  return block
}

/** Of the protocols: the one that this program speaks. */
const version = 1

/** What a status says, as far as a plain program wants to know. */
export interface PlainStatus {
  readonly chainTag: string
  readonly genesis: string
  /** The last committed block; undefined while that is genesis. */
  readonly committed: PlainHeader | undefined
  readonly headHeight: number
  /** The peer that a member vouches for. */
  readonly vouchedPeer: string | undefined
}

export function readStatus(bytes: Uint8Array): PlainStatus {
  const fields = new Fields(bytes)
  const [chainTag, genesis] = [fields.hex(8), fields.hex(32)]
  const [oldest, newest] = [fields.number(2), fields.number(2)]
  if (oldest > version || newest < version) throw new Error(`versions ${oldest} to ${newest}`)
  let committed: PlainHeader | undefined
  if (fields.number(1) === 1) {
    committed = readHeader(fields)
    skipCertificate(fields)
  }
  const headHeight = fields.number(8)
  fields.bytes(8 + 8)
  let vouchedPeer: string | undefined
  if (fields.number(1) === 1) {
    fields.bytes(1)
    vouchedPeer = Buffer.from(fields.bytes(fields.number(1))).toString('ascii')
    fields.bytes(8 + 64)
  }
  if (fields.left > 0) throw new Error(`${fields.left} bytes too many`)
  return { chainTag, genesis, committed, headHeight, vouchedPeer }
}

/** The status of one that has nothing but genesis, and for whom nobody vouches: 70 bytes. */
export function genesisStatus(chainTag: string, genesis: string): Uint8Array {
  const head = Buffer.concat([Buffer.from(chainTag, 'hex'), Buffer.from(genesis, 'hex')])
  const versions = Buffer.from([version, 0, version, 0])
  return new Uint8Array(Buffer.concat([head, versions, Buffer.alloc(1 + 8 + 8 + 8 + 1)]))
}

// ----- hashes -----

/** BLAKE3 under a key: `alys/` and the name of a domain in ASCII, and zeros up to 32 bytes. */
function hashIn(domain: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const key = new Uint8Array(32)
  key.set(Buffer.from(`alys/${domain}`, 'ascii'))
  return blake3(Buffer.concat(parts), { key })
}

/** The Merkle root over the items: neighbours are hashed together, an odd last one goes up as it is. */
export function bodyRootOf(body: PlainBody): string {
  let level = body.map(({ kind, bytes }) => {
    return hashIn(kind === 1 ? 'payload-item' : 'transaction-item', bytes)
  })
  if (level.length === 0) return toHex(hashIn('node'))
  while (level.length > 1) {
    const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) =>
      level.slice(2 * i, 2 * i + 2),
    )
    level = pairs.map((pair) =>
      pair.length === 2 ? hashIn('node', ...pair) : (pair[0] ?? hashIn('node')),
    )
  }
  return toHex(level[0] ?? new Uint8Array())
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
