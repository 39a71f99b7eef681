import { expect, test } from 'vitest'
import { FieldReader } from '../../../../src/protocol/execution/field-reader.ts'

/** What is wrong with `value` when it is read by `read`, or the value read. */
function outcomeOf<Value>(value: unknown, read: (reader: FieldReader) => Value): unknown {
  const reader = new FieldReader(value)
  const result = reader.finish(read(reader))
  return result.ok ? result.value : `fault: ${result.fault}`
}

const hash = 'ab'.repeat(32)

test.each<[unknown, (reader: FieldReader) => unknown, unknown]>([
  [{ x: hash }, (r) => r.hash('x'), hash],
  [{ x: hash.toUpperCase() }, (r) => r.hash('x'), 'fault: x is not a hash'],
  [{ x: `${hash}0` }, (r) => r.hash('x'), 'fault: x is not a hash'],
  [{ x: 2 ** 53 - 1 }, (r) => r.count('x'), 2 ** 53 - 1],
  [{ x: 2 ** 53 }, (r) => r.count('x'), 'fault: x is not a count'],
  [{ x: 1.5 }, (r) => r.count('x'), 'fault: x is not a count'],
  [{ x: -1 }, (r) => r.count('x'), 'fault: x is not a count'],
  [{ x: Number.NaN }, (r) => r.count('x'), 'fault: x is not a count'],
  [{ x: 7n }, (r) => r.u64('x'), 7n],
  [{ x: 1n << 64n }, (r) => r.u64('x'), 'fault: x is not a 64-bit amount'],
  [{ x: 7 }, (r) => r.u64('x'), 'fault: x is not a 64-bit amount'],
  [{ x: Uint8Array.of(1, 2) }, (r) => r.bytes('x', 0, 2), Uint8Array.of(1, 2)],
  [{ x: Uint8Array.of(1, 2) }, (r) => r.bytes('x', 3, 3), 'fault: x is not 3 to 3 bytes'],
  [{ x: [1, 2] }, (r) => r.bytes('x', 0, 2), 'fault: x is not 0 to 2 bytes'],
  [{ x: 'abc' }, (r) => r.text('x', 3), 'abc'],
  [{ x: 'abcd' }, (r) => r.text('x', 3), 'fault: x is not a text of at most 3 characters'],
  [{ x: 'b' }, (r) => r.word('x', ['a', 'b']), 'b'],
  [{ x: 'c' }, (r) => r.word('x', ['a', 'b']), 'fault: x is not one of a, b'],
  [null, (r) => r.has('x'), 'fault: is not an object'],
])('%#: a field is what it should be, or a fault names it', (value, read, expected) => {
  expect(outcomeOf(value, read)).toEqual(expected)
})

test('a list of byte strings is limited in number and in bytes', () => {
  const list = { x: [new Uint8Array(2), new Uint8Array(3)] }
  const read = (countMax: number, bytesMax: number): unknown =>
    outcomeOf(list, (reader) => reader.byteStrings('x', { countMax, bytesMax }))
  expect(read(2, 5)).toEqual(list.x)
  expect(read(1, 5)).toContain('at most 1')
  expect(read(2, 4)).toContain('at most 4 bytes')
})

test('the first fault is the one reported', () => {
  const value = { a: 1, b: 'x', c: 'y' }
  const read = (reader: FieldReader) => [reader.count('a'), reader.count('b'), reader.count('c')]
  expect(outcomeOf(value, read)).toBe('fault: b is not a count')
})

test('a fault inside an object is reported under its name', () => {
  const read = (reader: FieldReader) => reader.object('in', (inner) => inner.count('x'))
  expect(outcomeOf({ in: { x: 3 } }, read)).toBe(3)
  expect(outcomeOf({ in: { x: 'a' } }, read)).toBe('fault: in x is not a count')
  expect(outcomeOf({}, read)).toBe('fault: in is not an object')
})
