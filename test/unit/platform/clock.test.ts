/** What the real clock does beyond the contract: closing, long delays, many cancelled timers, faults. */
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { openClock } from '../../../src/platform/clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('nothing that was asked for runs after the clock was closed', async () => {
  const clock = openClock()
  const woken: string[] = []
  clock.wakeAt(clock.now() + 1, () => woken.push('timer'))
  clock.soon(() => woken.push('soon'))
  clock.close()
  clock.wakeAt(clock.now(), () => woken.push('late timer'))
  clock.soon(() => woken.push('late soon'))
  await sleep(20)
  expect(woken).toEqual([])
})

test('a timer that closes the clock is the last to wake', async () => {
  const clock = openClock()
  const woken: string[] = []
  const due = clock.now() + 1
  clock.wakeAt(due, () => {
    woken.push('first')
    clock.soon(() => woken.push('soon'))
    clock.close()
  })
  clock.wakeAt(due, () => woken.push('second'))
  await sleep(20)
  expect(woken).toEqual(['first'])
})

test('a delay longer than setTimeout can take is slept in pieces', () => {
  vi.useFakeTimers()
  const clock = openClock()
  const day = 24 * 60 * 60 * 1_000
  let woke = false
  clock.wakeAt(clock.now() + 60 * day, () => {
    woke = true
  })
  vi.advanceTimersByTime(59 * day)
  expect(woke).toBe(false)
  vi.advanceTimersByTime(2 * day)
  expect(woke).toBe(true)
})

test('an infinite deadline waits without keeping the machine busy', () => {
  vi.useFakeTimers()
  const clock = openClock()
  clock.wakeAt(Number.POSITIVE_INFINITY, () => expect.unreachable())
  expect(vi.getTimerCount()).toBe(0)
})

test('a deadline that is not a number is a fault of the code', () => {
  expect(() => openClock().wakeAt(Number.NaN, () => {})).toThrow('a deadline is a number')
})

test('live timers keep their order while thousands of others are cancelled', () => {
  vi.useFakeTimers()
  const clock = openClock()
  const begun = clock.now()
  const woken: number[] = []
  for (let i = 0; i < 200; i += 1) {
    const delay = (i * 73) % 200
    clock.wakeAt(begun + delay, () => woken.push(delay))
    for (let j = 0; j < 20; j += 1) {
      clock.cancel(clock.wakeAt(begun + ((i * j) % 500), () => woken.push(-1)))
    }
  }
  vi.advanceTimersByTime(1_000)
  expect(woken).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

test('a timer that asks for the past again and again lets others run', async () => {
  const clock = openClock()
  let turns = 0
  let isOver = false
  const again = (): void => {
    turns += 1
    if (!isOver) clock.wakeAt(0, again)
  }
  clock.wakeAt(0, again)
  // Were nobody else let in, no sleep would end. How many turns pass meanwhile is a matter of the machine.
  while (turns < 2) await sleep(1)
  isOver = true
  clock.close()
})

test('a wake that throws takes nothing with it', () => {
  const script = `
    import { openClock } from './src/platform/clock.ts'
    process.on('uncaughtException', (error) => console.log(error.message))
    const clock = openClock()
    const due = clock.now() + 1
    clock.wakeAt(due, () => { throw new Error('timer') })
    clock.wakeAt(due, () => console.log('next timer'))
    clock.soon(() => { throw new Error('soon') })
    clock.soon(() => console.log('next soon'))
  `
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../../..', import.meta.url).pathname,
    encoding: 'utf8',
  })
  expect(stdout.trim().split('\n').toSorted()).toEqual(['next soon', 'next timer', 'soon', 'timer'])
})
