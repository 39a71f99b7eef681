/**
 * The two signature schemes of the chain by native code: Ed25519 by OpenSSL, BLS12-381 by blst. Each
 * gives the same verdict as its reference in `protocol/crypto`, only sooner (some 10 and 20 times).
 *
 * OpenSSL's rule for Ed25519 is stricter than the chain's ZIP-215: it wants [S]B = R + [k]A exactly and
 * R in its canonical encoding, and so accepts a subset of what ZIP-215 accepts. Hence its yes is final,
 * and its no is put to the reference: forged signatures are dear, but never judged differently.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import {
  aggregatePublicKeys,
  aggregateSignatures,
  fastAggregateVerify,
  PublicKey,
  SecretKey,
  Signature,
  type SignatureSet,
  verifyMultipleAggregateSignatures,
} from '@chainsafe/blst'
import { assert } from '../base/assert.ts'
import { isBlsSecret } from '../protocol/crypto/bls.ts'
import { ed25519PublicKey, verifyEd25519 } from '../protocol/crypto/ed25519.ts'
import type { Signer } from '../protocol/crypto/signer.ts'

const ed25519KeyBytes = 32
const ed25519SignatureBytes = 64
const blsKeyBytes = 48
const blsSignatureBytes = 96

/** Parsed public keys that are kept; a parsed and checked BLS key saves some 65 µs a use. */
const cachedKeysMax = 4_096

/** What stands before the 32 raw bytes in the DER of an Ed25519 key (RFC 8410, sections 4 and 7). */
const publicDerPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const secretDerPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Verification with the parsed keys of earlier calls at hand. Malformed input is `false`. */
export interface NativeCrypto {
  /** As `verifyEd25519` of `protocol/crypto`. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** As `verifyBls` of `protocol/crypto`: one signature for all keys over the same message. */
  verifyBls(publicKeys: readonly Uint8Array[], message: Uint8Array, signature: Uint8Array): boolean
  /**
   * As `verifyBls` for each, in about half the time: one equation for all, each weighted by a random number, which
   * false ones fulfil with a probability of 2^-64. If it does not hold, each is verified by itself.
   */
  verifyBlsBatch(checks: readonly BlsCheck[]): readonly boolean[]
}

/** One signature over `message`, aggregated of those of every key. */
export interface BlsCheck {
  readonly publicKeys: readonly Uint8Array[]
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** Native verification with an empty cache of keys. */
export function nativeCrypto(): NativeCrypto {
  const edKey = remembered(importEd25519)
  const blsKey = remembered(parseBlsKey)
  return {
    verifyEd25519: (publicKey, message, signature) => {
      if (publicKey.length !== ed25519KeyBytes) return false
      if (signature.length !== ed25519SignatureBytes) return false
      const key = edKey(publicKey)
      if (key !== undefined && verify(null, message, key, signature)) return true
      return verifyEd25519(publicKey, message, signature)
    },
    verifyBls: (publicKeys, message, signature) => {
      const parsed = parseCheck({ publicKeys, message, signature }, blsKey)
      return parsed !== undefined && holdsAlone(parsed)
    },
    verifyBlsBatch: (checks) => {
      const parsed = checks.map((check) => parseCheck(check, blsKey))
      const whole = parsed.filter((check) => check !== undefined)
      const areAllRight = whole.length > 1 && holdTogether(whole)
      return parsed.map((check) => check !== undefined && (areAllRight || holdsAlone(check)))
    },
  }
}

/** A check whose points are points of the right subgroups. */
interface ParsedCheck {
  readonly keys: PublicKey[]
  readonly message: Uint8Array
  readonly point: Signature
}

function parseCheck(
  { publicKeys, message, signature }: BlsCheck,
  parseKey: (bytes: Uint8Array) => PublicKey | undefined,
): ParsedCheck | undefined {
  const point = parseSignature(signature)
  if (point === undefined) return undefined
  const keys = publicKeys.map(parseKey).filter((key) => key !== undefined)
  return keys.length > 0 && keys.length === publicKeys.length ? { keys, message, point } : undefined
}

// The subgroup checks were done when the points were parsed.

function holdsAlone({ keys, message, point }: ParsedCheck): boolean {
  return orUndefined(() => fastAggregateVerify(message, keys, point, false)) === true
}

function holdTogether(checks: readonly ParsedCheck[]): boolean {
  const verified = orUndefined(() => {
    const sets = checks.map(
      ({ keys, message, point }): SignatureSet => ({
        msg: message,
        pk: aggregatePublicKeys(keys, false),
        sig: point,
      }),
    )
    return verifyMultipleAggregateSignatures(sets, false, false)
  })
  return verified === true
}

/** As `aggregateBls` of `protocol/crypto`: undefined if one signature is malformed, or if none is given. */
export function aggregateBlsNative(signatures: readonly Uint8Array[]): Uint8Array | undefined {
  const points = signatures.map(parseSignature).filter((point) => point !== undefined)
  if (points.length === 0 || points.length < signatures.length) return undefined
  const sum = plain(aggregateSignatures(points, false).toBytes())
  return parseSignature(sum) === undefined ? undefined : sum
}

/**
 * A signer on native code. `authorSecret` is any 32 bytes, `voteSecret` a BLS secret key of 32 bytes
 * (both asserted). The secrets stay in the memory of this process.
 */
export function blstSigner(authorSecret: Uint8Array, voteSecret: Uint8Array): Signer {
  assert(authorSecret.length === 32, 'an Ed25519 secret of 32 bytes')
  assert(isBlsSecret(voteSecret), 'a BLS secret key of 32 bytes')
  const der = Buffer.concat([secretDerPrefix, authorSecret])
  const authorKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const voteKey = SecretKey.fromBytes(voteSecret)
  return {
    authorKey: ed25519PublicKey(authorSecret),
    voteKey: plain(voteKey.toPublicKey().toBytes()),
    signAuthor: (message) => plain(sign(null, message, authorKey)),
    signVote: (message) => plain(voteKey.sign(message).toBytes()),
  }
}

function importEd25519(bytes: Uint8Array): KeyObject | undefined {
  const der = Buffer.concat([publicDerPrefix, bytes])
  return orUndefined(() => createPublicKey({ key: der, format: 'der', type: 'spki' }))
}

function parseBlsKey(bytes: Uint8Array): PublicKey | undefined {
  if (bytes.length !== blsKeyBytes) return undefined
  return orUndefined(() => PublicKey.fromBytes(bytes, true))
}

/** A point of the right subgroup, not infinity. */
function parseSignature(bytes: Uint8Array): Signature | undefined {
  if (bytes.length !== blsSignatureBytes) return undefined
  return orUndefined(() => Signature.fromBytes(bytes, true, true))
}

/** Remembers parsed keys; the oldest makes room. A malformed one is parsed anew each time. */
function remembered<Key>(
  parse: (bytes: Uint8Array) => Key | undefined,
): (bytes: Uint8Array) => Key | undefined {
  const keys = new Map<string, Key>()
  return (bytes) => {
    const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const known = keys.get(name)
    if (known !== undefined) return known
    const key = parse(bytes)
    if (key === undefined) return undefined
    const [oldest] = keys.keys()
    if (oldest !== undefined && keys.size >= cachedKeysMax) keys.delete(oldest)
    keys.set(name, key)
    return key
  }
}

/** The value, or undefined if a library threw: that is how it says that the input is malformed. */
function orUndefined<Value>(make: () => Value): Value | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** A copy that is a plain `Uint8Array`, not a `Buffer`. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
