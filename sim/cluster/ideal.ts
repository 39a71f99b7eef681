/**
 * Ideal signatures: unforgeable by construction, and a hundred times cheaper than real ones. A signature
 * is a keyed mix of the message, and only the holder of a `Signer` can make it; whoever verifies looks
 * the key's secret up here. No adversary of the simulator tries to break a mix, so what a node accepts
 * was signed. Sizes are those of the real schemes. Which kind a run used is part of its identity.
 */
import { assert } from '../../src/base/assert.ts'
import { equalBytes } from '../../src/base/bytes.ts'
import type { Check } from '../../src/kernel/environment.ts'
import type { Signer } from '../../src/protocol/crypto/signer.ts'
import type { CryptoScheme } from './crypto.ts'

interface Secret {
  readonly words: readonly [number, number]
  readonly publicKey: Uint8Array
}

const authorKeyBytes = 32
const voteKeyBytes = 48
const authorSignatureBytes = 64
const voteSignatureBytes = 96

/** A scheme of its own for one world. Keys made by another world are unknown here. */
export function idealScheme(): CryptoScheme {
  const secrets: Secret[] = []

  const newSecret = (keyBytes: number): Secret => {
    const number = secrets.length
    const words = [mix(number, 0x9e3779b1), mix(number, 0x85ebca77)] as const
    const publicKey = new Uint8Array(keyBytes)
    const view = new DataView(publicKey.buffer)
    view.setUint32(0, number, true)
    for (let at = 4; at < keyBytes; at += 4) view.setInt32(at, mix(words[0], at), true)
    const secret = { words, publicKey }
    secrets.push(secret)
    return secret
  }
  const secretOf = (publicKey: Uint8Array): Secret | undefined => {
    if (publicKey.length < 4) return undefined
    const secret = secrets[keyNumberOf(publicKey)]
    return secret !== undefined && equalBytes(secret.publicKey, publicKey) ? secret : undefined
  }
  const verifyOne = (
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean => {
    const secret = secretOf(publicKey)
    if (secret === undefined || signature.length !== authorSignatureBytes) return false
    return equalBytes(sign(secret, message, authorSignatureBytes), signature)
  }
  const verifyAggregate = (check: Extract<Check, { kind: 'bls' }>): boolean => {
    const { publicKeys, message, signature } = check
    if (publicKeys.length === 0 || signature.length !== voteSignatureBytes) return false
    const shares: Uint8Array[] = []
    for (const publicKey of publicKeys) {
      const secret = secretOf(publicKey)
      if (secret === undefined) return false
      shares.push(sign(secret, message, voteSignatureBytes))
    }
    return equalBytes(addUp(shares), signature)
  }
  return {
    kind: 'ideal',
    newSigner: () => signerOf(newSecret(authorKeyBytes), newSecret(voteKeyBytes)),
    check: (check) =>
      check.kind === 'bls'
        ? verifyAggregate(check)
        : verifyOne(check.publicKey, check.message, check.signature),
    verifySignature: verifyOne,
    aggregate: (signatures) =>
      signatures.some(({ length }) => length !== voteSignatureBytes)
        ? undefined
        : addUp(signatures),
  }
}

function signerOf(author: Secret, vote: Secret): Signer {
  return {
    authorKey: author.publicKey,
    voteKey: vote.publicKey,
    signAuthor: (message) => sign(author, message, authorSignatureBytes),
    signVote: (message) => sign(vote, message, voteSignatureBytes),
  }
}

/** The signature: two words over secret and message, spread over its length. */
function sign({ words }: Secret, message: Uint8Array, length: number): Uint8Array {
  let a = words[0] ^ message.length
  let b = words[1]
  for (const byte of message) {
    a = Math.imul(a ^ byte, 0x01000193) ^ (b >>> 13)
    b = Math.imul(b ^ a, 0x85ebca77) ^ (a >>> 16)
  }
  const signature = new Uint8Array(length)
  for (let at = 0; at < length; at += 8) {
    storeWord(signature, at, mix(a, at))
    storeWord(signature, at + 4, mix(b, at))
  }
  return signature
}

/** Byte by byte: a view of a short array costs more than all the rest. */
function storeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}

/** The number that a public key begins with. Three bytes are enough for the keys of a world. */
function keyNumberOf(publicKey: Uint8Array): number {
  return (publicKey[0] ?? 0) | ((publicKey[1] ?? 0) << 8) | ((publicKey[2] ?? 0) << 16)
}

/** Signatures over one message, aggregated: their sum byte by byte without carry. */
function addUp(signatures: readonly Uint8Array[]): Uint8Array {
  assert(signatures.length > 0, 'something to aggregate')
  const sum = new Uint8Array(voteSignatureBytes)
  for (const signature of signatures) {
    for (let i = 0; i < voteSignatureBytes; i += 1) sum[i] = (sum[i] ?? 0) ^ (signature[i] ?? 0)
  }
  return sum
}

function mix(value: number, salt: number): number {
  let h = Math.imul(value ^ salt, 0x9e3779b1)
  h ^= h >>> 15
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 13)
}
