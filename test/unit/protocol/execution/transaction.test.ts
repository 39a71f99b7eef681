import { ed25519 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../../../src/base/assert.ts'
import { toHex } from '../../../../src/base/bytes.ts'
import {
  addressOf,
  checkSignature,
  decodeTransaction,
  encodeTransaction,
  identifyTransaction,
  type KnownTransaction,
  signTransaction,
  type Transaction,
  transactionBytes,
  transactionCheck,
  transactionHash,
  transactionPurpose,
  transactionSigningBytes,
} from '../../../../src/protocol/execution/transaction.ts'
import { hashBytes, hashOfWords } from '../../../../src/protocol/hash.ts'

const chainTag = Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2)
const secret = new Uint8Array(32).fill(7)
const from = ed25519.getPublicKey(secret)
const fields = { from, to: new Uint8Array(20).fill(3), nonce: 5, amount: 1_000n, fee: 2n }
const signed = signTransaction(fields, chainTag, (message) => ed25519.sign(message, secret))
const bytes = encodeTransaction(signed, chainTag)
const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  ed25519.verify(signature, message, key)

const anyBytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const anyTransaction: fc.Arbitrary<Transaction> = fc.record({
  from: anyBytes(32),
  to: anyBytes(20),
  nonce: fc.maxSafeNat(),
  amount: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fee: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  signature: anyBytes(64),
})

test('decoding is the inverse of encoding', () => {
  const property = fc.property(anyTransaction, (transaction) => {
    const encoded = encodeTransaction(transaction, chainTag)
    expect(encoded.length).toBe(transactionBytes)
    expect(decodeTransaction(encoded, chainTag)).toEqual({ ok: true, value: transaction })
  })
  fc.assert(property, { seed: 1, numRuns: 200 })
})

test('whatever bytes can be decoded are the encoding of what they decode to', () => {
  const property = fc.property(anyBytes(transactionBytes - 9), (rest) => {
    const encoded = Uint8Array.of(1, ...chainTag, ...rest)
    const read = decodeTransaction(encoded, chainTag)
    if (read.ok) expect(encodeTransaction(read.value, chainTag)).toEqual(encoded)
    else expect(read.fault).toMatchObject({ code: 'out-of-range', field: 'nonce' })
  })
  fc.assert(property, { seed: 1, numRuns: 200 })
})

test.each([
  ['another version', bytes.with(0, 2), { code: 'unknown-kind', field: 'version' }],
  ['another chain', bytes.with(1, 0), { code: 'unknown-kind', field: 'chainTag' }],
  ['one byte less', bytes.slice(1), { code: 'unknown-kind' }],
  ['a cut', bytes.slice(0, -1), { code: 'too-short', field: 'signature' }],
  ['one byte more', Uint8Array.of(...bytes, 0), { code: 'too-long' }],
  ['a nonce of 2^53', bytes.with(1 + 8 + 32 + 20 + 6, 0x20), { code: 'out-of-range' }],
  ['nothing', new Uint8Array(0), { code: 'too-short' }],
])('%s is refused', (_, damaged, fault) => {
  expect(decodeTransaction(damaged, chainTag)).toMatchObject({ ok: false, fault })
})

test('what is signed begins with the purpose and the chain, then holds each field', () => {
  const message = transactionSigningBytes(fields, chainTag)
  expect(message.length).toBe(85)
  expect(message[0]).toBe(transactionPurpose)
  expect(toHex(message.subarray(1, 9))).toBe(toHex(chainTag))
  expect(toHex(message.subarray(1))).toBe(toHex(bytes.subarray(1, 85)))
})

test('a signature by the sender is right, and only on this chain and these fields', () => {
  const knownOf = (encoded: Uint8Array, tag: Uint8Array): KnownTransaction => {
    const read = identifyTransaction(encoded, tag)
    return present(read.ok ? read.value : undefined, 'a transaction')
  }
  const known = knownOf(bytes, chainTag)
  expect(transactionCheck(known)).toEqual({
    ...{ kind: 'ed25519', publicKey: from, signature: signed.signature },
    message: transactionSigningBytes(fields, chainTag),
  })
  expect(checkSignature(known, verify)).toBe(known)
  const amountAt = 1 + 8 + 32 + 20 + 8
  const more = bytes.with(amountAt, 1 ^ (bytes[amountAt] ?? 0))
  expect(checkSignature(knownOf(more, chainTag), verify)).toBeUndefined()
  const elsewhere = chainTag.with(0, 1)
  expect(checkSignature(knownOf(bytes.with(1, 1), elsewhere), verify)).toBeUndefined()
})

test('the address is the beginning of the hash of the key', () => {
  expect(addressOf(from)).toEqual(hashBytes('address', from).slice(0, 20))
})

test('a transaction is known by its bytes, its hash and its sender', () => {
  const read = identifyTransaction(bytes, chainTag)
  expect(read).toMatchObject({
    ok: true,
    value: { ...signed, bytes, hash: transactionHash(bytes), sender: addressOf(from) },
  })
  expect(read.ok && hashOfWords(read.value.hashWords)).toBe(transactionHash(bytes))
})

test('encoding and hash do not change unnoticed', () => {
  const plain = { ...fields, from: new Uint8Array(32).fill(1), signature: new Uint8Array(64) }
  const hash = transactionHash(encodeTransaction(plain, chainTag))
  expect(hash).toMatchInlineSnapshot(
    `"39aa859911f9f95aa50308da1e06bac0581b0946e125933b7db56ae8407d12ed"`,
  )
})
