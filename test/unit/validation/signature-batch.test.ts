/** How batches are filled, cut, and judged again when something is wrong. What holds is for the property tests. */
import { beforeEach, describe, expect, test } from 'vitest'
import { AssertionError, present } from '../../../src/base/assert.ts'
import { concatBytes } from '../../../src/base/bytes.ts'
import { variants } from '../../../src/validation/kernel/build.ts'
import type { SignatureKernel } from '../../../src/validation/kernel-exports.ts'
import { KernelMemory } from '../../../src/validation/kernel-memory.ts'
import {
  SignatureBatch,
  type SignatureBatchLimits,
  type SignatureCheck,
} from '../../../src/validation/signature-batch.ts'
import { Forger } from '../../support/validation/forgeries.ts'
import { batchOn, keptKernel, systemEntropy } from '../../support/validation/kernel.ts'
import { littleEndian, modulo, number, order } from '../../support/validation/numbers.ts'

const forger = new Forger(3)
const honest = Array.from({ length: 200 }, () => forger.honest())
const isFalse = (check: SignatureCheck): SignatureCheck => ({
  ...check,
  message: Uint8Array.of(...check.message, 0),
})

/** A kernel that counts what it is asked for. */
function countingKernel(): { kernel: SignatureKernel; looks: (readonly [number, number])[] } {
  const kernel = keptKernel('fma')
  const looks: (readonly [number, number])[] = []
  const hold = (from: number, to: number): number => {
    looks.push([from, to])
    return kernel.hold(from, to)
  }
  return { kernel: { ...kernel, hold }, looks }
}

function checkAt(i: number): SignatureCheck {
  return present(honest[i], 'a check')
}

describe('any checks', () => {
  test('none at all have no verdicts', () => {
    expect(batchOn(keptKernel('fma')).verify([])).toEqual([])
  })

  test('more than fit are cut into batches, and the verdicts keep their order', () => {
    const checks = honest.map((check, i) => (i % 37 === 5 ? isFalse(check) : check))
    const expected = honest.map((_, i) => i % 37 !== 5)
    for (const signaturesMax of [1, 2, 7, 64, 199, 200]) {
      const batch = batchOn(keptKernel('fma'), { signaturesMax })
      expect(batch.verify(checks)).toEqual(expected)
    }
  })

  test('a batch ends where its messages do, and a longer message makes room for itself', () => {
    const { kernel, looks } = countingKernel()
    const batch = batchOn(kernel, { messageBytesMax: 600 })
    const long = isFalse({ ...checkAt(0), message: new Uint8Array(100_000) })
    const checks = [...honest.slice(0, 20), long, ...honest.slice(20, 40)]
    expect(batch.verify(checks)).toEqual(checks.map((check) => check !== long))
    expect(looks.length).toBeGreaterThan(3)
  })

  test('keys and signatures of another length are false, and others are judged nevertheless', () => {
    const check = checkAt(0)
    const cut = { ...check, signature: check.signature.slice(1) }
    const long = { ...check, publicKey: Uint8Array.of(...check.publicKey, 0) }
    const empty = { ...check, publicKey: new Uint8Array(0) }
    const batch = batchOn(keptKernel('fma'))
    expect(batch.verify([cut, check, long, empty, check])).toEqual([
      false,
      true,
      false,
      false,
      true,
    ])
  })

  test('many keys at once are all looked up', () => {
    const signers = Array.from({ length: 5 }, (_, seed) => new Forger(seed))
    const checks = signers.flatMap((each) => Array.from({ length: 12 }, () => each.honest()))
    const keys = new Set(checks.map(({ publicKey }) => publicKey.join()))
    expect(keys.size).toBeGreaterThan(20)
    const batch = batchOn(keptKernel('fma'), { signaturesMax: 64 })
    expect(batch.verify(checks)).not.toContain(false)
    expect(batch.verify(checks.map(isFalse))).not.toContain(true)
  })
})

describe('registered keys', () => {
  let batch: SignatureBatch

  beforeEach(() => {
    batch = batchOn(keptKernel('fma'), { keysMax: 2, signaturesMax: 8 })
  })

  function keysOf(count: number): readonly Uint8Array[] {
    const keys = new Map(honest.map(({ publicKey }) => [publicKey.join(), publicKey]))
    return [...keys.values()].slice(0, count)
  }

  test('have one number each, however often they are named', () => {
    const [first, second] = keysOf(2).map((key) => batch.register(key))
    expect(first).not.toBe(second)
    expect(keysOf(2).map((key) => batch.register(key))).toEqual([first, second])
  })

  test('are so many at most, until they are forgotten', () => {
    const [one, two, three] = keysOf(3)
    batch.register(present(one, 'a key'))
    batch.register(present(two, 'a key'))
    expect(() => batch.register(present(three, 'a key'))).toThrow(AssertionError)
    batch.forgetKeys()
    const check = present(
      honest.find(({ publicKey }) => publicKey === three),
      'a check',
    )
    const number = batch.register(present(three, 'a key'))
    batch.clear()
    expect(batch.place(number, check.signature, check.message)).toBe(true)
    expect(batch.allHold(1)).toBe(true)
  })

  test('that are no points have false signatures', () => {
    const { signature, message } = checkAt(0)
    // 2 is not the y of a point.
    const number = batch.register(Uint8Array.of(2, ...new Uint8Array(31)))
    batch.clear()
    batch.place(number, signature, message)
    expect(batch.allHold(1)).toBe(false)
    expect(batch.verdicts(1)).toEqual([false])
  })

  test('are used by checks that name them, beside others', () => {
    for (const key of keysOf(2)) batch.register(key)
    const checks = honest.slice(0, 20)
    expect(batch.verify(checks)).not.toContain(false)
    expect(batch.verify(checks.map(isFalse))).not.toContain(true)
  })

  test('sign until the batch is full', () => {
    const check = checkAt(0)
    const number = batch.register(check.publicKey)
    batch.clear()
    for (let i = 0; i < 8; i += 1) {
      expect(batch.place(number, check.signature, check.message)).toBe(true)
    }
    expect(batch.place(number, check.signature, check.message)).toBe(false)
    expect(batch.count).toBe(8)
    expect(batch.allHold(8)).toBe(true)
    expect(() => batch.allHold(9)).toThrow(AssertionError)
    expect(() => batch.place(number, new Uint8Array(63), check.message)).toThrow(AssertionError)
  })
})

describe('the work', () => {
  test('of a batch that holds is one look', () => {
    const { kernel, looks } = countingKernel()
    batchOn(kernel).verify(honest)
    expect(looks).toEqual([[0, 200]])
  })

  test('of one false signature is a look for each halving, and the small part it is in', () => {
    const { kernel, looks } = countingKernel()
    const checks = honest.map((check, i) => (i === 70 ? isFalse(check) : check))
    expect(batchOn(kernel).verify(checks).indexOf(false)).toBe(70)
    expect(looks.length).toBeLessThanOrEqual(1 + 2 * 3 + 32)
  })

  test('of signatures that are all false is fewer than nine looks for eight', () => {
    const { kernel, looks } = countingKernel()
    expect(batchOn(kernel).verify(honest.map(isFalse))).not.toContain(true)
    expect(looks.length).toBeLessThan((9 * 200) / 8)
    expect(looks.filter(([from, to]) => to - from === 1).length).toBe(200)
  })

  test('of ill-formed signatures is no look at each', () => {
    const { kernel, looks } = countingKernel()
    const checks = honest.map((check) => ({ ...check, signature: new Uint8Array(64).fill(255) }))
    expect(batchOn(kernel).verify(checks)).not.toContain(true)
    expect(looks.length).toBe(1)
  })
})

describe('entropy', () => {
  const limits: SignatureBatchLimits = { signaturesMax: 64, keysMax: 0, messageBytesMax: 65_536 }

  function batchWith(entropy: (into: Uint8Array) => void): SignatureBatch {
    const kernel = keptKernel('fma')
    return new SignatureBatch(kernel, new KernelMemory(kernel), entropy, limits)
  }

  test('is drawn anew for every batch, 128 bits for each signature', () => {
    const drawn: number[] = []
    const batch = batchWith((into) => {
      drawn.push(into.length)
      systemEntropy(into)
    })
    drawn.length = 0
    batch.verify(honest.slice(0, 64))
    batch.verify(honest.slice(0, 10))
    expect(drawn).toEqual([1_024, 160])
  })

  test('is not needed for one signature', () => {
    let isThere = true
    const batch = batchWith((into) => {
      if (!isThere) throw new Error('there is none')
      systemEntropy(into)
    })
    isThere = false
    expect(batch.verify([checkAt(0)])).toEqual([true])
    expect(batch.verify([isFalse(checkAt(0))])).toEqual([false])
  })

  test.each(variants)(
    'counts to its last bit, and is all that makes a batch of the %s kernel safe',
    (variant) => {
      // Two errors that cancel each other, one times 2^bit: whoever foretells the factors gets both accepted.
      const [one, other] = [checkAt(0), checkAt(1)]
      const kernel = keptKernel(variant)
      let bit = 0n
      const foretold = (into: Uint8Array): void => {
        into.fill(0)
        into.set(littleEndian(2n ** bit).subarray(0, 16))
        into[16] = 1
      }
      const deceived = new SignatureBatch(kernel, new KernelMemory(kernel), foretold, limits)
      const random = batchOn(keptKernel(variant))
      for (bit = 0n; bit < 128n; bit += 1n) {
        const pair = [withErrorOf(one, 1n), withErrorOf(other, -(2n ** bit))]
        expect([bit, ...deceived.verify(pair)]).toEqual([bit, true, true])
        expect([bit, ...random.verify(pair)]).toEqual([bit, false, false])
      }
    },
  )
})

/** The same with another S, still less than the order. */
function withErrorOf(check: SignatureCheck, error: bigint): SignatureCheck {
  const s = modulo(number(check.signature.slice(32)) + error, order)
  return { ...check, signature: concatBytes(check.signature.slice(0, 32), littleEndian(s)) }
}
