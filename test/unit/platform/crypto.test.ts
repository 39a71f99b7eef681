/** Native signatures against the references in protocol/crypto: the same verdicts, on odd input too. */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { asciiBytes, fromHex } from '../../../src/base/bytes.ts'
import {
  aggregateBlsNative,
  type BlsCheck,
  blstSigner,
  nativeCrypto,
} from '../../../src/platform/crypto.ts'
import {
  aggregateBls,
  blsPublicKey,
  blsSecretFrom,
  signBls,
  verifyBls,
} from '../../../src/protocol/crypto/bls.ts'
import {
  ed25519PublicKey,
  signEd25519,
  verifyEd25519,
} from '../../../src/protocol/crypto/ed25519.ts'
import { nobleSigner } from '../../../src/protocol/crypto/noble-signer.ts'
import { published } from '../../vectors/published.ts'

interface Wycheproof {
  readonly testGroups: readonly {
    readonly key: { readonly pk: string }
    readonly tests: readonly {
      readonly tcId: number
      readonly msg: string
      readonly sig: string
      readonly result: string
    }[]
  }[]
}

const bytes = (hex: string): Uint8Array => present(fromHex(hex), hex)
const native = nativeCrypto()
const message = asciiBytes('a vote')
const secret = new Uint8Array(32).fill(9)

describe('Ed25519', () => {
  const key = ed25519PublicKey(secret)
  const signature = signEd25519(secret, message)

  test('a right signature holds, also when its key comes from a larger buffer', () => {
    expect(native.verifyEd25519(key, message, signature)).toBe(true)
    const larger = new Uint8Array(100)
    larger.set(key, 7)
    expect(native.verifyEd25519(larger.subarray(7, 39), message, signature)).toBe(true)
  })

  test('keys and signatures of any other length are wrong', () => {
    for (const length of [0, 31, 33, 63, 64, 65]) {
      const odd = new Uint8Array(length)
      if (length !== 32) expect(native.verifyEd25519(odd, message, signature)).toBe(false)
      if (length !== 64) expect(native.verifyEd25519(key, message, odd)).toBe(false)
    }
  })

  test('a changed bit anywhere gets the verdict of the reference', () => {
    const whole = new Uint8Array([...key, ...message, ...signature])
    const parts = (all: Uint8Array) =>
      [all.slice(0, 32), all.slice(32, -64), all.slice(-64)] as const
    const property = fc.property(fc.nat({ max: whole.length * 8 - 1 }), (bit) => {
      const changed = whole.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(native.verifyEd25519(...parts(changed))).toBe(verifyEd25519(...parts(changed)))
    })
    fc.assert(property, { seed: 1, numRuns: 60 })
  })

  test('Wycheproof: forged, malleable and truncated signatures are refused', (context) => {
    const suite = JSON.parse(published(context, 'ed25519/wycheproof.json')) as Wycheproof
    for (const { key: group, tests } of suite.testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        const verdict = native.verifyEd25519(bytes(group.pk), bytes(msg), bytes(sig))
        expect(verdict, `test ${tcId}`).toBe(result === 'valid')
      }
    }
  })

  test('ZIP-215: small orders and odd encodings get its verdicts, not those of OpenSSL', (context) => {
    const text = published(context, 'ed25519/zip215.json')
    const cases = JSON.parse(text) as {
      vk_bytes: string
      sig_bytes: string
      valid_zip215: boolean
    }[]
    expect(cases.length).toBe(196)
    for (const { vk_bytes, sig_bytes, valid_zip215 } of cases) {
      const verdict = native.verifyEd25519(bytes(vk_bytes), asciiBytes('Zcash'), bytes(sig_bytes))
      expect(verdict, `${vk_bytes} ${sig_bytes}`).toBe(valid_zip215)
    }
  })

  test('"Taming the many EdDSAs": the verdicts of ZIP-215 in its table', (context) => {
    const text = published(context, 'ed25519/edge-cases.json')
    const cases = JSON.parse(text) as { message: string; pub_key: string; signature: string }[]
    const verdicts = cases.map((it) =>
      native.verifyEd25519(bytes(it.pub_key), bytes(it.message), bytes(it.signature)) ? 'V' : 'X',
    )
    expect(verdicts.join('')).toBe('VVVVVVXXXVVV')
  })
})

describe('BLS', () => {
  const secrets = [1, 2, 3].map((i) => blsSecretFrom(new Uint8Array(32).fill(i)))
  const keys = secrets.map(blsPublicKey)
  const signatures = secrets.map((one) => signBls(one, message))
  const aggregate = present(aggregateBls(signatures), 'an aggregate')

  test('aggregates are those of the reference, and hold for exactly their keys', () => {
    expect(aggregateBlsNative(signatures)).toEqual(aggregate)
    expect(native.verifyBls(keys, message, aggregate)).toBe(true)
    expect(native.verifyBls(keys.toReversed(), message, aggregate)).toBe(true)
    expect(native.verifyBls(keys.slice(1), message, aggregate)).toBe(false)
    expect(native.verifyBls(keys, asciiBytes('other'), aggregate)).toBe(false)
    const [first, , third] = keys
    if (first === undefined || third === undefined) return expect.unreachable()
    expect(native.verifyBls([first, first, third], message, aggregate)).toBe(false)
  })

  test('a key that occurs twice must have signed twice, as in the reference', () => {
    const [key] = keys
    const [signature] = signatures
    if (key === undefined || signature === undefined) return expect.unreachable()
    const twice = present(aggregateBlsNative([signature, signature]), 'an aggregate')
    expect(native.verifyBls([key, key], message, twice)).toBe(true)
    expect(verifyBls([key, key], message, twice)).toBe(true)
    expect(native.verifyBls([key], message, twice)).toBe(false)
  })

  test('what is malformed is wrong, and never throws', () => {
    const [key] = keys
    const [signature] = signatures
    if (key === undefined || signature === undefined) return expect.unreachable()
    const infinityKey = Uint8Array.from({ length: 48 }, (_, i) => (i === 0 ? 0xc0 : 0))
    const infinity = Uint8Array.from({ length: 96 }, (_, i) => (i === 0 ? 0xc0 : 0))
    // On the curve, compressed, but outside the subgroup: x = 4 for keys.
    const outside = Uint8Array.from({ length: 48 }, (_, i) => (i === 0 ? 0x80 : i === 47 ? 4 : 0))
    const wrongKeys = [
      new Uint8Array(48),
      infinityKey,
      outside,
      new Uint8Array(96),
      new Uint8Array(0),
    ]
    for (const wrong of wrongKeys) {
      expect(native.verifyBls([wrong], message, signature)).toBe(false)
      expect(native.verifyBls([key, wrong], message, aggregate)).toBe(false)
      expect(verifyBls([wrong], message, signature)).toBe(false)
    }
    const wrongSignatures = [new Uint8Array(96), infinity, new Uint8Array(192), new Uint8Array(0)]
    for (const wrong of [...wrongSignatures, signature.subarray(1), randomBytes(96)]) {
      expect(native.verifyBls([key], message, wrong)).toBe(false)
      expect(aggregateBlsNative([signature, wrong])).toBeUndefined()
    }
    expect(native.verifyBls([], message, aggregate)).toBe(false)
    expect(native.verifyBls([], message, infinity)).toBe(false)
    expect(aggregateBlsNative([])).toBeUndefined()
  })

  test('signatures that cancel out have no aggregate', () => {
    const [signature] = signatures
    if (signature === undefined) return expect.unreachable()
    // The sign bit of a compressed point selects the other of two opposite points.
    const opposite = Uint8Array.from(signature, (byte, i) => (i === 0 ? byte ^ 0x20 : byte))
    expect(aggregateBlsNative([signature, opposite])).toBeUndefined()
    expect(aggregateBls([signature, opposite])).toBeUndefined()
  })
})

describe('BLS in batches', () => {
  const secrets = [1, 2, 3, 4].map((fill) => blsSecretFrom(new Uint8Array(32).fill(fill)))
  const messages = ['one', 'two', 'three', 'four'].map(asciiBytes)
  const good = secrets.map((each, i): BlsCheck => {
    const text = present(messages[i], 'a message')
    return { publicKeys: [blsPublicKey(each)], message: text, signature: signBls(each, text) }
  })
  const [first, second, third, fourth] = good
  const whole = {
    publicKeys: secrets.map(blsPublicKey),
    message,
    signature: present(aggregateBls(secrets.map((each) => signBls(each, message))), 'a sum'),
  }
  if (!first || !second || !third || !fourth) throw new Error('four checks')

  test('each gets the verdict that it gets alone', () => {
    const odd = new Uint8Array(5)
    const checks = [
      ...good,
      whole,
      { ...first, message },
      { ...second, signature: odd },
      { ...third, publicKeys: [] },
      { ...fourth, publicKeys: [odd] },
      { ...whole, publicKeys: whole.publicKeys.slice(1) },
    ]
    const wanted = checks.map((check) =>
      verifyBls(check.publicKeys, check.message, check.signature),
    )
    expect(wanted).toEqual([true, true, true, true, true, false, false, false, false, false])
    expect(native.verifyBlsBatch(checks)).toEqual(wanted)
    expect(native.verifyBlsBatch([...good, whole])).toEqual([true, true, true, true, true])
    expect(native.verifyBlsBatch([whole])).toEqual([true])
    expect(native.verifyBlsBatch([])).toEqual([])
  })

  test('two whose errors cancel out are both wrong, for each has a random weight', () => {
    const error = signBls(secret, asciiBytes('an error'))
    const opposite = Uint8Array.from(error, (byte, i) => (i === 0 ? byte ^ 0x20 : byte))
    const shifted = [
      { ...first, signature: present(aggregateBlsNative([first.signature, error]), 'a sum') },
      { ...second, signature: present(aggregateBlsNative([second.signature, opposite]), 'a sum') },
    ]
    // Added up without weights, nothing is wrong with them.
    const sum = (checks: readonly BlsCheck[]) => aggregateBlsNative(checks.map((c) => c.signature))
    expect(sum(shifted)).toEqual(sum([first, second]))
    expect(native.verifyBlsBatch([...shifted, third])).toEqual([false, false, true])
  })

  test('keys that cancel out have signed nothing', () => {
    const key = present(first.publicKeys[0], 'a key')
    const opposite = Uint8Array.from(key, (byte, i) => (i === 0 ? byte ^ 0x20 : byte))
    const none = { ...first, publicKeys: [key, opposite] }
    expect(native.verifyBlsBatch([none, second, none])).toEqual([false, true, false])
  })
})

describe('a signer on native code', () => {
  const voteSecret = blsSecretFrom(secret)

  test('has the keys and makes the signatures of the reference signer', () => {
    const signer = blstSigner(secret, voteSecret)
    const reference = nobleSigner(secret, voteSecret)
    expect(signer.authorKey).toEqual(reference.authorKey)
    expect(signer.voteKey).toEqual(reference.voteKey)
    expect(signer.signAuthor(message)).toEqual(reference.signAuthor(message))
    expect(signer.signVote(message)).toEqual(reference.signVote(message))
    expect(signer.signAuthor(new Uint8Array(0))).toEqual(reference.signAuthor(new Uint8Array(0)))
  })

  test('is not made from secrets of another form', () => {
    expect(() => blstSigner(new Uint8Array(31), voteSecret)).toThrow('an Ed25519 secret')
    expect(() => blstSigner(secret, new Uint8Array(32))).toThrow('a BLS secret key')
    expect(() => blstSigner(secret, new Uint8Array(32).fill(0xff))).toThrow('a BLS secret key')
  })
})
