/** How the memory of a kernel is shared out. */
import { expect, test } from 'vitest'
import { AssertionError } from '../../../src/base/assert.ts'
import { KernelMemory } from '../../../src/validation/kernel-memory.ts'

const pageBytes = 65_536

/** Memory that grows as that of WebAssembly does: the old buffer is detached. */
class GrowingMemory {
  buffer = new ArrayBuffer(pageBytes)
  readonly #pagesMax: number

  constructor(pagesMax: number) {
    this.#pagesMax = pagesMax
  }

  grow(pages: number): number {
    const before = this.buffer.byteLength / pageBytes
    if (before + pages > this.#pagesMax) return -1
    this.buffer = this.buffer.transfer((before + pages) * pageBytes)
    return before
  }
}

function memoryOf(heapBase: number, pagesMax: number): KernelMemory {
  return new KernelMemory({ memory: new GrowingMemory(pagesMax), heapBase: () => heapBase })
}

test('pieces begin at cache lines behind the heap base, and do not overlap', () => {
  const memory = memoryOf(1_001, 4)
  const pieces = [10, 64, 0, 65, 1].map((bytes) => ({ bytes, at: memory.take(bytes) }))
  expect(pieces.map(({ at }) => at)).toEqual([1_024, 1_088, 1_152, 1_152, 1_280])
})

test('what was written before memory grows is there afterwards, through new views', () => {
  const memory = memoryOf(0, 4)
  const at = memory.take(100)
  const before = memory.bytes
  before[at] = 7
  memory.words.setUint32(at + 4, 0x01020304, true)
  const far = memory.take(2 * pageBytes)
  expect(before.length).toBe(0)
  expect(memory.bytes.length).toBe(3 * pageBytes)
  expect(memory.bytes[at]).toBe(7)
  expect(memory.words.getUint32(at + 4, true)).toBe(0x01020304)
  memory.bytes[far + 2 * pageBytes - 1] = 9
  expect(memory.bytes[far + 2 * pageBytes - 1]).toBe(9)
})

test('the last byte of a page can be taken without another page', () => {
  const memory = memoryOf(64, 1)
  expect(memory.take(pageBytes - 64)).toBe(64)
  expect(memory.bytes.length).toBe(pageBytes)
  expect(() => memory.take(1)).toThrow(AssertionError)
})

test('more than there is, and counts that are none, are refused', () => {
  const memory = memoryOf(0, 2)
  expect(() => memory.take(2 * pageBytes + 1)).toThrow(AssertionError)
  expect(() => memory.take(-1)).toThrow(AssertionError)
  expect(() => memory.take(0.5)).toThrow(AssertionError)
  expect(memory.take(2 * pageBytes)).toBe(0)
})
