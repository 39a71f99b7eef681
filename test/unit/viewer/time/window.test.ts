/** What is in view stays within the run, and what it is zoomed about stays where it is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  centred,
  lengthUs,
  moved,
  setTo,
  showing,
  usAt,
  xOf,
  zoomed,
} from '../../../../src/viewer/time/window.ts'

const bounds = { fromUs: 0, toUs: 100_000_000 }
const window = { fromUs: 10_000_000, toUs: 30_000_000, widthPx: 1_000 }

describe('a window of time', () => {
  test('maps moments to pixels, and back', () => {
    expect(xOf(window, 10_000_000)).toBe(0)
    expect(xOf(window, 20_000_000)).toBe(500)
    expect(usAt(window, 1_000)).toBe(30_000_000)
  })

  test('is zoomed about a moment', () => {
    const closer = zoomed(window, 0.5, 15_000_000, bounds)
    expect(xOf(closer, 15_000_000)).toBeCloseTo(xOf(window, 15_000_000), 6)
    expect(lengthUs(closer)).toBe(10_000_000)
  })

  test('is never shorter than events are apart, nor longer than the run', () => {
    expect(lengthUs(zoomed(window, 1e-9, 20_000_000, bounds))).toBe(40)
    expect(zoomed(window, 1_000, 20_000_000, bounds)).toMatchObject(bounds)
    expect(lengthUs(setTo(window, { fromUs: 5, toUs: 6 }, bounds))).toBe(40)
  })

  test('moves until it is at an end', () => {
    expect(moved(window, 5_000_000, bounds)).toMatchObject({ fromUs: 15_000_000, toUs: 35_000_000 })
    expect(moved(window, -1e12, bounds).fromUs).toBe(0)
    expect(moved(window, 1e12, bounds).toUs).toBe(100_000_000)
  })

  test('moves no further than a moment needs to be seen', () => {
    expect(showing(window, 20_000_000, bounds)).toBe(window)
    expect(xOf(showing(window, 50_000_000, bounds), 50_000_000)).toBeCloseTo(920, 6)
    expect(xOf(showing(window, 9_000_000, bounds), 9_000_000)).toBeCloseTo(80, 6)
    expect(xOf(centred(window, 50_000_000, bounds), 50_000_000)).toBeCloseTo(500, 6)
  })

  test('lies within the bounds whatever is done to it', () => {
    const deed = fc.oneof(
      fc.record({ kind: fc.constant('zoom'), by: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
      fc.record({ kind: fc.constant('move'), by: fc.integer({ min: -1e9, max: 1e9 }) }),
    )
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
        let now: typeof window = window
        for (const { kind, by } of deeds) {
          now = kind === 'zoom' ? zoomed(now, by, usAt(now, 300), bounds) : moved(now, by, bounds)
          expect(now.fromUs).toBeGreaterThanOrEqual(0)
          expect(now.toUs).toBeLessThanOrEqual(100_000_000.001)
          expect(lengthUs(now)).toBeGreaterThan(39.9)
        }
      }),
    )
  })
})
