/** Both sides of the shared slots in one thread, step by step: who gets which slot, and who wins a dispute. */
import { describe, expect, test } from 'vitest'
import { Board } from '../../../../src/platform/validation/board.ts'
import { claimSlot, finishSlot } from '../../../../src/platform/validation/claim.ts'
import {
  judgeBytesMax,
  poolBytesMax,
  type Slot,
  sharedBytes,
  slotCount,
  slotsOf,
  workersMax,
} from '../../../../src/platform/validation/layout.ts'
import {
  readTask,
  type Task,
  writeCheckVerdicts,
} from '../../../../src/platform/validation/task.ts'
import { cheapChecks } from '../../../support/validation/open-pool.ts'

const task: Task = { kind: 'checks', checks: cheapChecks(2) }

/** A board whose pieces are names, and the hands of its workers. */
function open() {
  const board = new Board<string>()
  const shared = slotsOf(board.memory)
  const publish = (name: string, priority: 'urgent' | 'bulk' = 'bulk') =>
    board.publish(name, { kind: 'checks', checks: cheapChecks(name.length) }, priority)
  /** Which piece it is shows by the number of its checks. */
  const claim = (worker: number) => claimSlot(shared, worker)
  const lengthIn = (slot: Slot | undefined) => {
    const found = slot === undefined ? undefined : readTask(slot.input)
    return found?.kind === 'checks' ? found.checks.length : undefined
  }
  const finish = (slot: Slot | undefined, worker: number) => {
    if (slot === undefined) throw new Error('a slot')
    writeCheckVerdicts(slot.output, [true])
    finishSlot(shared, slot, worker)
  }
  const collected = () => {
    const names: string[] = []
    board.collect(({ piece }) => names.push(piece))
    return names
  }
  return { board, publish, claim, lengthIn, finish, collected }
}

test('the pool keeps to 64 MiB, the memory of its judges included', () => {
  expect(sharedBytes + workersMax * judgeBytesMax).toBeLessThanOrEqual(poolBytesMax)
  expect(poolBytesMax).toBe(64 * 1_024 * 1_024)
  expect(new Board<string>().memory.byteLength).toBe(sharedBytes)
})

describe('slots', () => {
  test('are claimed in the order in which they were filled, urgent ones first', () => {
    const { publish, claim, lengthIn } = open()
    for (const name of ['a', 'bb', 'ccc']) publish(name)
    publish('urgent', 'urgent')
    publish('urgent too', 'urgent')
    const lengths = [1, 2, 3, 1, 2].map((worker) => lengthIn(claim(worker)))
    expect(lengths).toEqual([6, 10, 1, 2, 3])
    expect(claim(1)).toBeUndefined()
  })

  test('are free again when they were collected, and not before', () => {
    const { board, publish, claim, finish, collected } = open()
    for (let i = 0; i < slotCount; i += 1) publish(`${i}`)
    expect([board.free, board.inFlight]).toEqual([0, slotCount])
    expect(() => board.publish('one more', task, 'bulk')).toThrow('a free slot')
    const slot = claim(1)
    expect(collected()).toEqual([])
    finish(slot, 1)
    expect(board.free).toBe(0)
    expect(collected()).toEqual(['0'])
    expect([board.free, board.inFlight]).toEqual([1, slotCount - 1])
    expect(collected()).toEqual([])
  })

  test('that were freed last are used first, so that a small load touches little memory', () => {
    const { publish, claim, finish, collected } = open()
    const used = new Set<Slot | undefined>()
    for (let i = 0; i < 40; i += 1) {
      publish('a')
      const slot = claim(1)
      used.add(slot)
      finish(slot, 1)
      collected()
    }
    expect(used.size).toBe(1)
  })
})

describe('a slot that is taken back', () => {
  test('from the dead is free at once', () => {
    const { board, publish, claim } = open()
    for (const name of ['mine', 'other', 'ready']) publish(name)
    claim(1)
    claim(2)
    expect(board.takeBackFrom(1, true)).toEqual(['mine'])
    expect([board.free, board.inFlight]).toEqual([slotCount - 2, 2])
    expect(board.takeBackFrom(1, true)).toEqual([])
  })

  test('from one who may still live is not used until it is dead, and its finishing comes to nothing', () => {
    const { board, publish, claim, finish, collected } = open()
    publish('piece')
    const slot = claim(1)
    expect(board.takeBackFrom(1, false)).toEqual(['piece'])
    expect([board.free, board.inFlight, board.used]).toEqual([slotCount - 1, 0, 1])
    finish(slot, 1)
    expect(collected()).toEqual([])
    expect(board.takeBackFrom(1, true)).toEqual([])
    expect(board.free).toBe(slotCount)
    expect(collected()).toEqual([])
  })

  test('too late was finished, and counts', () => {
    const { board, publish, claim, finish, collected } = open()
    publish('piece')
    finish(claim(1), 1)
    expect(board.takeBackFrom(1, false)).toEqual([])
    expect(board.takeBackFrom(1, true)).toEqual([])
    expect(collected()).toEqual(['piece'])
    expect(board.free).toBe(slotCount)
  })

  test('before anybody claimed it is claimed by nobody', () => {
    const { board, publish, claim, lengthIn } = open()
    publish('claimed')
    publish('bulk')
    publish('urgent', 'urgent')
    expect(lengthIn(claim(1))).toBe(6)
    expect(lengthIn(claim(2))).toBe(7)
    expect(board.takeBackReady()).toEqual(['bulk'])
    expect(claim(1)).toBeUndefined()
    expect([board.free, board.inFlight]).toEqual([slotCount - 2, 2])
  })
})

describe('a stall', () => {
  test('is the same claim at more looks in a row than are allowed', () => {
    const { board, publish, claim, finish, collected } = open()
    publish('slow')
    publish('ready')
    const slow = claim(1)
    expect([1, 2, 3].map(() => board.lookForStalls(3))).toEqual([[], [], []])
    expect(board.lookForStalls(3)).toEqual([1])
    finish(slow, 1)
    expect(board.lookForStalls(3)).toEqual([])
    collected()
    // The same worker with another piece begins anew, and so does another piece in the same slot.
    publish('next')
    claim(1)
    expect(board.lookForStalls(3)).toEqual([])
  })
})

describe('news of finished pieces', () => {
  test('come once, from outside of the call, also if they came before', async () => {
    const { board, publish, claim, finish } = open()
    const heard: string[] = []
    const before = board.finishedCount
    publish('a')
    const first = Promise.withResolvers<void>()
    board.whenFinished(before, () => {
      heard.push('first')
      first.resolve()
    })
    finish(claim(1), 1)
    expect(heard).toEqual([])
    await first.promise
    const second = Promise.withResolvers<void>()
    board.whenFinished(before, () => {
      heard.push('second')
      second.resolve()
    })
    expect(heard).toEqual(['first'])
    await second.promise
    expect(heard).toEqual(['first', 'second'])
  })
})
