import { describe, expect, test } from 'vitest'
import { Yields } from '../../../../sim/explore/yields.ts'
import { SimRandom } from '../../../../sim/random.ts'

/** How many of a thousand runs begin afresh, if fresh ones show so much and those that go back so much. */
function freshOf(fresh: number, back: number, runs = 200): number {
  const yields = new Yields()
  for (let run = 0; run < runs; run += 1) yields.take(run % 2 === 1, run % 2 === 1 ? back : fresh)
  const random = new SimRandom('yields')
  return Array.from({ length: 1_000 }, () => yields.drawFresh(random)).filter(Boolean).length
}

describe('whether to begin afresh', () => {
  test('is as likely as it has paid, and neither way is given up', () => {
    expect(freshOf(10, 10)).toBeCloseTo(500, -2)
    expect(freshOf(30, 10)).toBeCloseTo(750, -2)
    expect(freshOf(0, 20)).toBeCloseTo(125, -2)
    expect(freshOf(20, 0)).toBeCloseTo(875, -2)
    expect(freshOf(0, 0)).toBeCloseTo(500, -2)
  })

  test('is even before anything was tried, and after fresh runs alone', () => {
    expect(freshOf(0, 0, 0)).toBeCloseTo(500, -2)
    expect(freshOf(40, 0, 1)).toBeCloseTo(500, -2)
  })

  test('follows what was shown of late', () => {
    const yields = new Yields()
    for (let run = 0; run < 1_000; run += 1) yields.take(false, 50)
    for (let run = 0; run < 300; run += 1) yields.take(false, 0)
    for (let run = 0; run < 30; run += 1) yields.take(true, 10)
    const random = new SimRandom('yields')
    const fresh = Array.from({ length: 1_000 }, () => yields.drawFresh(random)).filter(Boolean)
    expect(fresh.length).toBeLessThan(250)
  })
})
