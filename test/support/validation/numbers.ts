/** Whole numbers of any size: what the field, the scalars and their encodings are compared with. */
import { ed25519 } from '@noble/curves/ed25519.js'

/** 2^255 - 19, of the field. */
export const prime = ed25519.Point.Fp.ORDER

/** The order of the base point. */
export const order = ed25519.Point.Fn.ORDER

/** What is the rest of a division by the prime, or by another modulus; never negative. */
export function modulo(value: bigint, modulus: bigint = prime): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** 32 bytes, lowest first. */
export function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
}

/** What little-endian bytes stand for. */
export function number(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)
}
