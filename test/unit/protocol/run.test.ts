/** The rules of a run travel as bytes, and faults as codes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from '../../../src/base/assert.ts'
import {
  decodeRules,
  encodedRulesBytesMax,
  encodeRules,
  type RunRules,
  runFaultCode,
  runFaultOf,
} from '../../../src/protocol/block/run.ts'
import { membersMax } from '../../../src/protocol/committee.ts'
import { testRules } from '../../support/validation/runs.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

test('rules are read as they were written, in the length that is stated', () => {
  const rules: fc.Arbitrary<RunRules> = fc.record({
    chainTag: bytes(8),
    epoch: fc.nat(0xffff_ffff),
    authorKeys: fc.array(bytes(32), { minLength: 1, maxLength: membersMax }),
    parent: fc.record({
      hash: bytes(32),
      height: fc.nat(Number.MAX_SAFE_INTEGER),
      slot: fc.nat(Number.MAX_SAFE_INTEGER),
    }),
  })
  const isSame = fc.property(rules, (each) => {
    expect(decodeRules(encodeRules(each))).toEqual({ ok: true, value: each })
  })
  fc.assert(isSame, { seed: 1, numRuns: 200 })
  expect(encodeRules(testRules(membersMax))).toHaveLength(encodedRulesBytesMax)
})

test('what is read is written again as the same bytes, and bytes that are cut or longer are refused', () => {
  const encoded = encodeRules(testRules(2))
  for (let length = 0; length < encoded.length; length += 1) {
    expect(decodeRules(encoded.subarray(0, length)).ok, `${length} bytes`).toBe(false)
  }
  expect(decodeRules(Uint8Array.from([...encoded, 0])).ok).toBe(false)
  const isSame = fc.property(fc.nat(encoded.length - 1), fc.nat(255), (at, byte) => {
    const changed = encoded.with(at, byte)
    const decoded = decodeRules(changed)
    if (decoded.ok) expect(encodeRules(decoded.value)).toEqual(changed)
  })
  fc.assert(isSame, { seed: 1, numRuns: 500 })
})

test('rules without authors, or with too many, are refused', () => {
  const encoded = encodeRules(testRules(1))
  /** Where their number stands. */
  const count = encoded.length - 34
  expect(decodeRules(encoded.slice(0, -32).with(count, 0)).ok).toBe(false)
  const many = new Uint8Array(encoded.length + 32 * membersMax)
  many.set(encoded)
  many[count] = membersMax + 1
  expect(decodeRules(many).ok).toBe(false)
})

test('rules that nobody can be judged by are faults of the caller', () => {
  const rules = testRules()
  const wrong: readonly Partial<RunRules>[] = [
    { chainTag: new Uint8Array(7) },
    { authorKeys: [] },
    { authorKeys: testRules(membersMax + 1).authorKeys },
    { authorKeys: [new Uint8Array(31)] },
    { parent: { ...rules.parent, hash: new Uint8Array(31) } },
  ]
  for (const change of wrong) {
    expect(() => encodeRules({ ...rules, ...change })).toThrow(AssertionError)
  }
})

test('each fault has a code of one byte, which only it has', () => {
  const codes = Object.values(runFaultCode)
  expect(new Set(codes).size).toBe(8)
  expect(codes.every((code) => code >= 1 && code <= 255)).toBe(true)
  for (const [fault, code] of Object.entries(runFaultCode)) expect(runFaultOf(code)).toBe(fault)
  expect(runFaultOf(0)).toBe(undefined)
  expect(() => runFaultOf(9)).toThrow(AssertionError)
})
