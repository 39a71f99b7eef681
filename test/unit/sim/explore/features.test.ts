import { describe, expect, test } from 'vitest'
import { FeatureMap, featuresMax, type Sighting } from '../../../../sim/explore/features.ts'

/** Sees kinds of event one millisecond after another, at one node unless one is named as in `n1:kind`. */
function seen(...kinds: readonly string[]): readonly Sighting[] {
  const map = new FeatureMap()
  for (const [index, text] of kinds.entries()) {
    const [kind = '', node = 'n0'] = text.split(':').toReversed()
    map.see(node, kind, index + 1)
  }
  return map.sightings
}
const numbers = (sightings: readonly Sighting[]): readonly number[] => sightings.map(([n]) => n)

describe('features', () => {
  test('are which kind comes after which at one node, and when first', () => {
    const sightings = seen('a', 'b', 'a')
    expect(sightings.map(([, atMs]) => atMs)).toEqual([1, 2, 3])
    expect(new Set(numbers(sightings)).size).toBe(3)
    expect(numbers(sightings).every((n) => n >= 0 && n < featuresMax)).toBe(true)
    // Others happen in between at other nodes.
    expect(new Set(numbers(seen('n0:a', 'n1:c', 'n0:b')))).toEqual(
      new Set(numbers(seen('a', 'b', 'n1:c'))),
    )
    expect(numbers(seen('b', 'a', 'b'))).not.toEqual(numbers(sightings))
  })

  test('are the same in another process, whatever came before', () => {
    expect(numbers(seen('n1:z', 'a', 'b')).slice(1)).toEqual(numbers(seen('a', 'b')))
    expect(numbers(seen('a', 'b'))).toEqual([30_955, 17_193])
  })

  test('are counted coarsely: few of what comes for ever', () => {
    const long = seen(...Array.from({ length: 5_000 }, () => 'a'))
    expect(long.map(([, atMs]) => atMs)).toEqual([1, 2, 3, 4, 5, 9, 17, 33, 129, 1_025])
  })

  test('may have names, and are told once', () => {
    const map = new FeatureMap()
    map.name('goal', 7)
    map.name('goal', 8)
    expect(map.sightings.map(([, atMs]) => atMs)).toEqual([7])
  })
})
