/** Which messages are drawn: all if there is room, else a part that stays the same while the window moves. */
import { describe, expect, test } from 'vitest'
import { type Flights, flightsIn, indexFlights } from '../../../../src/viewer/model/flights.ts'

/** One every 100 µs; each takes 1 ms, and every hundredth one a whole second. */
const count = 40_000
const flights: Flights = {
  count,
  record: Uint32Array.from({ length: count }, (_, i) => i),
  arrivedUs: Float64Array.from({ length: count }, (_, i) => 2_000_000 + i * 100),
  sentUs: Float64Array.from({ length: count }, (_, i) => {
    return 2_000_000 + i * 100 - (i % 100 === 0 ? 1_000_000 : 1_000)
  }),
  from: new Uint16Array(count),
  to: new Uint16Array(count).fill(1),
  hue: new Uint8Array(count),
}
const all = new Uint8Array(count).fill(1)
const index = indexFlights(flights, all)

function underWay(fromUs: number, toUs: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i).filter(
    (i) => (flights.sentUs[i] ?? 0) <= toUs && (flights.arrivedUs[i] ?? 0) >= fromUs,
  )
}

describe('messages in a window', () => {
  test('are all there if they are few, those that take long among them', () => {
    const [fromUs, toUs] = [3_000_000, 3_020_000]
    const { flights: found, leftOut } = flightsIn(index, { fromUs, toUs }, 1_000)
    expect(found.toSorted((a, b) => a - b)).toEqual(underWay(fromUs, toUs))
    expect(found.some((i) => i % 100 === 0 && (flights.arrivedUs[i] ?? 0) > toUs)).toBe(true)
    expect(leftOut).toBe(0)
  })

  test('are a part if they are many, and it is known how many are left out', () => {
    const [fromUs, toUs] = [2_500_000, 5_500_000]
    const { flights: found, leftOut } = flightsIn(index, { fromUs, toUs }, 1_000)
    expect(found.length).toBeGreaterThan(300)
    expect(found.length).toBeLessThanOrEqual(1_250)
    const inAll = underWay(fromUs, toUs).length
    expect(Math.abs(found.length + leftOut - inAll) / inAll).toBeLessThan(0.05)
  })

  test('stay drawn while the window moves', () => {
    const first = flightsIn(index, { fromUs: 2_500_000, toUs: 4_500_000 }, 1_000)
    const next = flightsIn(index, { fromUs: 2_510_000, toUs: 4_510_000 }, 1_000)
    const isStill = (i: number): boolean => (flights.arrivedUs[i] ?? 0) >= 2_510_000
    const gone = first.flights.filter((i) => isStill(i) && !next.flights.includes(i))
    expect(gone).toEqual([])
  })

  test('are those that are shown', () => {
    const some = Uint8Array.from({ length: count }, (_, i) => Number(i % 2 === 0))
    const { flights: found } = flightsIn(
      indexFlights(flights, some),
      { fromUs: 3_000_000, toUs: 3_010_000 },
      1_000,
    )
    expect(found.length).toBeGreaterThan(0)
    expect(found.every((i) => i % 2 === 0)).toBe(true)
  })

  test('may be none', () => {
    const none = indexFlights(flights, new Uint8Array(count))
    expect(flightsIn(none, { fromUs: 0, toUs: 9_000_000 }, 10)).toEqual({ flights: [], leftOut: 0 })
  })
})
