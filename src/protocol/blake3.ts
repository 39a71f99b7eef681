/**
 * BLAKE3-256 of inputs of at most 1,024 bytes, which nearly all of ours are. Such an input is one chunk: no tree,
 * so all that is left is the compression of its blocks of 64 bytes, one after another. A general implementation
 * pays for what it might need, and takes three to five times as long on short inputs.
 *
 * J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere", 2021, section 2.
 * Knows neither longer inputs nor longer outputs.
 */
import { assert } from '../base/assert.ts'

/** The longest input. */
export const chunkBytesMax = 1_024

/**
 * A hash as eight signed words of 32 bits, little-endian. What is only hashed again is kept so: an array of bytes takes
 * three times the memory, and many times the time to make.
 */
export interface HashWords {
  readonly w0: number
  readonly w1: number
  readonly w2: number
  readonly w3: number
  readonly w4: number
  readonly w5: number
  readonly w6: number
  readonly w7: number
}

/** Something to write a hash into, for whoever keeps it beside other things. */
export type HashPlace = { -readonly [Word in keyof HashWords]: number }

const blockBytes = 64
const blockWords = 16
const outputWords = 8
const keyBytes = 32
const flags = { chunkStart: 1, chunkEnd: 2, root: 8, keyed: 16 } as const

/** The first words of the state: those of SHA-256. */
const initial = Int32Array.of(
  ...[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a],
  ...[0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
)

const rounds = 7
const permutation: readonly number[] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
/** Which word of the block goes in next, 16 for each round. */
const schedule = Uint8Array.from(wordOrder())

function wordOrder(): readonly number[] {
  let order: readonly number[] = permutation.map((_, word) => word)
  const all: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    all.push(...order)
    const before = order
    order = permutation.map((word) => before[word] ?? 0)
  }
  return all
}

/** The words of a key, for whoever hashes with it more than once. Asserts that it has 32 bytes. */
export function keyWords(key: Uint8Array): Int32Array {
  assert(key.length === keyBytes, 'a key of 32 bytes')
  return Int32Array.from({ length: keyBytes / 4 }, (_, word) => wordAt(key, 4 * word))
}

/** A hash in the making. Bytes are added in any portions; the hash is read once, at the end. */
export class ChunkHash {
  /** Typed arrays of at most 64 bytes are cheap, as long as nobody looks at their buffer. */
  readonly #state = new Int32Array(outputWords)
  readonly #block = new Int32Array(blockWords)
  #mode = 0
  #length = 0

  /** The plain hash, or with the words of a key the keyed one. */
  constructor(key?: Int32Array) {
    this.begin(key)
  }

  /** Begins another hash: who makes many is spared the making of this. Whatever was added is forgotten. */
  begin(key?: Int32Array): this {
    this.#mode = key === undefined ? 0 : flags.keyed
    const words = key ?? initial
    assert(words.length === outputWords, 'a key of 8 words')
    for (let i = 0; i < outputWords; i += 1) this.#state[i] = words[i] ?? 0
    // After a digest the block is empty.
    if (this.#length > 0) this.#block.fill(0)
    this.#length = 0
    return this
  }

  /** Takes in more of the input. Asserts that all of it fits into one chunk. */
  update(values: Uint8Array): this {
    assert(this.#length + values.length <= chunkBytesMax, 'an input of one chunk')
    for (let taken = 0; taken < values.length; ) {
      const at = this.#length % blockBytes
      // A full block waits until more comes, as the last one is mixed in differently.
      if (at === 0 && this.#length > 0) this.#compress(0)
      const count = Math.min(blockBytes - at, values.length - taken)
      this.#place(values, taken, count)
      taken += count
      this.#length += count
    }
    return this
  }

  /** Takes in four bytes as a word. Asserts that a multiple of four bytes came before. */
  word(word: number): this {
    const at = this.#length % blockBytes
    assert((at & 3) === 0 && this.#length + 4 <= chunkBytesMax, 'a word in its place')
    if (at === 0 && this.#length > 0) this.#compress(0)
    this.#block[at >> 2] = word
    this.#length += 4
    return this
  }

  /** Takes in two hashes, 64 bytes. Asserts that nothing came before. */
  pair(left: HashWords, right: HashWords): this {
    assert(this.#length === 0, 'a pair comes first')
    this.#placeWords(0, left)
    this.#placeWords(outputWords, right)
    this.#length = blockBytes
    return this
  }

  /** Puts a hash into the block, from a word on. */
  #placeWords(at: number, { w0, w1, w2, w3, w4, w5, w6, w7 }: HashWords): void {
    const block = this.#block
    block[at] = w0
    block[at + 1] = w1
    block[at + 2] = w2
    block[at + 3] = w3
    block[at + 4] = w4
    block[at + 5] = w5
    block[at + 6] = w6
    block[at + 7] = w7
  }

  /** The hash as words. Read once; nothing can be added afterwards. */
  digestWords(): HashWords {
    const place: HashPlace = { w0: 0, w1: 0, w2: 0, w3: 0, w4: 0, w5: 0, w6: 0, w7: 0 }
    this.digestInto(place)
    return place
  }

  /** As {@link digestWords}, into a place. */
  digestInto(place: HashPlace): void {
    this.#compress(flags.chunkEnd | flags.root)
    const state = this.#state
    place.w0 = state[0] ?? 0
    place.w1 = state[1] ?? 0
    place.w2 = state[2] ?? 0
    place.w3 = state[3] ?? 0
    place.w4 = state[4] ?? 0
    place.w5 = state[5] ?? 0
    place.w6 = state[6] ?? 0
    place.w7 = state[7] ?? 0
  }

  /** The 32 bytes of the hash. Read once; nothing can be added afterwards. */
  digest(): Uint8Array {
    this.#compress(flags.chunkEnd | flags.root)
    const hash = new Uint8Array(4 * outputWords)
    for (let i = 0; i < outputWords; i += 1) {
      const word = this.#state[i] ?? 0
      hash[4 * i] = word
      hash[4 * i + 1] = word >>> 8
      hash[4 * i + 2] = word >>> 16
      hash[4 * i + 3] = word >>> 24
    }
    return hash
  }

  /** Puts so many bytes into the block, which have room in it: by words, where that can be. */
  #place(values: Uint8Array, from: number, count: number): void {
    const block = this.#block
    const at = this.#length % blockBytes
    let i = 0
    if ((at & 3) === 0) {
      for (; i + 4 <= count; i += 4) block[(at + i) >> 2] = wordAt(values, from + i)
    }
    for (; i < count; i += 1) {
      const word = (at + i) >> 2
      block[word] = (block[word] ?? 0) | ((values[from + i] ?? 0) << (8 * (at + i)))
    }
  }

  /** Mixes the block into the state and empties it. */
  #compress(ending: number): void {
    const length = this.#length
    const isFirst = length <= blockBytes
    const bytes = length === 0 ? 0 : ((length - 1) % blockBytes) + 1
    const mode = this.#mode | ending | (isFirst ? flags.chunkStart : 0)
    compress(this.#state, this.#block, bytes, mode)
    for (let i = 0; i < blockWords; i += 1) this.#block[i] = 0
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

/**
 * Mixes a block of so many bytes into the state. Which chunk of the input it is of, in 64 bits, is always the first.
 *
 * Sixteen variables and no loop over them: an array in their place, which the engine must load and store at each
 * step, takes two and a half times as long.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: eight times the same eight lines, on other variables
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: what counts as complex is that typed arrays may end
function compress(state: Int32Array, block: Int32Array, bytes: number, mode: number): void {
  let s0 = state[0] ?? 0
  let s1 = state[1] ?? 0
  let s2 = state[2] ?? 0
  let s3 = state[3] ?? 0
  let s4 = state[4] ?? 0
  let s5 = state[5] ?? 0
  let s6 = state[6] ?? 0
  let s7 = state[7] ?? 0
  let s8 = 0x6a09e667 | 0
  let s9 = 0xbb67ae85 | 0
  let s10 = 0x3c6ef372 | 0
  let s11 = 0xa54ff53a | 0
  let s12 = 0
  let s13 = 0
  let s14 = bytes
  let s15 = mode
  for (let at = 0; at < schedule.length; at += blockWords) {
    s0 = (s0 + s4 + (block[schedule[at] ?? 0] ?? 0)) | 0
    s12 = rotateRight(s12 ^ s0, 16)
    s8 = (s8 + s12) | 0
    s4 = rotateRight(s4 ^ s8, 12)
    s0 = (s0 + s4 + (block[schedule[at + 1] ?? 0] ?? 0)) | 0
    s12 = rotateRight(s12 ^ s0, 8)
    s8 = (s8 + s12) | 0
    s4 = rotateRight(s4 ^ s8, 7)
    s1 = (s1 + s5 + (block[schedule[at + 2] ?? 0] ?? 0)) | 0
    s13 = rotateRight(s13 ^ s1, 16)
    s9 = (s9 + s13) | 0
    s5 = rotateRight(s5 ^ s9, 12)
    s1 = (s1 + s5 + (block[schedule[at + 3] ?? 0] ?? 0)) | 0
    s13 = rotateRight(s13 ^ s1, 8)
    s9 = (s9 + s13) | 0
    s5 = rotateRight(s5 ^ s9, 7)
    s2 = (s2 + s6 + (block[schedule[at + 4] ?? 0] ?? 0)) | 0
    s14 = rotateRight(s14 ^ s2, 16)
    s10 = (s10 + s14) | 0
    s6 = rotateRight(s6 ^ s10, 12)
    s2 = (s2 + s6 + (block[schedule[at + 5] ?? 0] ?? 0)) | 0
    s14 = rotateRight(s14 ^ s2, 8)
    s10 = (s10 + s14) | 0
    s6 = rotateRight(s6 ^ s10, 7)
    s3 = (s3 + s7 + (block[schedule[at + 6] ?? 0] ?? 0)) | 0
    s15 = rotateRight(s15 ^ s3, 16)
    s11 = (s11 + s15) | 0
    s7 = rotateRight(s7 ^ s11, 12)
    s3 = (s3 + s7 + (block[schedule[at + 7] ?? 0] ?? 0)) | 0
    s15 = rotateRight(s15 ^ s3, 8)
    s11 = (s11 + s15) | 0
    s7 = rotateRight(s7 ^ s11, 7)
    s0 = (s0 + s5 + (block[schedule[at + 8] ?? 0] ?? 0)) | 0
    s15 = rotateRight(s15 ^ s0, 16)
    s10 = (s10 + s15) | 0
    s5 = rotateRight(s5 ^ s10, 12)
    s0 = (s0 + s5 + (block[schedule[at + 9] ?? 0] ?? 0)) | 0
    s15 = rotateRight(s15 ^ s0, 8)
    s10 = (s10 + s15) | 0
    s5 = rotateRight(s5 ^ s10, 7)
    s1 = (s1 + s6 + (block[schedule[at + 10] ?? 0] ?? 0)) | 0
    s12 = rotateRight(s12 ^ s1, 16)
    s11 = (s11 + s12) | 0
    s6 = rotateRight(s6 ^ s11, 12)
    s1 = (s1 + s6 + (block[schedule[at + 11] ?? 0] ?? 0)) | 0
    s12 = rotateRight(s12 ^ s1, 8)
    s11 = (s11 + s12) | 0
    s6 = rotateRight(s6 ^ s11, 7)
    s2 = (s2 + s7 + (block[schedule[at + 12] ?? 0] ?? 0)) | 0
    s13 = rotateRight(s13 ^ s2, 16)
    s8 = (s8 + s13) | 0
    s7 = rotateRight(s7 ^ s8, 12)
    s2 = (s2 + s7 + (block[schedule[at + 13] ?? 0] ?? 0)) | 0
    s13 = rotateRight(s13 ^ s2, 8)
    s8 = (s8 + s13) | 0
    s7 = rotateRight(s7 ^ s8, 7)
    s3 = (s3 + s4 + (block[schedule[at + 14] ?? 0] ?? 0)) | 0
    s14 = rotateRight(s14 ^ s3, 16)
    s9 = (s9 + s14) | 0
    s4 = rotateRight(s4 ^ s9, 12)
    s3 = (s3 + s4 + (block[schedule[at + 15] ?? 0] ?? 0)) | 0
    s14 = rotateRight(s14 ^ s3, 8)
    s9 = (s9 + s14) | 0
    s4 = rotateRight(s4 ^ s9, 7)
  }
  state[0] = s0 ^ s8
  state[1] = s1 ^ s9
  state[2] = s2 ^ s10
  state[3] = s3 ^ s11
  state[4] = s4 ^ s12
  state[5] = s5 ^ s13
  state[6] = s6 ^ s14
  state[7] = s7 ^ s15
}

function rotateRight(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
