import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { strobe } from '../../../sim/bouts.ts'
import { SimClock, SimOscillator } from '../../../sim/clock.ts'
import { Life } from '../../../sim/life.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { Timeline } from '../../../sim/timeline.ts'

function openClock(driftPpm = 0, wallMs = 1_000_000) {
  const timeline = new Timeline()
  const oscillator = new SimOscillator(timeline, wallMs, driftPpm)
  const life = new Life(timeline, 1)
  return { timeline, oscillator, life, clock: new SimClock(timeline, oscillator, life) }
}

describe('a host clock', () => {
  test('drifts by so many millionths', () => {
    const { timeline, clock } = openClock(200)
    timeline.runUntil(10_000_000)
    expect(clock.now()).toBe(10_002)
    expect(clock.wall()).toBe(1_010_002)
  })

  test('a jump moves the wall clock alone', () => {
    const { timeline, oscillator, clock } = openClock()
    timeline.runUntil(5_000)
    oscillator.jump(-2_000.5)
    expect([clock.now(), clock.wall()]).toEqual([5, 998_004.5])
    oscillator.jump(10_000)
    expect([clock.now(), clock.wall()]).toEqual([5, 1_008_004.5])
  })

  test('a change of drift changes no time that has passed', () => {
    const { timeline, oscillator, clock } = openClock(1_000)
    timeline.runUntil(1_000_000)
    oscillator.setDrift(-1_000)
    expect(clock.now()).toBe(1_001)
    timeline.runUntil(2_000_000)
    expect(clock.now()).toBe(2_000)
  })

  test('a timer is never early and at most a microsecond late, whatever the drift', () => {
    const property = fc.property(
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.integer({ min: 0, max: 10_000_000 }),
      fc.double({ min: 0, max: 100_000, noNaN: true }),
      (ppm, beginUs, delayMs) => {
        const { timeline, clock } = openClock(ppm)
        timeline.runUntil(beginUs)
        const due = clock.now() + delayMs
        let wokeAt = -1
        clock.wakeAt(due, () => {
          wokeAt = clock.now()
        })
        timeline.runUntil(beginUs + 200_000_000)
        return wokeAt >= due && wokeAt <= due + 0.0025
      },
    )
    fc.assert(property, { seed: 1, numRuns: 400 })
  })

  test('a timer set before the clock slowed down is not early either', () => {
    const { timeline, oscillator, clock } = openClock(50_000)
    const due = clock.now() + 1_000
    const wakes: number[] = []
    clock.wakeAt(due, () => wakes.push(clock.now()))
    timeline.runUntil(100_000)
    oscillator.setDrift(-50_000)
    timeline.runUntil(5_000_000)
    expect(wakes).toHaveLength(1)
    expect(wakes[0]).toBeGreaterThanOrEqual(due)
    expect(wakes[0]).toBeLessThan(due + 0.003)
  })

  test('a deadline without end never comes, and one that is no number is a fault of the code', () => {
    const { timeline, clock } = openClock()
    let woke = false
    clock.wakeAt(Number.POSITIVE_INFINITY, () => {
      woke = true
    })
    timeline.runUntil(2 ** 50)
    expect(woke).toBe(false)
    expect(() => clock.wakeAt(Number.NaN, () => {})).toThrow('a number')
  })

  test('monotonic time never goes back, whatever is done to the clock, and no timer is early', () => {
    const act = fc.record({
      waitUs: fc.integer({ min: 0, max: 400_000 }),
      kind: fc.constantFrom('jump', 'drift', 'tick', 'timer'),
      value: fc.integer({ min: -100_000, max: 100_000 }),
    })
    const property = fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const { timeline, oscillator, clock } = openClock()
      let latest = clock.now()
      let isSound = true
      const see = (least: number): void => {
        isSound &&= clock.now() >= Math.max(latest, least)
        latest = clock.now()
      }
      for (const { waitUs, kind, value } of acts) {
        timeline.runUntil(timeline.nowUs + waitUs)
        see(0)
        if (kind === 'jump') oscillator.jump(value)
        else if (kind === 'drift') oscillator.setDrift(value)
        else if (kind === 'tick') oscillator.setTick(Math.max(0, value) / 1_000)
        else {
          const due = clock.now() + Math.abs(value) / 1_000
          clock.wakeAt(due, () => see(due))
        }
        see(0)
      }
      timeline.runUntil(timeline.nowUs + 1_000_000)
      see(0)
      return isSound
    })
    fc.assert(property, { seed: 1, numRuns: 200 })
  })

  test('a tick holds timers back to its multiples, in the order of their deadlines', () => {
    const { timeline, oscillator, clock, life } = openClock()
    const order: string[] = []
    const wake = (ms: number) => clock.wakeAt(ms, () => order.push(`${ms}@${clock.now()}`))
    // Asked for in another order than they are due.
    for (const ms of [45, 12, 25, 20, 19]) wake(ms)
    const cancelled = wake(14)
    oscillator.setTick(20)
    timeline.runUntil(15_000)
    clock.cancel(cancelled)
    timeline.runUntil(39_000)
    expect(order).toEqual(['12@20', '19@20', '20@20'])
    oscillator.setTick(0)
    wake(41.5)
    life.pause()
    timeline.runUntil(50_000)
    life.resume()
    timeline.runUntil(60_000)
    expect(order.slice(3)).toEqual(['25@50', '41.5@50', '45@50'])
  })

  test('a strobe sets the wall clock to and fro, and leaves it as it was', () => {
    const world = new Simulation({ seed: 1 })
    const { oscillator } = world.addHost('n0')
    const errors: number[] = []
    strobe(world, oscillator, { byMs: -300, everyMs: 100, forMs: 1_050 })
    for (let ms = 50; ms <= 2_000; ms += 100) {
      world.at(ms, () => errors.push(oscillator.wallMs - world.wallMs))
    }
    world.runUntil(2_000)
    const half = [-300, 0]
    expect(errors.slice(0, 12)).toEqual([half, half, half, half, half, half].flat())
    expect(errors.slice(12)).toEqual(new Array(8).fill(0))
  })

  test('a timer of another world is a fault of the code', () => {
    const { clock } = openClock()
    expect(() => clock.cancel({})).toThrow('of this world')
  })
})

describe('a life', () => {
  test('once it is over nothing fires, and its timers are let go of', () => {
    const { timeline, clock, life } = openClock()
    const fired: string[] = []
    clock.wakeAt(5, () => fired.push('timer'))
    clock.wakeAt(3_600_000, () => fired.push('hours away'))
    clock.soon(() => fired.push('soon'))
    const other = openClock()
    expect(timeline.pending).toBe(3)
    life.end()
    expect(timeline.pending).toBe(1)
    clock.wakeAt(5, () => fired.push('asked for by the dead'))
    clock.soon(() => fired.push('asked for by the dead'))
    timeline.runUntil(10_000)
    expect(fired).toEqual([])
    expect(timeline.pending).toBe(0)
    expect(other.life.isOver).toBe(false)
  })

  test('the timers of other lives stay', () => {
    const { timeline, oscillator, life } = openClock()
    const other = new SimClock(timeline, oscillator, new Life(timeline, 2))
    let woke = false
    other.wakeAt(5, () => {
      woke = true
    })
    life.end()
    timeline.runUntil(10_000)
    expect(woke).toBe(true)
  })

  test('a pause holds everything back; afterwards it happens in order, before anything else', () => {
    const { timeline, clock, life } = openClock()
    const order: string[] = []
    for (const ms of [1, 2, 3, 9]) clock.wakeAt(ms, () => order.push(`${ms}@${clock.now()}`))
    const cancelled = clock.wakeAt(2, () => order.push('cancelled'))
    life.pause()
    timeline.runUntil(5_000)
    expect(order).toEqual([])
    expect(life.waiting).toBe(4)
    clock.cancel(cancelled)
    clock.wakeAt(4, () => order.push('overdue'))
    life.resume()
    timeline.runUntil(9_000)
    expect(order).toEqual(['1@5', '2@5', '3@5', 'overdue', '9@9'])
  })

  test('a second pause before the waiting was done keeps the rest waiting, in order', () => {
    const { timeline, clock, life } = openClock()
    const order: number[] = []
    for (const ms of [1, 2, 3]) {
      clock.wakeAt(ms, () => {
        order.push(ms)
        if (ms === 1) life.pause()
      })
    }
    life.pause()
    timeline.runUntil(5_000)
    life.resume()
    timeline.runUntil(6_000)
    expect(order).toEqual([1])
    life.resume()
    timeline.runUntil(7_000)
    expect(order).toEqual([1, 2, 3])
  })

  test('it ends once', () => {
    const { life } = openClock()
    life.end()
    expect(() => life.end()).toThrow('once')
    expect(() => life.pause()).toThrow('living')
  })
})
