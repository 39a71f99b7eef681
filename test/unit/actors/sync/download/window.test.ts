import { describe, expect, test } from 'vitest'
import { Window } from '../../../../../src/actors/sync/download/window.ts'

function ticks(window: Window, count: number, bytes: number, fromMs: number): number {
  let nowMs = fromMs
  for (let i = 0; i < count; i += 1) {
    nowMs += 250
    window.received(bytes)
    window.tick(nowMs, () => 100)
  }
  return nowMs
}

describe('the global window', () => {
  test('grows while more comes of it, then follows what the link carries', () => {
    const window = new Window()
    window.tick(0, () => 100)
    expect(window.bytes).toBe(8_000_000)
    const nowMs = ticks(window, 8, 5_000_000, 0)
    expect(window.bytes).toBeGreaterThan(8_000_000)
    ticks(window, 60, 5_000_000, nowMs)
    // 20 MB in a second, for 0.6 s, and a tenth more.
    expect(window.goodput).toBe(20_000_000)
    expect([13_200_000, 18_000_000, 10_800_000]).toContain(Math.round(window.bytes))
  })

  test('nothing that comes makes it smaller than its floor, nothing larger than its bound', () => {
    const window = new Window()
    window.tick(0, () => 100)
    const nowMs = ticks(window, 100, 0, 0)
    // Nothing came at all: it is still growing, from where it began.
    expect(window.bytes).toBe(8_000_000)
    const laterMs = ticks(window, 100, 500_000_000, nowMs)
    expect(window.bytes).toBe(64_000_000)
    ticks(window, 200, 1_000, laterMs)
    expect(window.bytes).toBe(2_000_000)
  })

  test('two answers in one tick are not twice the rate', () => {
    const window = new Window()
    window.tick(0, () => 100)
    let nowMs = 0
    for (let i = 0; i < 80; i += 1) {
      nowMs += 250
      if (i % 2 === 0) window.received(2_000_000)
      window.tick(nowMs, () => 100)
    }
    expect(window.goodput).toBeLessThan(5_500_000)
  })
})
