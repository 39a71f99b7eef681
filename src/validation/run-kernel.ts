/**
 * What the judge of runs needs: the exports of the kernel that concern hashes and blocks, the kernel's memory, and a
 * batch of signatures on the same kernel. Pointers are byte offsets into that memory.
 */

/** The part of the kernel that hashes and judges blocks. */
export interface BlockKernel {
  /**
   * Hashes `count` messages by BLAKE3-256. For each the table has four numbers of 32 bits: pointer to the message, its
   * length (at most 8 MiB), pointer to the 32 bytes of its key (0: the plain hash), pointer to where its hash goes.
   * Up to 64 bytes behind a message are read, but never matter.
   */
  hashMany(count: number, table: number): void
  /** Hashes `count` times 64 bytes, one behind the other at `nodes`, with the key at `key`, to 32 bytes each. */
  hashNodes(count: number, nodes: number, output: number, key: number): void
  /** Where the keys of domains go, 32 bytes each: of headers, payload items, transaction items, and nodes. */
  domainKeys(): number
  /** Where the tables of a batch of signatures are: see `signatureAt` and `entryAt`. */
  openRun(signatures: number, entries: number): void
  /**
   * Where the rules go, 72 bytes: chain tag; height, slot and hash of the parent; how the message of an author begins
   * (13 bytes); the number of authors (u8); 1. Each pass leaves there what the next has to stand on.
   */
  runRules(): number
  /** Where the numbers of the authors' keys in the batch of signatures go, of 32 bits each. */
  runAuthors(): number
  /**
   * Judges `count` blocks, at most 512. For each the table has two numbers of 32 bits: pointer and length. Returns how
   * many are without a fault; so many signatures are laid out for the batch.
   */
  judgeBlocks(count: number, table: number): number
  /** Where the faults of a pass are: for each block its code, a byte. */
  runFaults(): number
  /** Where the hashes of a pass are, 32 bytes for each block; zeros after `length`. */
  runHashes(): number
  /** Of which block of the pass each signature is: 32 bits each. */
  runPlaces(): number
  /** Where signature `i` of the batch belongs, 64 bytes. */
  signatureAt(i: number): number
  /** Where entry `i` of the batch belongs, 12 bytes: number of the key, pointer to the message, its length. */
  entryAt(i: number): number
}

/** The kernel's memory, shared out. Views are not to be kept: they are detached when it grows. */
export interface RunMemory {
  /** Takes `count` bytes for good; returns the pointer to the first. */
  take(count: number): number
  readonly bytes: Uint8Array
  readonly words: DataView
}

/** The batch of signatures whose tables the kernel fills. Its registered keys are those of the judge. */
export interface RunSignatures {
  /** The number of a key of 32 bytes. The same key has the same number. */
  register(publicKey: Uint8Array): number
  /** Makes room for other keys. */
  forgetKeys(): void
  /** Whether all of the first `count` signatures hold. May say no of true ones, if there are several. */
  allHold(count: number): boolean
  /** Which of the first `count` signatures hold, each for itself. */
  verdicts(count: number): readonly boolean[]
}
