import { expect, test } from 'vitest'
import { Memory } from '../../../../../src/actors/sync/download/memory.ts'

test('a part is kept for the lowest block that is missing', () => {
  const memory = new Memory(1_000, 160, 100)
  memory.reserve(900, 150)
  expect(memory.bytesLeft(false)).toBe(0)
  expect(memory.bytesLeft(true)).toBe(100)
  expect(memory.blocksLeft(false)).toBe(0)
  expect(memory.blocksLeft(true)).toBe(10)
  memory.release(900, 150)
  expect(memory.bytes + memory.blocks).toBe(0)
})

test('more is never released than was reserved', () => {
  const memory = new Memory(1_000, 160, 100)
  memory.reserve(10, 1)
  expect(() => memory.release(11, 0)).toThrow('no more is released')
})
