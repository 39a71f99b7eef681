import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Service } from '../../../../src/actors/peer/messages.ts'
import {
  isProven,
  mediansOf,
  type Performance,
  performanceAfter,
  performanceScore,
  unmeasured,
} from '../../../../src/actors/peer/performance.ts'

const nobody = { bytesPerSecond: undefined, latencyMs: undefined }
const served: Service = { outcome: 'served', bytes: 1_000_000, elapsedMs: 1_000, firstByteMs: 50 }
const failed: Service = { outcome: 'failed', bytes: 0, elapsedMs: 5_000 }

function after(...services: readonly Service[]): Performance {
  return services.reduce(performanceAfter, unmeasured)
}

describe('performance', () => {
  test('is 45 of somebody unknown', () => {
    expect(performanceScore(unmeasured, 0, nobody)).toBeCloseTo(45, 9)
  })

  test('is made of reliability, throughput, latency and time, in this order of weight', () => {
    const peer = after(served)
    const medians = mediansOf([peer])
    // 0.4 · 2/3 + 0.3 · 1/2 + 0.2 · 1/2 + 0.1 · 1/2
    expect(performanceScore(peer, 3_600_000, medians)).toBeCloseTo(56.667, 3)
  })

  test('rises with service and falls with failures, the newest counting most', () => {
    const score = (...services: readonly Service[]) =>
      performanceScore(after(...services), 0, nobody)
    expect(score(served, served)).toBeGreaterThan(score(served))
    expect(score(failed, failed)).toBeLessThan(score(failed))
    expect(score(failed, served)).toBeGreaterThan(score(served, failed))
  })

  test('of one that never serves is below what is asked for once it is proven', () => {
    const useless = after(...new Array<Service>(40).fill(failed))
    const slow = { ...useless, bytesPerSecond: 1, latencyMs: 10_000 }
    expect(isProven(useless)).toBe(true)
    expect(performanceScore(slow, 0, { bytesPerSecond: 1e6, latencyMs: 50 })).toBeLessThan(20)
    expect(isProven(after(failed, failed))).toBe(false)
  })

  test('of a duplicate measures the link, and not whether the peer can be relied upon', () => {
    const peer = after({ ...served, outcome: 'duplicate' })
    expect(peer).toMatchObject({ served: 0, asked: 0, samples: 0, latencyMs: 50 })
  })

  test('is in 0 to 100 and never no number, whatever is reported', () => {
    const anything = fc.oneof(fc.double(), fc.constantFrom(0, -1, NaN, Infinity, 1e308, -Infinity))
    const service = fc.record(
      {
        outcome: fc.constantFrom('served' as const, 'failed' as const, 'duplicate' as const),
        bytes: anything,
        elapsedMs: anything,
        firstByteMs: anything,
      },
      { requiredKeys: ['outcome', 'bytes', 'elapsedMs'] },
    )
    const history = fc.array(service, { maxLength: 30 })
    fc.assert(
      fc.property(
        history,
        fc.array(history, { maxLength: 5 }),
        anything,
        (own, others, knownMs) => {
          const medians = mediansOf(others.map((services) => after(...services)))
          const score = performanceScore(after(...own), knownMs, medians)
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(100)
        },
      ),
    )
  })
})
