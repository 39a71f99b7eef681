/**
 * Where the compression function of BLAKE3 finds its operands, and the constants of the hash. Each word of 32 bits
 * stands four times, once for each of the four messages that are hashed side by side.
 */

/** The chaining values: 8 words of 4 lanes. */
export const stateWords: usize = memory.data(128, 16)

/** A block of each message, transposed: 16 words of 4 lanes. */
export const messageWords: usize = memory.data(256, 16)

/** The key of the plain hash, and half of each initial state: the first words of SHA-256's. */
export const initialKey: usize = memory.data<u32>(
  [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
  16,
)

/** Flags of a block: the first of a chunk, the last of one, a parent, the root of the tree, a hash with a key. */
export const chunkStartFlag: u32 = 1
export const chunkEndFlag: u32 = 2
export const parentFlag: u32 = 4
export const rootFlag: u32 = 8
export const keyedFlag: u32 = 16

/** Those of an inner node of a Merkle tree, which is a message of its own: a chunk of one block. */
export const nodeFlags: u32 = chunkStartFlag | chunkEndFlag | rootFlag | keyedFlag

/** Bytes of a block, of a chunk, and of a chaining value, which a hash is too. */
export const blockBytes: u32 = 64
export const chunkBytes: u32 = 1_024
export const hashBytes: u32 = 32

/** Copies 32 bytes. */
export function copyHash(to: usize, from: usize): void {
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
}

/** Whether 32 bytes are the same. */
export function isSameHash(a: usize, b: usize): bool {
  const low = v128.xor(v128.load(a), v128.load(b))
  const high = v128.xor(v128.load(a, 16), v128.load(b, 16))
  return !v128.any_true(v128.or(low, high))
}
