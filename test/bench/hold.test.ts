import { describe, expect, test } from 'vitest'
import { actors } from '../../bench/kernel/hold/actors.ts'
import { effectFibers } from '../../bench/kernel/hold/effect.ts'
import { heapLoop } from '../../bench/kernel/hold/heap.ts'
import { delayTable, Hold, type HoldProgram } from '../../bench/kernel/hold/hold.ts'
import { rxjsScheduler } from '../../bench/kernel/hold/rxjs.ts'
import { sinonClock } from '../../bench/kernel/hold/sinon.ts'
import { timelineLoop } from '../../bench/kernel/hold/timeline.ts'

const programs: Readonly<Record<string, HoldProgram>> = {
  'the actors of the runtime': actors,
  'fibers of Effect': effectFibers,
  'the scheduler of RxJS': rxjsScheduler,
  'the fake timers of Sinon': sinonClock,
  'the timeline alone': timelineLoop,
  'the heap': heapLoop,
}

/** The work in the plainest way: look at everybody, take who is first, and of equals who asked first. */
function checkOf(entities: number, events: number): string {
  const hold = new Hold(entities, events)
  const waits = Array.from({ length: entities }, (_, entity) => ({
    entity,
    dueMs: hold.delayMs(entity),
    asked: entity,
  }))
  for (let event = 0; event < events; event += 1) {
    const first = waits.reduce((a, b) =>
      b.dueMs < a.dueMs || (b.dueMs === a.dueMs && b.asked < a.asked) ? b : a,
    )
    hold.hit(first.entity, first.dueMs)
    first.dueMs += hold.delayMs(first.entity)
    first.asked = entities + event
  }
  return hold.check
}

describe('the hold model is the same work', () => {
  test.each(Object.keys(programs))('for %s', async (name) => {
    const hold = new Hold(60, 3_000)
    await programs[name]?.(hold)()
    expect(hold.check).toBe(checkOf(60, 3_000))
  })

  test('and other work has another sum', () => {
    expect(checkOf(60, 3_000)).not.toBe(checkOf(61, 3_000))
    expect(checkOf(60, 3_000)).not.toBe(checkOf(60, 3_001))
  })
})

test('delays are whole, at least one, and a thousand on average', () => {
  const sum = delayTable.reduce((total, delay) => total + delay, 0)
  expect(delayTable.every((delay) => Number.isInteger(delay) && delay >= 1)).toBe(true)
  expect(sum / delayTable.length).toBeCloseTo(1_000, -1)
})
