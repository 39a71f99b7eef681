/**
 * What the kernel offers, as types. The binary is `kernel/kernel.fma.wasm` or `kernel/kernel.exact.wasm`; the sources
 * are in `kernel/assembly`, and say more. Whoever may name WebAssembly makes the instance and passes its exports in. An
 * engine without relaxed SIMD refuses to compile the first; one that does not fuse is found out by `isFused`.
 *
 * Pointers are byte offsets into the kernel's memory. A truth is a number: zero is false.
 */

/** The memory of an instance. When it grows, the old buffer is detached, and every view of it with it. */
export interface KernelMemoryObject {
  readonly buffer: ArrayBuffer
  /** Adds pages of 64 KiB; returns how many there were, or -1 if there are no more. */
  grow(pages: number): number
}

/** The part of the kernel that verifies signatures. An instance has one batch, and so one user. */
export interface SignatureKernel {
  readonly memory: KernelMemoryObject
  /** The first byte that is the caller's. */
  heapBase(): number
  /**
   * Whether this engine computes as this kernel counts on. To be asked before anything else: where the kernel of fused
   * operations says no, the exact one is to be used.
   */
  isFused(): number
  /** Bytes that the tables of a batch take. */
  batchBytes(signaturesMax: number, keysMax: number): number
  /** Lays out the tables from `at` on; `batchBytes` of them, or the batch writes over what is behind. */
  openBatch(at: number, signaturesMax: number, keysMax: number): void
  /** Where signature `i` belongs: R and S, 64 bytes. The next one follows behind. */
  signatureAt(i: number): number
  /**
   * Where entry `i` belongs: number of the key, pointer to the message, its length; u32 each, and the next one behind.
   */
  entryAt(i: number): number
  /** Where random factor `i` belongs: 16 bytes. The next one follows behind. */
  factorAt(i: number): number
  /** Where the 32 bytes of key `i` belong. */
  keyAt(i: number): number
  /** Reads keys `from` to before `to`; with `isLasting`, so that each use is cheaper, at some 25 µs a key now. */
  prepareKeys(from: number, to: number, isLasting: number): void
  /** Whether key `i` is a point. */
  isKeyGood(i: number): number
  /** Reads the first `count` signatures. Returns how many are well-formed; the others are false. */
  prepareSignatures(count: number): number
  /** Whether prepared signature `i` is well-formed. */
  isFormed(i: number): number
  /**
   * Whether all well-formed signatures from `from` to before `to` hold. Of one alone that is certain. Of several, a yes
   * is wrong with a chance of 2^-128 if the factors are random.
   */
  hold(from: number, to: number): number
}

/** Bytes of a random factor. */
export const factorBytes = 16
