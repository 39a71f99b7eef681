/** Batches of signatures against the reference, one by one: whatever is in them, the verdicts are the same. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { verifyEd25519 } from '../../src/protocol/crypto/ed25519.ts'
import { variants } from '../../src/validation/kernel/build.ts'
import type { SignatureCheck } from '../../src/validation/signature-batch.ts'
import { Forger } from '../support/validation/forgeries.ts'
import { batchOn, keptKernel } from '../support/validation/kernel.ts'

/** `npm run forgeries` tries more. */
const forgeriesOfEachKind = 40

function referenceVerdict({ publicKey, message, signature }: SignatureCheck): boolean {
  return verifyEd25519(publicKey, message, signature)
}

const forger = new Forger(1)
const forgeries = Forger.kinds.flatMap((kind) =>
  Array.from({ length: forgeriesOfEachKind }, () => ({ kind, check: forger.forge(kind) })),
)
const expected = forgeries.map(({ check }) => referenceVerdict(check))

test('the forgeries are of both sorts: false ones, and true ones in odd forms', () => {
  const held = expected.filter((verdict) => verdict).length
  expect(held).toBeGreaterThan(100)
  expect(expected.length - held).toBeGreaterThan(700)
})

describe.each(variants)('with the %s kernel', (variant) => {
  const batch = batchOn(keptKernel(variant))

  test('each forgery alone is judged as by the reference', () => {
    for (const [i, { kind, check }] of forgeries.entries()) {
      expect([kind, ...batch.verify([check])]).toEqual([kind, expected[i]])
    }
  })

  test('all forgeries in a row are judged as by the reference', () => {
    const verdicts = batch.verify(forgeries.map(({ check }) => check))
    expect(verdicts).toEqual(expected)
  })

  test('wherever false ones stand among true ones, each gets its own verdict', () => {
    const honest = Array.from({ length: 64 }, () => forger.honest())
    const places = fc.array(fc.tuple(fc.nat(63), fc.nat(forgeries.length - 1)), { maxLength: 6 })
    const isSame = fc.property(places, fc.integer({ min: 1, max: 64 }), (bad, count) => {
      const checks = honest.slice(0, count)
      const verdicts = checks.map(() => true)
      for (const [at, which] of bad) {
        if (at >= count) continue
        checks[at] = present(forgeries[which], 'a forgery').check
        verdicts[at] = present(expected[which], 'its verdict')
      }
      expect(batch.verify(checks)).toEqual(verdicts)
    })
    fc.assert(isSame, { seed: 1, numRuns: 100 })
  })
})
