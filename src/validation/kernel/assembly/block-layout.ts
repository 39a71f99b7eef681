/**
 * Where the fields of an encoded block are, and the limits of a body. The same numbers stand in `src/protocol/block`;
 * a test tampers with each byte, and so finds one that differs.
 */

/** Fields of the header, from the beginning of the block. All numbers are little-endian. */
export const versionAt: usize = 0
export const authorAt: usize = 2
export const itemCountAt: usize = 4
export const heightAt: usize = 8
export const slotAt: usize = 16
export const chainTagAt: usize = 24
export const parentHashAt: usize = 32
export const bodyRootAt: usize = 64

export const headerBytes: u32 = 128
export const signatureAt: usize = 128
export const signatureBytes: u32 = 64

/** The body: how many items, then each with its kind, its length and its bytes. */
export const bodyAt: u32 = 192
export const itemsAt: u32 = 194
export const itemHeadBytes: u32 = 5
export const itemLengthAt: usize = 1

export const headerVersion: u32 = 1
/** Heights and slots are safe integers of JavaScript. */
export const countLimit: u64 = 1 << 53
export const bodyItemsMax: u32 = 4_096
export const itemBytesMax: u32 = 1_048_576
export const bodyBytesMax: u32 = 2 * 1_048_576 - 8_192

/** Kinds of items. */
export const payloadKind: u32 = 1
export const transactionKind: u32 = 2
