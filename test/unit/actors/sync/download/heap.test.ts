import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heap } from '../../../../../src/actors/sync/download/heap.ts'

test('the least comes first, and of equals the one that came first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (keys) => {
      const heap = new Heap<number>()
      keys.forEach((key, at) => {
        heap.push(key, at)
      })
      const out = keys.map(() => heap.pop())
      const sorted = keys
        .map((key, at) => ({ key, at }))
        .toSorted((a, b) => a.key - b.key || a.at - b.at)
      expect(out).toEqual(sorted.map(({ at }) => at))
      expect(heap.pop()).toBeUndefined()
      expect(heap.leastKey).toBe(Number.POSITIVE_INFINITY)
    }),
  )
})
