import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Timeline, type TimelineEntry } from '../../../sim/timeline.ts'

/** The same contract, done in the plainest way: a list, searched for the least. */
class Oracle {
  nowUs = 0
  waiting: { id: number; dueUs: number }[] = []
  readonly fired: string[] = []

  at(id: number, dueUs: number): void {
    this.waiting.push({ id, dueUs: Math.max(dueUs, this.nowUs) })
  }

  cancel(id: number): void {
    this.waiting = this.waiting.filter((entry) => entry.id !== id)
  }

  step(untilUs: number): boolean {
    const [first] = this.waiting.toSorted((a, b) => a.dueUs - b.dueUs)
    if (first === undefined || first.dueUs > untilUs) {
      this.nowUs = Math.max(this.nowUs, untilUs)
      return false
    }
    this.nowUs = first.dueUs
    this.cancel(first.id)
    this.fired.push(`${first.id}@${first.dueUs}`)
    return true
  }
}

const delayUs = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: 0, max: 70 }),
  fc.integer({ min: 0, max: 40_000 }),
  fc.integer({ min: 0, max: 2 ** 26 }),
  fc.integer({ min: 2 ** 30 - 50, max: 2 ** 30 + 50 }),
  fc.integer({ min: 0, max: 5 * 2 ** 30 }),
)
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('at' as const), delayUs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('step' as const), delayUs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('run' as const), delayUs }) },
)

describe('a timeline', () => {
  test('does what a sorted list does, cancellations and far times included', () => {
    const property = fc.property(fc.array(act, { maxLength: 120, size: 'max' }), (acts) => {
      const timeline = new Timeline()
      const oracle = new Oracle()
      const entries: TimelineEntry[] = []
      const fired: string[] = []
      for (const one of acts) {
        if (one.kind === 'at') {
          const id = entries.length
          const dueUs = timeline.nowUs + one.delayUs
          const fire = (): void => {
            fired.push(`${id}@${timeline.nowUs}`)
          }
          entries.push(timeline.at(dueUs, { fire }))
          oracle.at(id, dueUs)
        } else if (one.kind === 'cancel') {
          const id = entries.length === 0 ? 0 : one.pick % entries.length
          const entry = entries[id]
          if (entry !== undefined) timeline.cancel(entry)
          oracle.cancel(id)
        } else {
          const untilUs = timeline.nowUs + Math.max(0, one.delayUs)
          if (one.kind === 'step') expect(timeline.step(untilUs)).toBe(oracle.step(untilUs))
          else {
            timeline.runUntil(untilUs)
            while (oracle.step(untilUs));
          }
        }
        expect(timeline.nowUs).toBe(oracle.nowUs)
        expect(timeline.pending).toBe(oracle.waiting.length)
      }
      timeline.runUntil(2 ** 40)
      while (oracle.step(2 ** 40));
      expect(fired).toEqual(oracle.fired)
      expect(timeline.pending).toBe(0)
    })
    fc.assert(property, { seed: 1, numRuns: 600 })
  })

  test('equal times happen in the order in which they were put there, whatever lay between', () => {
    const timeline = new Timeline()
    const order: string[] = []
    const note = (text: string) => ({ fire: () => void order.push(text) })
    timeline.at(100_000, note('from afar'))
    timeline.runUntil(99_000)
    timeline.at(100_000, note('from near'))
    timeline.at(99_999, {
      fire: () => {
        timeline.at(100_000, note('last'))
        timeline.at(99_999, note('same instant'))
      },
    })
    timeline.runUntil(100_000)
    expect(order).toEqual(['same instant', 'from afar', 'from near', 'last'])
  })

  test('what is put there after a run that found nothing is not misplaced', () => {
    const timeline = new Timeline()
    const order: number[] = []
    timeline.at(1_005, { fire: () => void order.push(1_005) })
    expect(timeline.step(1_000)).toBe(false)
    expect(timeline.nowUs).toBe(1_000)
    timeline.at(600, { fire: () => void order.push(timeline.nowUs) })
    timeline.runUntil(2_000)
    expect(order).toEqual([1_000, 1_005])
  })

  test('soon comes before any timed event, also one that is due, and after the present one', () => {
    const timeline = new Timeline()
    const order: string[] = []
    timeline.at(10, {
      fire: () => {
        timeline.soon(() => {
          order.push('soon')
          timeline.soon(() => void order.push('sooner or later'))
        })
        timeline.at(10, { fire: () => void order.push('now') })
        order.push('event')
      },
    })
    timeline.at(10, { fire: () => void order.push('next') })
    timeline.runUntil(10)
    expect(order).toEqual(['event', 'soon', 'sooner or later', 'next', 'now'])
  })

  test('an entry says whether it still waits', () => {
    const timeline = new Timeline()
    const fires = timeline.at(5, { fire: () => {} })
    const cancelled = timeline.at(2 ** 31, { fire: () => {} })
    expect([fires.isPending, cancelled.isPending]).toEqual([true, true])
    timeline.cancel(cancelled)
    timeline.cancel(cancelled)
    timeline.runUntil(5)
    expect(fires.isCancelled).toBe(false)
    timeline.cancel(fires)
    expect([fires.isPending, cancelled.isPending]).toEqual([false, false])
    expect([fires.isCancelled, cancelled.isCancelled]).toEqual([true, true])
    expect(timeline.pending).toBe(0)
  })

  test('one receiver takes many events, each with a value of its own', () => {
    const timeline = new Timeline()
    const heard: string[] = []
    const receiver = { fire: (value: string) => void heard.push(`${value}@${timeline.nowUs}`) }
    timeline.at(3, receiver, 'c')
    timeline.at(1, receiver, 'a')
    timeline.at(2, receiver, 'b')
    timeline.runUntil(3)
    expect(heard).toEqual(['a@1', 'b@2', 'c@3'])
  })

  test('what is moved happens at its new time, behind what was there', () => {
    const timeline = new Timeline()
    const order: string[] = []
    const note = { fire: (name: string) => void order.push(`${name}@${timeline.nowUs}`) }
    const early = timeline.at(5, note, 'early')
    const far = timeline.at(2 ** 31, note, 'far')
    timeline.at(20, note, 'there')
    timeline.move(early, 20)
    timeline.move(far, 10)
    expect(timeline.pending).toBe(3)
    timeline.runUntil(20)
    expect(order).toEqual(['far@10', 'there@20', 'early@20'])
    expect(() => timeline.move(far, 30)).toThrow('what has happened is not moved')
  })

  test('the entries of one receiver are found wherever they wait', () => {
    const timeline = new Timeline()
    const receiver = { fire: () => {} }
    const entries = [1, 5_000, 2_000_000, 2 ** 31].map((us) => timeline.at(us, receiver))
    timeline.at(7, { fire: () => {} })
    expect(new Set(timeline.entriesOf((event) => event === receiver))).toEqual(new Set(entries))
  })

  test('a time that is not a whole microsecond is a fault of the code', () => {
    const timeline = new Timeline()
    expect(() => timeline.at(0.5, { fire: () => {} })).toThrow('whole microseconds')
    expect(() => timeline.runUntil(Number.NaN)).toThrow('whole number')
  })
})
