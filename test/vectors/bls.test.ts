/**
 * BLS12-381 in two independent implementations, @noble/curves (ours) and @chainsafe/blst: what one
 * makes, the other accepts, and both refuse the same. Proofs of possession, for which blst's binding
 * has no function, against a published vector.
 */
import {
  aggregateSignatures,
  fastAggregateVerify,
  PublicKey,
  SecretKey,
  Signature,
} from '@chainsafe/blst'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { describe, expect, test } from 'vitest'
import { AssertionError, present } from '../../src/base/assert.ts'
import { asciiBytes, fromHex, toHex } from '../../src/base/bytes.ts'
import {
  aggregateBls,
  blsPublicKey,
  blsSecretFrom,
  isBlsSecret,
  provePossession,
  signBls,
  verifyBls,
  verifyPossession,
} from '../../src/protocol/crypto/bls.ts'
import { verifyEd25519 } from '../../src/protocol/crypto/ed25519.ts'
import { nobleSigner } from '../../src/protocol/crypto/noble-signer.ts'

const bytes = (hex: string): Uint8Array => present(fromHex(hex), hex)
const seed = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const secrets = [1, 2, 3].map((n) => blsSecretFrom(seed(n)))
const keys = secrets.map(blsPublicKey)
const message = asciiBytes('slot 7')
const signatures = secrets.map((secret) => signBls(secret, message))
const first = <Item>(items: readonly Item[]): Item => present(items[0], 'a first one')

/** blst, used as the platform uses it: anything malformed is false. */
function verifyByBlst(
  publicKeys: readonly Uint8Array[],
  text: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const points = publicKeys.map((key) => PublicKey.fromBytes(key, true))
    return fastAggregateVerify(text, points, Signature.fromBytes(signature, true, true), true)
  } catch {
    return false
  }
}

/** As {@link verifyByBlst}. Its function for serialised signatures would let infinity through. */
function aggregateByBlst(parts: readonly Uint8Array[]): Uint8Array | undefined {
  try {
    const points = parts.map((part) => Signature.fromBytes(part, true, true))
    return aggregateSignatures(points).toBytes()
  } catch {
    return undefined
  }
}

describe('what one makes, the other makes and accepts', () => {
  test('secret keys from seeds, of 32 bytes and more', () => {
    for (const material of [seed(1), seed(255), new Uint8Array(77).fill(9)]) {
      expect(blsSecretFrom(material)).toEqual(SecretKey.fromKeygen(material).toBytes())
    }
  })

  test('public keys and signatures are the same bytes', () => {
    for (const [i, secret] of secrets.entries()) {
      const theirs = SecretKey.fromBytes(secret)
      expect(toHex(theirs.toPublicKey().toBytes())).toBe(toHex(present(keys[i], 'a key')))
      expect(toHex(theirs.sign(message).toBytes())).toBe(toHex(present(signatures[i], 'a sig')))
    }
  })

  test('an aggregate is the same bytes, and both accept it for exactly its signers and message', () => {
    const aggregate = present(aggregateBls(signatures), 'an aggregate')
    expect(aggregateByBlst(signatures)).toEqual(aggregate)
    const cases = [
      { who: keys, what: message, verdict: true },
      { who: [...keys].reverse(), what: message, verdict: true },
      { who: keys.slice(1), what: message, verdict: false },
      { who: [...keys, first(keys)], what: message, verdict: false },
      { who: keys, what: asciiBytes('slot 8'), verdict: false },
      { who: [], what: message, verdict: false },
    ]
    for (const { who, what, verdict } of cases) {
      expect(verifyBls(who, what, aggregate)).toBe(verdict)
      expect(verifyByBlst(who, what, aggregate)).toBe(verdict)
    }
  })

  test('a repeated signer counts as often as it signed', () => {
    const twice = present(aggregateBls([first(signatures), first(signatures)]), 'an aggregate')
    for (const verify of [verifyBls, verifyByBlst]) {
      expect(verify([first(keys), first(keys)], message, twice)).toBe(true)
      expect(verify([first(keys)], message, twice)).toBe(false)
    }
  })
})

describe('what both refuse', () => {
  const { Fp } = bls12_381.fields
  const infinityKey = bytes(`c0${'00'.repeat(47)}`)
  const infinitySignature = bytes(`c0${'00'.repeat(95)}`)

  /** The first compressed point with a small x that `isOnCurve`. Hardly any lies in the subgroup. */
  function smallPoint(length: number, isOnCurve: (point: Uint8Array) => boolean): Uint8Array {
    const points = Array.from({ length: 20 }, (_, i) => {
      const point = new Uint8Array(length)
      point[0] = 0x80
      point[length - 1] = i + 1
      return point
    })
    return present(points.find(isOnCurve), 'a small x on the curve')
  }

  function succeeds(act: () => unknown): boolean {
    try {
      act()
      return true
    } catch {
      return false
    }
  }

  const keyOutsideSubgroup = smallPoint(48, (point) =>
    succeeds(() => PublicKey.fromBytes(point, false)),
  )
  const signatureOutsideSubgroup = smallPoint(96, (point) =>
    succeeds(() => Signature.fromBytes(point, false)),
  )

  function changed(original: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
    const copy = Uint8Array.from(original)
    change(copy)
    return copy
  }

  const fieldOrder = bytes(Fp.ORDER.toString(16).padStart(96, '0'))

  test('malformed keys, also among good ones', () => {
    const good = first(keys)
    const bad: Record<string, Uint8Array> = {
      infinity: infinityKey,
      'outside the subgroup': keyOutsideSubgroup,
      'x at the field order': changed(fieldOrder, (copy) => copy.set([(copy[0] ?? 0) | 0x80])),
      'no compression flag': changed(good, (copy) => copy.set([(copy[0] ?? 0) & 0x7f])),
      'infinity flag on a point': changed(good, (copy) => copy.set([(copy[0] ?? 0) | 0x40])),
      'one byte short': good.slice(0, 47),
      'one byte long': new Uint8Array([...good, 0]),
      empty: new Uint8Array(0),
    }
    for (const [name, key] of Object.entries(bad)) {
      for (const verify of [verifyBls, verifyByBlst]) {
        expect(verify([key], message, first(signatures)), name).toBe(false)
        expect(verify([good, key], message, first(signatures)), `${name}, second`).toBe(false)
      }
      expect(verifyPossession(key, first(signatures)), name).toBe(false)
    }
  })

  test('a key of uncompressed form, which blst would read, has not 48 bytes', () => {
    const long = bls12_381.G1.Point.fromBytes(first(keys)).toBytes(false)
    expect(long.length).toBe(96)
    expect(verifyBls([long], message, first(signatures))).toBe(false)
  })

  test('malformed signatures', () => {
    const good = first(signatures)
    const bad: Record<string, Uint8Array> = {
      infinity: infinitySignature,
      'outside the subgroup': signatureOutsideSubgroup,
      'no compression flag': changed(good, (copy) => copy.set([(copy[0] ?? 0) & 0x7f])),
      'the other root': changed(good, (copy) => copy.set([(copy[0] ?? 0) ^ 0x20])),
      'one byte short': good.slice(0, 95),
      'one byte long': new Uint8Array([...good, 0]),
      empty: new Uint8Array(0),
    }
    for (const [name, signature] of Object.entries(bad)) {
      expect(verifyBls([first(keys)], message, signature), name).toBe(false)
      expect(verifyByBlst([first(keys)], message, signature), name).toBe(false)
      if (name === 'the other root') continue
      expect(aggregateBls([good, signature]), name).toBeUndefined()
      expect(aggregateByBlst([good, signature]), name).toBeUndefined()
    }
    expect(aggregateBls([])).toBeUndefined()
    expect(aggregateByBlst([])).toBeUndefined()
  })

  test('keys that cancel out vouch for nothing, and their signatures make no aggregate', () => {
    const { Fr } = bls12_381.fields
    const opposite = Fr.toBytes(Fr.neg(BigInt(`0x${toHex(first(secrets))}`)))
    const pair = [first(keys), blsPublicKey(opposite)]
    expect(aggregateBls([first(signatures), signBls(opposite, message)])).toBeUndefined()
    for (const verify of [verifyBls, verifyByBlst]) {
      expect(verify(pair, message, infinitySignature)).toBe(false)
      expect(verify(pair, message, first(signatures))).toBe(false)
    }
  })

  test('no secret of zero, of the group order or above, or of another length', () => {
    const order = bytes(bls12_381.fields.Fr.ORDER.toString(16).padStart(64, '0'))
    for (const secret of [seed(0), order, seed(255), new Uint8Array(31).fill(1)]) {
      expect(isBlsSecret(secret)).toBe(false)
      expect(() => SecretKey.fromBytes(secret)).toThrow()
      expect(() => signBls(secret, message)).toThrow(AssertionError)
      expect(() => blsPublicKey(secret)).toThrow(AssertionError)
    }
  })
})

describe('proof of possession', () => {
  test('the vector of the Chia reference implementation, for its key of seed 04…04', () => {
    // What an older KeyGen, whose salt is not hashed, makes of that seed.
    const secret = bytes('258787ef728c898e43bc76244d70f468c9c7e1338a107b18b42da0d86b663c26')
    const proof =
      '84f709159435f0dc73b3e8bf6c78d85282d19231555a8ee3b6e2573aaf66872d' +
      '9203fefa1ef700e34e7c3f3fb28210100558c6871c53f1ef6055b9f06b0d1abe' +
      '22ad584ad3b957f3018a8f58227c6c716b1e15791459850f2289168fa0cf9115'
    expect(toHex(provePossession(secret))).toBe(proof)
    expect(verifyPossession(blsPublicKey(secret), bytes(proof))).toBe(true)
  })

  test('it is for one key, and is no signature over that key', () => {
    const key = first(keys)
    const proof = provePossession(first(secrets))
    expect(verifyPossession(key, proof)).toBe(true)
    expect(verifyPossession(present(keys[1], 'a second key'), proof)).toBe(false)
    expect(verifyPossession(key, signBls(first(secrets), key))).toBe(false)
    expect(verifyBls([key], key, proof)).toBe(false)
    expect(verifyByBlst([key], key, proof)).toBe(false)
  })
})

test('a signer signs with both of its keys', () => {
  const signer = nobleSigner(seed(1), first(secrets))
  expect(verifyEd25519(signer.authorKey, message, signer.signAuthor(message))).toBe(true)
  expect(signer.voteKey).toEqual(first(keys))
  expect(signer.signVote(message)).toEqual(first(signatures))
})
