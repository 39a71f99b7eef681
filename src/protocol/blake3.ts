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

const blockBytes = 64
const outputWords = 8
const keyBytes = 32
const flags = { chunkStart: 1, chunkEnd: 2, root: 8, keyed: 16 } as const

/** The first words of the state: those of SHA-256. */
const initial: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]

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

/** One hash in the making. Bytes are added in any portions; the hash is read once, at the end. */
export class ChunkHash {
  /** Typed arrays of at most 64 bytes are cheap, as long as nobody looks at their buffer. */
  readonly #state = new Int32Array(16)
  readonly #block = new Int32Array(16)
  readonly #mode: number
  #length = 0

  /** The plain hash, or with a key of 32 bytes the keyed one. */
  constructor(key?: Uint8Array) {
    this.#mode = key === undefined ? 0 : flags.keyed
    if (key === undefined) this.#state.set(initial)
    else {
      assert(key.length === keyBytes, 'a key of 32 bytes')
      for (let i = 0; i < keyBytes; i += 1) {
        this.#state[i >> 2] = (this.#state[i >> 2] ?? 0) | ((key[i] ?? 0) << (8 * i))
      }
    }
  }

  /** Takes in more of the input. Asserts that all of it fits into one chunk. */
  update(values: Uint8Array): this {
    assert(this.#length + values.length <= chunkBytesMax, 'an input of one chunk')
    const block = this.#block
    for (let taken = 0; taken < values.length; ) {
      const at = this.#length % blockBytes
      // A full block waits until more comes, as the last one is mixed in differently.
      if (at === 0 && this.#length > 0) this.#compress(0)
      const count = Math.min(blockBytes - at, values.length - taken)
      for (let i = 0; i < count; i += 1) {
        const word = (at + i) >> 2
        block[word] = (block[word] ?? 0) | ((values[taken + i] ?? 0) << (8 * (at + i)))
      }
      taken += count
      this.#length += count
    }
    return this
  }

  /** The 32 bytes of the hash. Read once; nothing can be added afterwards. */
  digest(): Uint8Array {
    this.#compress(flags.chunkEnd | flags.root)
    const hash = new Uint8Array(4 * outputWords)
    for (let i = 0; i < hash.length; i += 1) hash[i] = (this.#state[i >> 2] ?? 0) >>> (8 * (i & 3))
    return hash
  }

  /** Mixes the block into the state and empties it. */
  #compress(ending: number): void {
    const state = this.#state
    const isFirst = this.#length <= blockBytes
    for (let i = 0; i < 4; i += 1) state[8 + i] = initial[i] ?? 0
    // Which chunk of the input this is, in 64 bits: always the first.
    state[12] = 0
    state[13] = 0
    state[14] = this.#length === 0 ? 0 : ((this.#length - 1) % blockBytes) + 1
    state[15] = this.#mode | ending | (isFirst ? flags.chunkStart : 0)
    for (let at = 0; at < schedule.length; at += 16) {
      mixLanes(state, this.#block, at, 0)
      mixLanes(state, this.#block, at + 8, 1)
    }
    for (let i = 0; i < outputWords; i += 1) state[i] = (state[i] ?? 0) ^ (state[i + 8] ?? 0)
    this.#block.fill(0)
  }
}

/**
 * Half a round, on a state of four rows of four words: mixes each column, or with `shift` 1 each diagonal, with
 * the next two words of the block that the schedule names from `at` on.
 */
function mixLanes(state: Int32Array, block: Int32Array, at: number, shift: number): void {
  for (let lane = 0; lane < 4; lane += 1) {
    const atB = 4 + ((lane + shift) & 3)
    const atC = 8 + ((lane + 2 * shift) & 3)
    const atD = 12 + ((lane + 3 * shift) & 3)
    const x = block[schedule[at + 2 * lane] ?? 0] ?? 0
    const y = block[schedule[at + 2 * lane + 1] ?? 0] ?? 0
    let a = state[lane] ?? 0
    let b = state[atB] ?? 0
    let c = state[atC] ?? 0
    let d = state[atD] ?? 0
    a = (a + b + x) | 0
    d = rotateRight(d ^ a, 16)
    c = (c + d) | 0
    b = rotateRight(b ^ c, 12)
    a = (a + b + y) | 0
    d = rotateRight(d ^ a, 8)
    c = (c + d) | 0
    b = rotateRight(b ^ c, 7)
    state[lane] = a
    state[atB] = b
    state[atC] = c
    state[atD] = d
  }
}

function rotateRight(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
