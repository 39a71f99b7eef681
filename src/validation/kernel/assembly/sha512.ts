/** SHA-512 (FIPS 180-4) of what a signature of Ed25519 binds together: R, the public key, and the message. */

/** The fractional parts of the cube roots of the first eighty primes. */
const roundConstants = memory.data<u64>(
  [
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
  ],
  16,
)

/** The fractional parts of the square roots of the first eight primes. */
const initialState = memory.data<u64>(
  [
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
  ],
  16,
)

const blockBytes: usize = 128
const block = memory.data(128, 16)
const state = memory.data(64, 16)
const schedule = memory.data(640, 16)

/** Writes the 64 bytes of SHA-512(R ‖ key ‖ message) to `to`. R and the key have 32 bytes each. */
export function hashSigned(to: usize, r: usize, key: usize, message: usize, length: usize): void {
  memory.copy(state, initialState, 64)
  copy32(block, r)
  copy32(block + 32, key)
  let filled: usize = 64
  let taken: usize = 0
  while (true) {
    const count = min(blockBytes - filled, length - taken)
    memory.copy(block + filled, message + taken, count)
    filled += count
    taken += count
    if (filled < blockBytes) break
    compress()
    filled = 0
  }
  pad(filled, 8 * (64 + <u64>length))
  for (let at: usize = 0; at < 64; at += 8) store<u64>(to + at, bswap(load<u64>(state + at)))
}

function copy32(to: usize, from: usize): void {
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
}

/**
 * A one bit, zeros, and the number of bits in the last 16 bytes: in this block, or where it is too full in the next.
 */
function pad(filled: usize, bits: u64): void {
  store<u8>(block + filled, 0x80)
  memory.fill(block + filled + 1, 0, blockBytes - filled - 1)
  if (filled >= blockBytes - 16) {
    compress()
    memory.fill(block, 0, blockBytes)
  }
  store<u64>(block, bswap(bits), blockBytes - 8)
  compress()
}

/** Mixes the block into the state. */
function compress(): void {
  expand()
  let a = load<u64>(state)
  let b = load<u64>(state, 8)
  let c = load<u64>(state, 16)
  let d = load<u64>(state, 24)
  let e = load<u64>(state, 32)
  let f = load<u64>(state, 40)
  let g = load<u64>(state, 48)
  let h = load<u64>(state, 56)
  // Eight rounds at a time: instead of moving each word one place on, the words change their parts.
  for (let at: usize = 0; at < 640; at += 64) {
    h += sum1(e) + choose(e, f, g) + term(at)
    d += h
    h += sum0(a) + majority(a, b, c)
    g += sum1(d) + choose(d, e, f) + term(at + 8)
    c += g
    g += sum0(h) + majority(h, a, b)
    f += sum1(c) + choose(c, d, e) + term(at + 16)
    b += f
    f += sum0(g) + majority(g, h, a)
    e += sum1(b) + choose(b, c, d) + term(at + 24)
    a += e
    e += sum0(f) + majority(f, g, h)
    d += sum1(a) + choose(a, b, c) + term(at + 32)
    h += d
    d += sum0(e) + majority(e, f, g)
    c += sum1(h) + choose(h, a, b) + term(at + 40)
    g += c
    c += sum0(d) + majority(d, e, f)
    b += sum1(g) + choose(g, h, a) + term(at + 48)
    f += b
    b += sum0(c) + majority(c, d, e)
    a += sum1(f) + choose(f, g, h) + term(at + 56)
    e += a
    a += sum0(b) + majority(b, c, d)
  }
  store<u64>(state, load<u64>(state) + a)
  store<u64>(state, load<u64>(state, 8) + b, 8)
  store<u64>(state, load<u64>(state, 16) + c, 16)
  store<u64>(state, load<u64>(state, 24) + d, 24)
  store<u64>(state, load<u64>(state, 32) + e, 32)
  store<u64>(state, load<u64>(state, 40) + f, 40)
  store<u64>(state, load<u64>(state, 48) + g, 48)
  store<u64>(state, load<u64>(state, 56) + h, 56)
}

/** The message schedule: sixteen words of the block, then each from four before it. */
function expand(): void {
  for (let at: usize = 0; at < 128; at += 8) {
    store<u64>(schedule + at, bswap(load<u64>(block + at)))
  }
  for (let at = schedule + 128; at < schedule + 640; at += 8) {
    const near = load<u64>(at - 16)
    const far = load<u64>(at - 120)
    const mixedNear = rotr(near, 19) ^ rotr(near, 61) ^ (near >> 6)
    const mixedFar = rotr(far, 1) ^ rotr(far, 8) ^ (far >> 7)
    store<u64>(at, mixedNear + load<u64>(at - 56) + mixedFar + load<u64>(at - 128))
  }
}

function term(at: usize): u64 {
  return load<u64>(schedule + at) + load<u64>(roundConstants + at)
}

function sum0(a: u64): u64 {
  return rotr(a, 28) ^ rotr(a, 34) ^ rotr(a, 39)
}

function sum1(e: u64): u64 {
  return rotr(e, 14) ^ rotr(e, 18) ^ rotr(e, 41)
}

function choose(e: u64, f: u64, g: u64): u64 {
  return g ^ (e & (f ^ g))
}

function majority(a: u64, b: u64, c: u64): u64 {
  return (a & b) ^ (c & (a ^ b))
}
