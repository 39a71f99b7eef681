import { describe, expect, test } from 'vitest'
import { bandwidthInitial, Measure } from '../../../../../src/actors/sync/download/measure.ts'

const answer = { bytes: 1_065_536, firstByteMs: 50, elapsedMs: 150 }

describe('what was measured of a peer', () => {
  test('the rate of a long answer leaves out the wait for it, and its first chunk', () => {
    const measure = new Measure()
    measure.served(answer, 0)
    expect(measure.bandwidth).toBe(10_000_000)
    expect(measure.rttMinMs).toBe(50)
    expect(measure.answerMs(4)).toBe(150 + 4 * 75)
  })

  test('the rate of a short answer is all of it', () => {
    const measure = new Measure()
    measure.served({ bytes: 50_000, firstByteMs: 90, elapsedMs: 100 }, 0)
    expect(measure.bandwidth).toBe(500_000)
  })

  test('a failure halves what is thought of it; the least round trip of before is forgotten in ten seconds', () => {
    const measure = new Measure()
    measure.failed()
    expect(measure.bandwidth).toBe(bandwidthInitial / 2)
    measure.served({ ...answer, firstByteMs: 10 }, 0)
    measure.served({ ...answer, firstByteMs: 80 }, 6_000)
    expect(measure.rttMinMs).toBe(10)
    measure.served({ ...answer, firstByteMs: 70 }, 12_000)
    expect(measure.rttMinMs).toBe(70)
  })

  test('successes never exceed observations, and old ones fade', () => {
    const measure = new Measure()
    for (let i = 0; i < 500; i += 1) measure.served(answer, i)
    expect(measure.observations).toBeCloseTo(50, 1)
    for (let i = 0; i < 50; i += 1) measure.failed()
    measure.lost()
    expect(measure.successes).toBeLessThan(measure.observations / 2)
  })

  test('the best rate is that of the last ten answers', () => {
    const measure = new Measure()
    measure.served(answer, 0)
    for (let i = 0; i < 10; i += 1) measure.served({ ...answer, elapsedMs: 1_050 }, i)
    expect(measure.bandwidthMax).toBe(1_000_000)
  })
})
