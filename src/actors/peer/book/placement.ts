/**
 * Where in its tables an address lies. That is drawn by a hash with a secret key of this node's own, so that
 * nobody outside can choose addresses that push others out. One who owns one neighbourhood reaches few buckets,
 * however many addresses it has: 16 of new ones by whoever tells of them, 4 of tried ones by where they are.
 *
 * After Bitcoin's address manager and E. Heilman, A. Kendler, A. Zohar, S. Goldberg, "Eclipse attacks on
 * Bitcoin's peer-to-peer network", USENIX Security 2015; a quarter of its size, for some thousand nodes.
 */
import { asciiBytes } from '../../../base/bytes.ts'
import { ChunkHash, keyWords } from '../../../protocol/blake3.ts'

/** Bytes of the secret. */
export const secretBytes = 32

/** Addresses in one bucket. */
export const bucketSize = 32
const newBuckets = 256
const triedBuckets = 64
/** Places in each table. */
export const newPlaces = newBuckets * bucketSize
export const triedPlaces = triedBuckets * bucketSize
/** Buckets of new addresses that one source neighbourhood reaches. */
export const newBucketsPerSource = 16
/** Buckets of tried addresses that one neighbourhood reaches. */
export const triedBucketsPerNetgroup = 4

export class Placement {
  readonly #secret: Uint8Array

  /** `secret`: 32 bytes, drawn once and kept. */
  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  get secret(): Uint8Array {
    return this.#secret
  }

  /** The place of an address that somebody of `source` has told. */
  newPlace(address: string, netgroup: string, source: string): number {
    const turn = this.#draw(newBucketsPerSource, 'new turn', netgroup, source)
    const bucket = this.#draw(newBuckets, 'new bucket', source, String(turn))
    return bucket * bucketSize + this.#draw(bucketSize, 'new', String(bucket), address)
  }

  /** The place of an address where a peer was found. */
  triedPlace(address: string, netgroup: string): number {
    const turn = this.#draw(triedBucketsPerNetgroup, 'tried turn', address, '')
    const bucket = this.#draw(triedBuckets, 'tried bucket', netgroup, String(turn))
    return bucket * bucketSize + this.#draw(bucketSize, 'tried', String(bucket), address)
  }

  /** An order of netgroups that nobody outside can foresee. */
  rankOf(netgroup: string): number {
    return this.#draw(2 ** 30, 'rank', netgroup, '')
  }

  /** A number below `bound`, a power of two of at most 2^30. */
  #draw(bound: number, purpose: string, a: string, b: string): number {
    // Lengths, so that no two lists of texts are the same bytes.
    const text = `${purpose.length} ${a.length} ${purpose}${a}${b}`
    const [x = 0, y = 0, z = 0, w = 0] = new ChunkHash(keyWords(this.#secret))
      .update(asciiBytes(text))
      .digest()
    return (x | (y << 8) | (z << 16) | ((w & 0x3f) << 24)) & (bound - 1)
  }
}
