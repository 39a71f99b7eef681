/** Records by lane and time: each where it belongs, and as many as there are, at every level of detail. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstAtOrAfter, indexLanes, roughlyBefore } from '../../../../src/viewer/model/lanes.ts'

interface Few {
  readonly times: readonly number[]
  readonly lanes: readonly number[]
}

function placed({ times, lanes }: Few) {
  return {
    count: times.length,
    atUs: Float64Array.from(times),
    lane: Uint16Array.from(lanes),
    laneCount: 3,
    endUs: times.at(-1) ?? 1,
  }
}

const runs = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 900_000 }), fc.integer({ min: 0, max: 2 }), fc.boolean()),
    {
      minLength: 1,
      maxLength: 200,
    },
  )
  .map((rows) => rows.toSorted((a, b) => a[0] - b[0]))

test('the index holds each record that is shown, in its lane, in order', () => {
  fc.assert(
    fc.property(runs, (rows) => {
      const run = placed({ times: rows.map(([at]) => at), lanes: rows.map(([, lane]) => lane) })
      const mask = Uint8Array.from(rows, ([, , isShown]) => Number(isShown))
      const index = indexLanes(run, mask)
      for (const lane of [0, 1, 2]) {
        const expected = rows.flatMap(([, of, isShown], i) => (of === lane && isShown ? [i] : []))
        expect([...(index.records[lane] ?? [])]).toEqual(expected)
        expect(roughlyBefore(index, lane, Number.MAX_SAFE_INTEGER)).toBe(expected.length)
        expect(roughlyBefore(index, lane, -5)).toBe(0)
      }
    }),
  )
})

test('counts up to a moment are off by no more than what its bucket holds', () => {
  const times = Array.from({ length: 50_000 }, (_, i) => i * 20)
  const run = placed({ times, lanes: times.map((_, i) => i % 3) })
  const index = indexLanes(run, new Uint8Array(times.length).fill(1))
  for (const us of [0, 100, 77_777, 500_000, 999_980]) {
    const exact = times.filter((at, i) => at < us && i % 3 === 1).length
    expect(Math.abs(roughlyBefore(index, 1, us) - exact)).toBeLessThanOrEqual(3)
  }
})

test('the first record from a moment on is found', () => {
  const atUs = Float64Array.of(1, 5, 5, 9)
  const list = Uint32Array.of(0, 1, 2, 3)
  expect([0, 1, 2, 5, 6, 9, 10].map((us) => firstAtOrAfter(list, atUs, us))).toEqual([
    0, 0, 1, 1, 3, 3, 4,
  ])
})
