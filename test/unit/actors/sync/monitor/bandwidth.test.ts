import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BandwidthMonitor, protocolsMax } from '../../../../../src/actors/sync/monitor/bandwidth.ts'
import { RateWindow } from '../../../../../src/actors/sync/monitor/rate-window.ts'

const body = { protocol: '/alys/bodies/1', direction: 'down' } as const

describe('the bandwidth monitor', () => {
  test('tells windows, peak and best apart', () => {
    const monitor = new BandwidthMonitor()
    // One second of 1 MB/s, then nine of 100 kB/s.
    for (let nowMs = 0; nowMs < 10_000; nowMs += 250) {
      monitor.observe({ ...body, bytes: nowMs < 1_000 ? 250_000 : 25_000 }, nowMs)
    }
    expect(monitor.report(10_000).down).toEqual({
      lastSecond: 100_000,
      lastTenSeconds: 190_000,
      peakOfTenSeconds: 1_000_000,
      bestSeen: 1_000_000,
      utilisationPerMille: 100,
      free: 900_000,
    })
    expect(monitor.report(10_000).up.bestSeen).toBe(0)
    // The peak leaves the ten seconds, the best is kept for ten minutes.
    expect(monitor.report(11_000).down).toMatchObject({ peakOfTenSeconds: 100_000, lastSecond: 0 })
    expect(monitor.report(500_000).down.bestSeen).toBe(1_000_000)
    expect(monitor.report(700_000).down).toMatchObject({ bestSeen: 0, utilisationPerMille: 0 })
  })

  test('tells protocols apart, and counts those beyond its bound together', () => {
    const monitor = new BandwidthMonitor()
    for (let i = 0; i < 10 * protocolsMax; i += 1) {
      monitor.observe({ protocol: `p${i}`, direction: 'up', bytes: 1_000 }, 0)
    }
    const { protocols } = monitor.report(1_000)
    expect(protocols).toHaveLength(protocolsMax)
    const others = 10 * protocolsMax - (protocolsMax - 1)
    expect(protocols.find(({ protocol }) => protocol === 'other')?.up).toBe(others * 100)
  })
})

test('a rate is that of a plain list of what was added', () => {
  const addition = fc.tuple(fc.nat({ max: 4_000 }), fc.nat({ max: 1_000_000 }))
  const holds = fc.property(fc.array(addition, { maxLength: 100 }), (additions) => {
    const window = new RateWindow()
    const all: { atMs: number; amount: number }[] = []
    let nowMs = 0
    for (const [afterMs, amount] of additions) {
      nowMs += afterMs
      window.add(amount, nowMs)
      all.push({ atMs: nowMs, amount })
      const endMs = nowMs - (nowMs % 250)
      const between = (fromMs: number, toMs: number): number =>
        all.reduce(
          (sum, { atMs, amount: of }) => (atMs >= fromMs && atMs < toMs ? sum + of : sum),
          0,
        )
      expect(window.total(1_000, nowMs)).toBe(between(endMs - 1_000, endMs))
      expect(window.total(10_000, nowMs)).toBe(between(endMs - 10_000, endMs))
      const seconds = Array.from({ length: 37 }, (_, age) => endMs - age * 250)
      const peak = Math.max(...seconds.map((toMs) => between(toMs - 1_000, toMs)))
      expect(window.peakPerSecond(nowMs)).toBe(peak)
      expect(window.bestPerSecond(nowMs)).toBeGreaterThanOrEqual(peak)
    }
  })
  fc.assert(holds, { seed: 1, numRuns: 200 })
})

test('time that goes back stands still', () => {
  const window = new RateWindow()
  window.add(10, 1_000)
  window.add(5, 0)
  expect(window.total(1_000, 1_250)).toBe(15)
})
