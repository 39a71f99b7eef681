import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { proveSegment } from '../../../src/proof/proven-segment.ts'
import { ValidatedRun } from '../../../src/proof/validated-run.ts'
import { encodeBlock } from '../../../src/protocol/block/block.ts'
import { encodeBody } from '../../../src/protocol/block/body.ts'
import { bodiesOf, chain, prover } from './scene.ts'

const whole = prover.segment(3, 12)

function bodies(from: number, to: number): readonly Uint8Array[] {
  return bodiesOf(prover.range(from, to))
}

describe('bodies of a segment', () => {
  test('that are right make a run of encoded blocks', () => {
    const { run, fault } = prover.validate({ segment: whole, fromHeight: 4, bodies: bodies(4, 12) })
    expect(fault).toBeUndefined()
    expect(run?.records).toEqual(prover.range(4, 12).map(encodeBlock))
    expect([run?.fromHeight, run?.toHeight]).toEqual([4, 12])
    expect([run?.parent, run?.end]).toEqual([prover.placeAt(3), prover.placeAt(12)])
    expect(run?.bytes).toBe(run?.records.reduce((sum, { length }) => sum + length, 0))
    expect(run?.segment).toBe(whole)
  })

  test('may be some of them, from anywhere in it', () => {
    const { run } = prover.validate({ segment: whole, fromHeight: 7, bodies: bodies(7, 9) })
    expect([run?.parent, run?.end]).toEqual([prover.placeAt(6), prover.placeAt(9)])
    expect(run?.records).toEqual(prover.range(7, 9).map(encodeBlock))
  })

  test('are copied out of the answer in which they came', () => {
    const own = Uint8Array.from(bodies(4, 4)[0] ?? expect.unreachable())
    const { run } = prover.validate({ segment: whole, fromHeight: 4, bodies: [own] })
    own.fill(0)
    expect(run?.records).toEqual([encodeBlock(prover.blockAt(4))])
  })

  const two = { kind: 'transaction', bytes: new Uint8Array(3) } as const

  test.each<[string, Uint8Array, string]>([
    ['of another block', bodies(5, 5)[0] ?? expect.unreachable(), 'root'],
    ['with an item more', encodeBody([...prover.blockAt(6).body, two]), 'length'],
    ['without items', encodeBody([]), 'length'],
    ['with a byte more', Uint8Array.of(...(bodies(6, 6)[0] ?? []), 0), 'length'],
    ['of no bytes', new Uint8Array(0), 'length'],
    ['of noise', new Uint8Array(100).fill(7), 'length'],
  ])('%s are refused from there on, and their sender is to blame', (_what, body, code) => {
    const given = [...bodies(4, 5), body, ...bodies(7, 12)]
    const { run, fault } = prover.validate({ segment: whole, fromHeight: 4, bodies: given })
    expect(fault).toEqual({ height: 6, code, from: 'bodies' })
    expect(run?.records).toEqual(prover.range(4, 5).map(encodeBlock))
  })

  test('of which the first is wrong make no run', () => {
    const { run, fault } = prover.validate({ segment: whole, fromHeight: 4, bodies: bodies(5, 6) })
    expect(run).toBeUndefined()
    expect(fault).toEqual({ height: 4, code: 'root', from: 'bodies' })
  })

  test('of which there are none make no run', () => {
    const { run, fault } = prover.validate({ segment: whole, fromHeight: 4, bodies: [] })
    expect(run).toBeUndefined()
    expect(fault).toEqual({ height: 4, code: 'empty', from: 'bodies' })
  })

  test('beyond the end of the segment are refused, and those before are kept', () => {
    const { run, fault } = prover.validate({
      segment: whole,
      fromHeight: 11,
      bodies: bodies(11, 14),
    })
    expect(run?.toHeight).toBe(12)
    expect(fault).toEqual({ height: 13, code: 'too-many', from: 'bodies' })
  })

  test('of headers with a forged signature blame the sender of the headers', () => {
    const headers = prover
      .range(4, 8)
      .map(({ signed }) =>
        signed.header.height === 6 ? { ...signed, signature: new Uint8Array(64) } : signed,
      )
    const claim = { parent: prover.placeAt(3), headers, end: prover.headerAt(8) }
    const outcome = proveSegment(chain, claim)
    const forged = present(outcome.ok ? outcome.value : undefined, 'a segment: hashes are right')
    const { run, fault } = prover.validate({ segment: forged, fromHeight: 4, bodies: bodies(4, 8) })
    expect(fault).toEqual({ height: 6, code: 'signature', from: 'headers' })
    expect(run?.toHeight).toBe(5)
  })

  test.each([3, 13])('are not asked for at height %i, outside of it', (fromHeight) => {
    expect(() => prover.validate({ segment: whole, fromHeight, bodies: bodies(4, 4) })).toThrow(
      'in the',
    )
  })
})

test('whatever bodies are sent, the run is the prefix that is right', () => {
  const places = fc.array(fc.integer({ min: 4, max: 13 }), { minLength: 1, maxLength: 11 })
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 12 }), places, (fromHeight, chosen) => {
      const given = chosen.map((height) => encodeBody(prover.blockAt(height).body))
      const { run, fault } = prover.validate({ segment: whole, fromHeight, bodies: given })
      const right = chosen.findIndex((height, i) => height !== fromHeight + i || height > 12)
      const sound = right < 0 ? chosen.length : right
      expect(run?.records.length ?? 0).toBe(sound)
      expect(fault?.height).toBe(right < 0 ? undefined : fromHeight + sound)
      if (fault !== undefined) expect(fault.from).toBe('bodies')
    }),
  )
})

test('nobody else makes a validated run', () => {
  const { run = expect.unreachable() } = prover.validate({
    ...{ segment: whole, fromHeight: 4, bodies: bodies(4, 4) },
  })
  expect(ValidatedRun.isOne(run)).toBe(true)
  expect(ValidatedRun.isOne(Object.create(ValidatedRun.prototype) as object)).toBe(false)
  // @ts-expect-error: what looks like a run is none.
  const forged: ValidatedRun = { ...run }
  expect(ValidatedRun.isOne(forged)).toBe(false)
})
