/** That the generator refuses what would not be exact, before there is any code of it. */
import { describe, expect, test } from 'vitest'
import { AssertionError } from '../../../../../src/base/assert.ts'
import type { Arithmetic, Pair } from '../../../../../src/validation/kernel/generate/arithmetic.ts'
import { Constants, Emitter } from '../../../../../src/validation/kernel/generate/emitter.ts'
import { exact } from '../../../../../src/validation/kernel/generate/exact.ts'
import { fieldModule } from '../../../../../src/validation/kernel/generate/field-module.ts'
import { fused } from '../../../../../src/validation/kernel/generate/fused.ts'
import {
  exactly,
  type Interval,
  times,
} from '../../../../../src/validation/kernel/generate/interval.ts'

const emitter = (): Emitter => new Emitter(new Constants(), false)

/** A pair of which every limb is `factor` times what a carried one can be. */
function pairOf({ carried, kind }: Arithmetic, factor: bigint): Pair {
  return carried.map((range, limb) => ({
    name: `x${limb}`,
    range: times(range, exactly(factor)),
    kind,
    bias: 0n,
  }))
}

describe.each([
  ['fused', fused],
  ['exact', exact],
] as const)('the %s arithmetic', (_, arithmetic) => {
  const carried = pairOf(arithmetic, 1n)
  const loose = pairOf(arithmetic, 2n)

  test('multiplies a loose number by a carried one, and the result is carried', () => {
    const product = arithmetic.multiply(emitter(), loose, carried)
    for (const [limb, { range }] of product.entries()) expectInside(range, arithmetic.carried[limb])
  })

  test('adds without a carry, so the sum is loose', () => {
    const sum = arithmetic.add(emitter(), carried, carried)
    for (const [limb, { range }] of sum.entries()) {
      expect(range).toEqual(times(arithmetic.carried[limb] ?? exactly(0n), exactly(2n)))
    }
  })

  test('does not multiply what is beyond its bounds', () => {
    const far = pairOf(arithmetic, 40n)
    expect(() => arithmetic.multiply(emitter(), far, far)).toThrow(AssertionError)
    expect(() => arithmetic.square(emitter(), far)).toThrow(AssertionError)
  })

  test('has a module of the same functions as the other, checked or not', () => {
    const functions = (text: string) => text.match(/(?<=export function )\w+/g)
    const checked = fieldModule(arithmetic, true)
    expect(functions(fieldModule(arithmetic, false))).toEqual(functions(fieldModule(fused, true)))
    expect(checked.match(/require(?:Double|Integer)\(t\d+/g)?.length).toBeGreaterThan(1_000)
    expect(fieldModule(arithmetic, false)).not.toContain('require')
  })
})

test('the fused arithmetic does not multiply two loose numbers: their products may reach 2^102', () => {
  const loose = pairOf(fused, 2n)
  expect(() => fused.multiply(emitter(), loose, loose)).toThrow('< 2^102')
  expect(() => fused.square(emitter(), loose)).toThrow('< 2^102')
})

function expectInside(inner: Interval, outer: Interval | undefined): void {
  expect(inner.low).toBeGreaterThanOrEqual(outer?.low ?? 0n)
  expect(inner.high).toBeLessThanOrEqual(outer?.high ?? 0n)
}
