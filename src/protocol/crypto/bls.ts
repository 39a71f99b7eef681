/**
 * BLS12-381 signatures: public keys in G1 (48 bytes), signatures in G2 (96 bytes), both compressed,
 * in the proof-of-possession scheme of draft-irtf-cfrg-bls-signature. Many signatures over one
 * message become one, checked against the sum of the keys. That is sound only because each key's
 * owner has proved to hold its secret: check {@link verifyPossession} before admitting a key.
 *
 * Points outside the prime-order subgroup and the point at infinity are refused everywhere.
 *
 * This is the reference and the fallback. It is slow: 25 ms a verification or so.
 */
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { assert } from '../../base/assert.ts'
import { asciiBytes, concatBytes } from '../../base/bytes.ts'

const curve = bls12_381.longSignatures
const keyBytes = 48
const signatureBytes = 96
const secretBytes = 32

/** Domains for hashing to the curve (draft, section 4.2.3). */
const signatureDomain = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'
const possessionDomain = 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'

type KeyPoint = ReturnType<typeof curve.getPublicKey>
type SignaturePoint = ReturnType<typeof curve.hash>

/** Whether these bytes are a secret key: 32, big-endian, above 0 and below the group's order. */
export function isBlsSecret(secret: Uint8Array): boolean {
  if (secret.length !== secretBytes) return false
  const scalar = fromBigEndian(secret)
  return scalar > 0n && scalar < bls12_381.fields.Fr.ORDER
}

/** A secret key out of 32 or more bytes of good randomness (draft, section 2.3, KeyGen). */
export function blsSecretFrom(seed: Uint8Array): Uint8Array {
  assert(seed.length >= secretBytes, 'a seed of 32 bytes or more')
  const keyMaterial = concatBytes(seed, Uint8Array.of(0))
  const outputBytes = 48
  let salt = asciiBytes('BLS-SIG-KEYGEN-SALT-')
  for (;;) {
    salt = sha256(salt)
    const pseudoRandomKey = extract(sha256, keyMaterial, salt)
    const output = expand(sha256, pseudoRandomKey, Uint8Array.of(0, outputBytes), outputBytes)
    const scalar = fromBigEndian(output) % bls12_381.fields.Fr.ORDER
    if (scalar !== 0n) return bls12_381.fields.Fr.toBytes(scalar)
  }
}

/** The public key of a secret. Asserts {@link isBlsSecret}. */
export function blsPublicKey(secret: Uint8Array): Uint8Array {
  assert(isBlsSecret(secret), 'a BLS secret key')
  return curve.getPublicKey(secret).toBytes()
}

/** Signs. 96 bytes, the same each time. Asserts {@link isBlsSecret}. */
export function signBls(secret: Uint8Array, message: Uint8Array): Uint8Array {
  return sign(secret, message, signatureDomain)
}

/**
 * Whether `signature` is the aggregate of a signature by each of `publicKeys` over `message`. A key
 * that occurs twice must have signed twice. No keys, and anything malformed, is just wrong.
 */
export function verifyBls(
  publicKeys: readonly Uint8Array[],
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  let sum = bls12_381.G1.Point.ZERO
  for (const publicKey of publicKeys) {
    const point = keyPoint(publicKey)
    if (point === undefined) return false
    sum = sum.add(point)
  }
  return verify(sum, curve.hash(message, signatureDomain), signature)
}

/**
 * One signature out of several over the same message. Undefined if there are none, if one is
 * malformed, or if they cancel out, so that no certificate could hold their sum.
 */
export function aggregateBls(signatures: readonly Uint8Array[]): Uint8Array | undefined {
  let sum = bls12_381.G2.Point.ZERO
  for (const signature of signatures) {
    const point = signaturePoint(signature)
    if (point === undefined) return undefined
    sum = sum.add(point)
  }
  return sum.is0() ? undefined : curve.Signature.toBytes(sum)
}

/** Proves that one holds this secret: a signature over its public key, in a domain of its own. */
export function provePossession(secret: Uint8Array): Uint8Array {
  return sign(secret, blsPublicKey(secret), possessionDomain)
}

/** Whether the proof shows that somebody holds the secret of this key. */
export function verifyPossession(publicKey: Uint8Array, proof: Uint8Array): boolean {
  const point = keyPoint(publicKey)
  if (point === undefined) return false
  return verify(point, curve.hash(publicKey, possessionDomain), proof)
}

function sign(secret: Uint8Array, message: Uint8Array, domain: string): Uint8Array {
  assert(isBlsSecret(secret), 'a BLS secret key')
  return curve.Signature.toBytes(curve.sign(curve.hash(message, domain), secret))
}

function verify(key: KeyPoint, message: SignaturePoint, signature: Uint8Array): boolean {
  const point = signaturePoint(signature)
  // No keys at all, or keys that cancel out: nothing is proved, so nothing is accepted.
  if (point === undefined || key.is0()) return false
  return curve.verify(point, message, key)
}

/** A key's point, checked to be in the subgroup and not infinity. The library throws if it is not. */
function keyPoint(bytes: Uint8Array): KeyPoint | undefined {
  if (bytes.length !== keyBytes) return undefined
  try {
    const point = bls12_381.G1.Point.fromBytes(bytes)
    return point.is0() ? undefined : point
  } catch {
    return undefined
  }
}

/** A signature's point, as {@link keyPoint}. */
function signaturePoint(bytes: Uint8Array): SignaturePoint | undefined {
  if (bytes.length !== signatureBytes) return undefined
  try {
    const point = curve.Signature.fromBytes(bytes)
    return point.is0() ? undefined : point
  } catch {
    return undefined
  }
}

function fromBigEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = value * 256n + BigInt(byte)
  return value
}
