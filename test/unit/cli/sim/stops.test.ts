import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchStops } from '../../../../src/cli/sim/stops.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('what ends a sweep', () => {
  test('is its time, however long that is', () => {
    const month = 30 * 24 * 3_600_000
    const stops = watchStops(month, new EventEmitter())
    vi.advanceTimersByTime(month - 1)
    expect([stops.signal.aborted, stops.reason()]).toEqual([false, undefined])
    vi.advanceTimersByTime(1)
    expect([stops.signal.aborted, stops.reason()]).toEqual([true, 'time'])
  })

  test('is an interruption; a second one is nobody else’s, and ends the process', () => {
    const terminal = new EventEmitter()
    const stops = watchStops(1_000, terminal)
    expect(terminal.emit('SIGINT')).toBe(true)
    expect([stops.signal.aborted, stops.reason()]).toEqual([true, 'interrupted'])
    // Without a listener Node.js does what a terminal expects.
    expect(terminal.emit('SIGINT')).toBe(false)
    vi.advanceTimersByTime(1_000)
    expect(stops.reason()).toBe('interrupted')
  })

  test('is nothing any more once it is over', () => {
    const terminal = new EventEmitter()
    const stops = watchStops(1_000, terminal)
    stops.release()
    vi.advanceTimersByTime(2_000)
    expect(terminal.emit('SIGINT')).toBe(false)
    expect(stops.signal.aborted).toBe(false)
  })
})
