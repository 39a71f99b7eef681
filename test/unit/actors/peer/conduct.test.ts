import { describe, expect, test } from 'vitest'
import { banMs, conductAfter, conductAt, isBannable } from '../../../../src/actors/peer/conduct.ts'
import type { Offence } from '../../../../src/actors/peer/messages.ts'

const spotless = { value: 0, atMs: 1_000 }
const minute = 60_000

describe('conduct', () => {
  test.each<[Offence, number]>([
    ['malformed', -25],
    ['invalid', -20],
    ['forged', -100],
    ['other-chain', -50],
  ])('falls for what is %s to %i', (offence, value) => {
    expect(conductAfter(spotless, offence, 2_000)).toEqual({ value, atMs: 2_000 })
  })

  test('falls to -100 and no further', () => {
    const worst = conductAfter(conductAfter(spotless, 'forged', 1_000), 'forged', 1_000)
    expect(worst.value).toBe(-100)
  })

  test('recovers by five a minute up to 0 and no further', () => {
    const bad = conductAfter(spotless, 'malformed', 0)
    expect(conductAt(bad, 0)).toBe(-25)
    expect(conductAt(bad, 2 * minute)).toBeCloseTo(-15, 6)
    expect(conductAt(bad, 5 * minute)).toBeCloseTo(0, 6)
    expect(conductAt(bad, 500 * minute)).toBe(0)
  })

  test('does not fall further by itself if the clock stands', () => {
    expect(conductAt({ value: -30, atMs: 5_000 }, 4_000)).toBe(-30)
  })

  test('counts an offence on top of what is not yet forgotten', () => {
    const once = conductAfter(spotless, 'invalid', 0)
    expect(conductAfter(once, 'invalid', minute).value).toBeCloseTo(-35, 6)
  })
})

describe('a ban', () => {
  test.each([
    [-49.9, 'regular', false],
    [-50, 'regular', true],
    [-100, 'regular', true],
    [-100, 'federation', false],
    [0, 'regular', false],
  ] as const)('at %d of a %s peer: %s', (value, peerClass, expected) => {
    expect(isBannable({ value, atMs: 0 }, peerClass)).toBe(expected)
  })

  test('lasts ten minutes at first, twice as long each time, a day at most', () => {
    const minutes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 1_000_000].map((bans) => banMs(bans) / minute)
    expect(minutes).toEqual([10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440])
  })
})
