/**
 * What every clock must do, simulated or real. A clock file calls `clockSuite` with a way to open one.
 *
 * Says nothing about how late a real timer may be, only that it is never early.
 */
import { afterEach, describe, expect, test } from 'vitest'
import type { Clock, Timer } from '../../src/kernel/environment.ts'

/** A clock, and the hand that lets time pass for it. */
export interface OpenClock {
  readonly clock: Clock
  /** Lets the world run until `isDone` holds; rejects if that takes longer than a few seconds. */
  settle(isDone: () => boolean): Promise<void>
  /** Lets the world run for at least `ms`, on the scale of `clock.now()`. */
  rest(ms: number): Promise<void>
  close(): Promise<void>
}

const year2020 = Date.UTC(2020)
const year2100 = Date.UTC(2100)

export function clockSuite(name: string, open: () => Promise<OpenClock>): void {
  let opened: OpenClock | undefined

  async function start(): Promise<OpenClock> {
    opened = await open()
    return opened
  }

  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  describe(`${name} clock: time`, () => {
    test('monotonic time passes and never goes back', async () => {
      const { clock, rest } = await start()
      const readings: number[] = []
      for (let i = 0; i < 5; i += 1) {
        readings.push(clock.now())
        await rest(2)
      }
      expect(readings).toEqual(readings.toSorted((a, b) => a - b))
      expect((readings.at(-1) ?? 0) - (readings[0] ?? 0)).toBeGreaterThanOrEqual(8)
    })

    test('wall time counts milliseconds since 1970', async () => {
      const { clock } = await start()
      expect(clock.wall()).toBeGreaterThan(year2020)
      expect(clock.wall()).toBeLessThan(year2100)
    })

    test('wall time passes as monotonic time does while nobody sets it', async () => {
      const { clock, rest } = await start()
      const now = clock.now()
      const wall = clock.wall()
      await rest(20)
      expect(Math.abs(clock.wall() - wall - (clock.now() - now))).toBeLessThan(15)
    })
  })

  describe(`${name} clock: timers`, () => {
    test('a timer wakes once, at or after its deadline', async () => {
      const { clock, settle, rest } = await start()
      const due = clock.now() + 10
      const wakes: number[] = []
      clock.wakeAt(due, () => wakes.push(clock.now()))
      await settle(() => wakes.length > 0)
      await rest(20)
      expect(wakes).toHaveLength(1)
      expect(wakes[0]).toBeGreaterThanOrEqual(due)
    })

    test('a deadline with a fraction of a millisecond is not met early', async () => {
      const { clock, settle } = await start()
      const begun = clock.now()
      const dues = [0.001, 0.25, 1.003, 3.7, 7.000_7].map((delay) => begun + delay)
      const late: number[] = []
      for (const due of dues) clock.wakeAt(due, () => late.push(clock.now() - due))
      await settle(() => late.length === dues.length)
      expect(late.every((ms) => ms >= 0)).toBe(true)
    })

    test('a deadline in the past wakes at once, but not within the call', async () => {
      const { clock, settle } = await start()
      let isWithin = true
      const wasWithin: boolean[] = []
      clock.wakeAt(clock.now() - 1_000, () => wasWithin.push(isWithin))
      clock.wakeAt(clock.now(), () => wasWithin.push(isWithin))
      isWithin = false
      await settle(() => wasWithin.length === 2)
      expect(wasWithin).toEqual([false, false])
    })

    test('equal deadlines wake in the order in which they were asked for', async () => {
      const { clock, settle } = await start()
      const due = clock.now() + 5
      const order: number[] = []
      for (let i = 0; i < 50; i += 1) clock.wakeAt(due, () => order.push(i))
      await settle(() => order.length === 50)
      expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i))
    })

    test('a waker wakes with the value of each, in one order with other timers, unless it is cancelled', async () => {
      const { clock, settle } = await start()
      const due = clock.now() + 5
      const order: string[] = []
      const waker = clock.waker((value: string) => order.push(value))
      waker.wakeAt(due + 2, 'last')
      waker.wakeAt(due, 'first')
      clock.wakeAt(due, () => order.push('second'))
      clock.cancel(waker.wakeAt(due, 'cancelled'))
      waker.wakeAt(due, 'third')
      await settle(() => order.length === 4)
      expect(order).toEqual(['first', 'second', 'third', 'last'])
    })

    test('an equal deadline asked for much later wakes after the earlier ones', async () => {
      const { clock, settle, rest } = await start()
      const due = clock.now() + 30
      const order: string[] = []
      clock.wakeAt(due, () => order.push('early'))
      await rest(5)
      clock.wakeAt(due, () => order.push('late'))
      await settle(() => order.length === 2)
      expect(order).toEqual(['early', 'late'])
    })

    test('an earlier deadline wakes first, whatever the order of asking', async () => {
      const { clock, settle } = await start()
      const begun = clock.now()
      const order: number[] = []
      for (const delay of [15, 5, 10, 1]) clock.wakeAt(begun + delay, () => order.push(delay))
      await settle(() => order.length === 4)
      expect(order).toEqual([1, 5, 10, 15])
    })

    test('a deadline weeks away does not wake now', async () => {
      const { clock, rest } = await start()
      let woke = false
      const timer = clock.wakeAt(clock.now() + 2 ** 31 + 1_000, () => {
        woke = true
      })
      await rest(20)
      clock.cancel(timer)
      expect(woke).toBe(false)
    })

    test('a timer asked for within a wake is served', async () => {
      const { clock, settle } = await start()
      const wakes: number[] = []
      clock.wakeAt(clock.now() + 2, () => {
        wakes.push(1)
        clock.wakeAt(clock.now() + 2, () => wakes.push(2))
      })
      await settle(() => wakes.length === 2)
      expect(wakes).toEqual([1, 2])
    })
  })

  describe(`${name} clock: cancelling`, () => {
    test('a cancelled timer never wakes', async () => {
      const { clock, settle } = await start()
      const begun = clock.now()
      const woken: string[] = []
      const first = clock.wakeAt(begun + 5, () => woken.push('first'))
      clock.wakeAt(begun + 10, () => woken.push('second'))
      const third = clock.wakeAt(begun + 10, () => woken.push('third'))
      clock.wakeAt(begun + 15, () => woken.push('fourth'))
      clock.cancel(third)
      clock.cancel(first)
      await settle(() => woken.includes('fourth'))
      expect(woken).toEqual(['second', 'fourth'])
    })

    test('a timer can be cancelled by another with the same deadline', async () => {
      const { clock, settle, rest } = await start()
      const due = clock.now() + 5
      const woken: string[] = []
      let victim: Timer | undefined
      clock.wakeAt(due, () => {
        woken.push('first')
        if (victim !== undefined) clock.cancel(victim)
      })
      victim = clock.wakeAt(due, () => woken.push('victim'))
      await settle(() => woken.length > 0)
      await rest(10)
      expect(woken).toEqual(['first'])
    })

    test('cancelling twice, or after the wake, does nothing', async () => {
      const { clock, settle } = await start()
      const woken: string[] = []
      const fired = clock.wakeAt(clock.now() + 1, () => woken.push('fired'))
      const cancelled = clock.wakeAt(clock.now() + 1, () => woken.push('cancelled'))
      clock.cancel(cancelled)
      clock.cancel(cancelled)
      await settle(() => woken.length === 1)
      clock.cancel(fired)
      clock.wakeAt(clock.now() + 1, () => woken.push('after'))
      clock.cancel(fired)
      await settle(() => woken.length === 2)
      expect(woken).toEqual(['fired', 'after'])
    })
  })

  describe(`${name} clock: soon`, () => {
    test('what is asked for soon runs after the call, in order', async () => {
      const { clock, settle } = await start()
      const order: string[] = []
      clock.soon(() => order.push('one'))
      clock.soon(() => order.push('two'))
      order.push('call')
      await settle(() => order.length === 3)
      expect(order).toEqual(['call', 'one', 'two'])
    })

    test('it runs before the next timer, even one that is due', async () => {
      const { clock, settle } = await start()
      const due = clock.now() + 5
      const order: string[] = []
      clock.wakeAt(due, () => {
        order.push('first timer')
        clock.soon(() => order.push('soon'))
      })
      clock.wakeAt(due, () => order.push('second timer'))
      await settle(() => order.length === 3)
      expect(order).toEqual(['first timer', 'soon', 'second timer'])
    })

    test('soon asked for within soon is served', async () => {
      const { clock, settle } = await start()
      let depth = 0
      const dive = (): void => {
        depth += 1
        if (depth < 100) clock.soon(dive)
      }
      clock.soon(dive)
      await settle(() => depth === 100)
      expect(depth).toBe(100)
    })
  })
}
