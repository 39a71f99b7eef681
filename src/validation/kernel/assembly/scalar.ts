/**
 * Numbers modulo the group order L = 2^252 + δ, in words of 32 bits, lowest first. Sums of products are collected in
 * columns of 64 bits, without a carry; they are reduced once for many.
 */

/** L in words of 64 bits. */
const order = memory.data<u64>(
  [0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0x0000000000000000, 0x1000000000000000],
  16,
)

/** Columns of a product of 128 and 512 bits: 4 + 16 words, and the upper half of the highest product. */
export const columnCount: usize = 21

const wide = memory.data(8 * 24, 16)

/** Whether the 32 bytes are less than L. */
export function isCanonical(scalar: usize): bool {
  for (let at: isize = 24; at >= 0; at -= 8) {
    const word = load<u64>(scalar + at)
    const bound = load<u64>(order + at)
    if (word !== bound) return word < bound
  }
  return false
}

/**
 * Adds `factor` (128 bits) times the number of `wordCount` words (at most 16) to the columns. Each addition is less
 * than 2^35, so the columns hold 2^29 of them.
 */
export function addProduct(columns: usize, factor: usize, number: usize, wordCount: usize): void {
  for (let i: usize = 0; i < 4; i += 1) {
    const word = <u64>load<u32>(factor + 4 * i)
    let column = columns + 8 * i
    for (let end = number + 4 * wordCount, at = number; at < end; at += 4) {
      const product = word * <u64>load<u32>(at)
      store<u64>(column, load<u64>(column) + (product & 0xffffffff))
      store<u64>(column, load<u64>(column, 8) + (product >> 32), 8)
      column += 8
    }
  }
}

/**
 * The sum in the columns modulo L, as 32 bytes. Word by word from the top: r becomes r·2^32 + word, less q·L, where q
 * is what stands above 2^252. That is less than L and more than -2^32·δ, so at most one L too little.
 */
export function reduceColumns(to: usize, columns: usize): void {
  spreadCarries(columns)
  v128.store(to, i64x2.splat(0))
  v128.store(to, i64x2.splat(0), 16)
  for (let i: isize = columnCount; i >= 0; i -= 1) {
    const top = load<u32>(to, 28)
    for (let at: usize = 28; at > 0; at -= 4) store<u32>(to + at, load<u32>(to + at - 4))
    store<u32>(to, load<u32>(wide + 4 * i))
    const next = load<u32>(to, 28)
    store<u32>(to, next & 0xfffffff, 28)
    subtractMultiple(to, ((<u64>top) << 4) | (next >> 28))
  }
}

/** The columns as words of 32 bits in `wide`: one more than there are columns. */
function spreadCarries(columns: usize): void {
  let carry: u64 = 0
  for (let i: usize = 0; i < columnCount; i += 1) {
    carry += load<u64>(columns + 8 * i)
    store<u32>(wide + 4 * i, <u32>carry)
    carry >>= 32
  }
  store<u32>(wide + 4 * columnCount, <u32>carry)
}

/** Subtracts q·δ, and adds L if that is below zero. `q` is at most 2^32. */
function subtractMultiple(number: usize, q: u64): void {
  let product: u64 = 0
  let borrow: i64 = 0
  for (let at: usize = 0; at < 32; at += 4) {
    if (at < 16) product += q * <u64>load<u32>(order + at)
    borrow += <i64>load<u32>(number + at) - <i64>(product & 0xffffffff)
    store<u32>(number + at, <u32>borrow)
    borrow >>= 32
    product >>= 32
  }
  if (borrow === 0) return
  let carry: u64 = 0
  for (let at: usize = 0; at < 32; at += 4) {
    carry += <u64>load<u32>(number + at) + <u64>load<u32>(order + at)
    store<u32>(number + at, <u32>carry)
    carry >>= 32
  }
}

/**
 * L minus a number below L, in place. Of zero it makes L, which is as good in front of a point of any order but 2, 4,
 * 8.
 */
export function negateScalar(scalar: usize): void {
  let borrow: i64 = 0
  for (let at: usize = 0; at < 32; at += 4) {
    borrow += <i64>load<u32>(order + at) - <i64>load<u32>(scalar + at)
    store<u32>(scalar + at, <u32>borrow)
    borrow >>= 32
  }
}
