import { expect, test } from 'vitest'
import { eventCounters } from '../../../src/platform/counters.ts'

test('events are counted by kind, and a snapshot does not change', () => {
  const { reader, counts } = eventCounters()
  expect(counts()).toEqual({})
  for (const kind of ['a', 'b', 'a']) reader.event?.(0, 'chain', { kind })
  const before = counts()
  reader.event?.(1, 'sync', { kind: 'a' })
  expect(before).toEqual({ a: 2, b: 1 })
  expect(counts()).toEqual({ a: 3, b: 1 })
})

test('kinds beyond a thousand are counted together', () => {
  const { reader, counts } = eventCounters()
  for (let i = 0; i < 1_030; i += 1) reader.event?.(0, '', { kind: `k${i}` })
  reader.event?.(0, '', { kind: 'k0' })
  expect(Object.keys(counts())).toHaveLength(1_025)
  expect(counts()).toMatchObject({ k0: 2, k1023: 1, other: 6 })
})
