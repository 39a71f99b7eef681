import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SortedMap } from '../../../sim/sorted-map.ts'

const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '~'), maxLength: 4 })
const act = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('scan' as const), from: key, to: key, limit: fc.nat(6) }),
)

function scan(
  map: SortedMap<string>,
  direction: 'ascend' | 'descend',
  range: { from: string; to: string; limit: number },
): readonly string[] {
  const found: string[] = []
  if (range.limit === 0) return found
  map[direction](range.from, range.to, (visited, value) => {
    found.push(`${visited}=${value}`)
    return found.length < range.limit
  })
  return found
}

describe('a sorted map', () => {
  test('does what a map that is sorted at each scan does', () => {
    const property = fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const map = new SortedMap<string>()
      const plain = new Map<string, string>()
      acts.forEach((one, i) => {
        if (one.kind === 'set') {
          map.set(one.key, `${i}`)
          plain.set(one.key, `${i}`)
        } else if (one.kind === 'delete') {
          map.delete(one.key)
          plain.delete(one.key)
        } else {
          const keys = [...plain.keys()].toSorted((a, b) => (a < b ? -1 : 1))
          const inside = keys.filter((found) => found >= one.from && found < one.to)
          const entries = inside.map((found) => `${found}=${plain.get(found)}`)
          expect(scan(map, 'ascend', one)).toEqual(entries.slice(0, one.limit))
          expect(scan(map, 'descend', one)).toEqual(entries.toReversed().slice(0, one.limit))
        }
        expect(map.size).toBe(plain.size)
      })
    })
    fc.assert(property, { seed: 1, numRuns: 400 })
  })

  test('keeps order over many runs of keys, in order, in reverse and at random', () => {
    const name = (i: number): string => `${i}`.padStart(5, '0')
    const all = Array.from({ length: 3_000 }, (_, i) => i)
    const orders = [all, all.toReversed(), all.map((i) => (i * 1_013) % 3_000)]
    for (const order of orders) {
      const map = new SortedMap<string>()
      for (const i of order) map.set(name(i), '')
      for (let i = 0; i < 3_000; i += 7) map.delete(name(i))
      const expected = all.filter((i) => i % 7 !== 0).map((i) => `${name(i)}=`)
      expect(scan(map, 'ascend', { from: '', to: '~', limit: 9_999 })).toEqual(expected)
      const middle = { from: name(1_000), to: name(1_010), limit: 4 }
      expect(scan(map, 'descend', middle)).toEqual(['01009=', '01007=', '01006=', '01005='])
    }
  })

  test('is empty after clear', () => {
    const map = new SortedMap<string>()
    map.set('a', '1')
    map.clear()
    expect([map.size, map.get('a')]).toEqual([0, undefined])
    expect(scan(map, 'ascend', { from: '', to: '~', limit: 9 })).toEqual([])
  })
})
