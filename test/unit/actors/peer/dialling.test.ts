import { describe, expect, test } from 'vitest'
import { type Dial, type DialPurpose, DialQueue } from '../../../../src/actors/peer/dialling.ts'

const options = { dialPauseMsMin: 1_000, dialPauseMsMax: 30_000 }
const everybody = (): boolean => true

function newQueue(): DialQueue {
  return new DialQueue(options, 0, () => 0)
}

function drain(queue: DialQueue, nowMs: number): readonly Dial[] {
  const dials: Dial[] = []
  let dial = queue.next(nowMs, everybody)
  while (dial !== undefined) {
    dials.push(dial)
    dial = queue.next(nowMs, everybody)
  }
  return dials
}

describe('the queue', () => {
  test('has the more important first, whoever came first', () => {
    const queue = newQueue()
    const wanted: readonly DialPurpose[] = ['feeler', 'stranger', 'miner', 'anchor', 'operator']
    for (const purpose of wanted) queue.want({ address: `sim:${purpose}`, purpose })
    queue.keep('sim:kept', 0)
    expect(drain(queue, 0).map(({ purpose }) => purpose)).toEqual([
      ...['kept', 'operator', 'anchor', 'miner', 'stranger', 'feeler'],
    ])
  })

  test('dials eight at once, and four a second', () => {
    const queue = newQueue()
    for (let i = 0; i < 40; i += 1) queue.want({ address: `sim:${i}`, purpose: 'stranger' })
    const first = drain(queue, 0)
    expect(first).toHaveLength(8)
    // Nobody more while all are under way.
    expect(drain(queue, 10_000)).toEqual([])
    for (const { address } of first) queue.ended(address, false, 10_000)
    expect(drain(queue, 10_000)).toHaveLength(8)
    let dialled = 0
    for (let nowMs = 10_000; nowMs < 13_000; nowMs += 50) {
      for (let i = 0; i < 40; i += 1) queue.ended(`sim:${i}`, false, nowMs)
      dialled += drain(queue, nowMs).length
    }
    expect(dialled).toBeGreaterThanOrEqual(11)
    expect(dialled).toBeLessThanOrEqual(12)
  })

  test('names a moment that a clock of whole microseconds can tell from the present one', () => {
    const queue = newQueue()
    let nowMs = 0
    for (let i = 0; i < 2_000; i += 1) {
      // Moments at which no token is whole, in steps that no binary fraction can hold.
      nowMs += 0.137
      queue.want({ address: `sim:${i}`, purpose: 'stranger' })
      for (const { address } of drain(queue, nowMs)) queue.ended(address, true, nowMs)
      const dueMs = queue.nextDueMs(nowMs, everybody) ?? nowMs + 1
      expect(dueMs - nowMs).toBeGreaterThan(0.001)
      if (i % 7 === 0) nowMs = dueMs
    }
  })

  test('is bounded, and has each address once', () => {
    const queue = newQueue()
    const want = (i: number) => queue.want({ address: `sim:${i}`, purpose: 'stranger' })
    for (let i = 0; i < 64; i += 1) expect(want(i)).toBe(true)
    expect(want(3)).toBe(true)
    expect(want(64)).toBe(false)
    expect(queue.pending('stranger')).toBe(64)
  })

  test('drops who is not needed any more', () => {
    const queue = newQueue()
    queue.want({ address: 'sim:a', purpose: 'stranger' })
    expect(queue.next(0, () => false)).toBeUndefined()
    expect(queue.isPending('sim:a')).toBe(false)
  })

  test('tells for what a peer is being dialled', () => {
    const queue = newQueue()
    queue.want({ address: '/ip4/1.2.3.4/tcp/1/p2p/A', purpose: 'feeler' })
    expect(queue.purposeFor('A')).toBeUndefined()
    drain(queue, 0)
    expect(queue.purposeFor('A')).toBe('feeler')
  })
})

describe('a kept address', () => {
  test('waits 1 s, then twice as long each time, 30 s at most, for ever', () => {
    const queue = newQueue()
    queue.keep('sim:a', 0)
    const pauses: number[] = []
    let nowMs = 0
    for (let i = 0; i < 8; i += 1) {
      expect(drain(queue, nowMs)).toHaveLength(1)
      queue.ended('sim:a', false, nowMs)
      const dueMs = queue.nextDueMs(nowMs, everybody) ?? 0
      pauses.push((dueMs - nowMs) / 1_000)
      expect(drain(queue, dueMs - 1)).toEqual([])
      nowMs = dueMs
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
  })

  test('that answered begins anew; that was lost waits the shortest pause', () => {
    const queue = newQueue()
    queue.keep('sim:a', 0)
    drain(queue, 0)
    queue.ended('sim:a', false, 0)
    drain(queue, 1_000)
    queue.ended('sim:a', true, 1_000)
    queue.lost('sim:a', 60_000)
    expect(queue.nextDueMs(60_000, everybody)).toBe(61_000)
  })

  test('waits no longer when all are hastened', () => {
    const queue = newQueue()
    queue.keep('sim:a', 0)
    drain(queue, 0)
    queue.ended('sim:a', false, 0)
    expect(drain(queue, 500)).toEqual([])
    queue.hasten(500)
    expect(drain(queue, 500)).toHaveLength(1)
  })

  test('that is released is not dialled any more', () => {
    const queue = newQueue()
    queue.keep('sim:a', 0)
    queue.release('sim:a')
    expect(queue.nextDueMs(0, everybody)).toBeUndefined()
  })
})
