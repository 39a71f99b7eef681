import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Decisions,
  formatStretches,
  parseStretches,
  spacingFor,
  thinned,
} from '../../../../src/cli/sim/decisions.ts'

const numbers = fc.array(fc.oneof(fc.constant(0), fc.nat(9), fc.nat(2 ** 31)), { maxLength: 256 })

/** Without what is nothing at the end. */
function trimmed(list: readonly number[]): readonly number[] {
  return list.slice(0, list.findLastIndex((each) => each !== 0) + 1)
}

function sum(list: readonly number[]): number {
  return list.reduce((total, each) => total + each, 0)
}

describe('draws between checkpoints, as text', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(numbers, (list) => {
        const read = parseStretches(formatStretches(list), list.length)
        expect(trimmed(read ?? [])).toEqual(trimmed(list))
      }),
      { seed: 1 },
    )
  })

  test.each([
    [[], ''],
    [[0, 0], ''],
    [[3], '3'],
    [[3, 3, 0, 0, 0, 1, 0], '3*2 0*3 1'],
  ])('%j is "%s"', (list, text) => {
    expect(formatStretches(list)).toBe(text)
  })

  test.each(['x', '1,2', '1*', '-1', '1 ', '2*4', '1*999999'])('"%s" is refused', (text) => {
    expect(parseStretches(text, 3)).toBeUndefined()
  })
})

function decisionsOf(checkpoints: number, streams: readonly (readonly number[])[]): Decisions {
  return {
    everyEvents: 10,
    checkpoints: Array.from({ length: checkpoints }, (_, index) => ({
      events: 10 * (index + 1),
      atMs: index,
      digest: '0'.repeat(16),
    })),
    streams: streams.map((stretches, index) => ({
      label: `s${index}`,
      draws: sum(stretches),
      checksum: '0'.repeat(8),
      stretches: formatStretches(stretches),
    })),
  }
}

describe('decisions in less room', () => {
  test('have half of the checkpoints, and still say how much was drawn by each', () => {
    fc.assert(
      fc.property(
        fc.array(numbers, { maxLength: 5 }),
        fc.integer({ min: 17, max: 256 }),
        (all, n) => {
          const whole = decisionsOf(
            n,
            all.map((list) => list.slice(0, n)),
          )
          const half = thinned(whole)
          expect(half.everyEvents).toBe(20)
          expect(half.checkpoints.map(({ events }) => events)).toEqual(
            half.checkpoints.map((_, index) => 20 * (index + 1)),
          )
          for (const [index, { stretches = '' }] of half.streams.entries()) {
            const [now, then] = [stretches, whole.streams[index]?.stretches ?? ''].map((text) => {
              return parseStretches(text, n) ?? []
            })
            for (let k = 1; k <= half.checkpoints.length; k += 1) {
              expect(sum(now?.slice(0, k) ?? [])).toBe(sum(then?.slice(0, 2 * k) ?? []))
            }
          }
        },
      ),
      { seed: 2, numRuns: 50 },
    )
  })

  test('come down to nothing, and say what is gone', () => {
    let decisions = decisionsOf(256, [[1], [2], [3]])
    for (let i = 0; i < 10 && decisions.streams.length > 0; i += 1) decisions = thinned(decisions)
    expect(decisions.checkpoints.length).toBe(16)
    expect(decisions.streams).toEqual([])
    expect(decisions.streamsLeftOut).toBe(3)
  })
})

test.each([
  [1, 1],
  [256, 1],
  [257, 2],
  [1_000_000, 3_907],
])('a run of %i events has a checkpoint every %i', (events, spacing) => {
  expect(spacingFor(events)).toBe(spacing)
})
