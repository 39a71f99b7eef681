import { describe, expect, test } from 'vitest'
import type { Decision } from '../../../src/kernel/supervisor.ts'
import { addScribe, openStage, type Plain, policyOf, roomy } from './stage.ts'

describe('failures', () => {
  test('restart: fresh state at once, and messages of others are kept', () => {
    const stage = openStage()
    const book: string[] = []
    const a = addScribe(stage, 'a', book)
    for (const kind of ['one', 'fail', 'two']) stage.system.send(a, { kind })
    stage.system.start()
    expect(book).toEqual(['a1:one', 'a1:fail', 'a2:two'])
    expect(stage.log).toEqual([
      '0 a actor-started 1',
      '0 a actor-failed Error: a fails restart',
      '0 a actor-started 2',
    ])
  })

  test('restart at the boundary: messages wait until then, none is lost', () => {
    const untilBoundaryMs = (): number => 40
    const policy = policyOf(() => ({ kind: 'restart-at-boundary' }), { untilBoundaryMs })
    const stage = openStage(policy)
    const book: string[] = []
    const a = addScribe(stage, 'a', book)
    for (const kind of ['one', 'fail', 'two', 'three']) stage.system.send(a, { kind })
    stage.system.start()
    stage.system.send(a, { kind: 'four' })
    stage.world.runFor(39)
    expect(book).toEqual(['a1:one', 'a1:fail'])
    expect(stage.system.waiting('a')).toBe(3)
    stage.world.runFor(1)
    expect(book).toEqual(['a1:one', 'a1:fail', 'a2:two', 'a2:three', 'a2:four'])
  })

  test('a failure while it is being started counts like any other', () => {
    const stage = openStage(policyOf(() => ({ kind: 'restart' }), { restartsMax: 2 }))
    let attempts = 0
    stage.system.root.spawn<Plain>('a', roomy, () => {
      attempts += 1
      throw new Error('stillborn')
    })
    stage.system.start()
    expect(attempts).toBe(3)
    expect(stage.failures).toEqual([new Error('stillborn')])
  })

  test('too many restarts within the window escalate; spread out, they do not', () => {
    const policy = policyOf(() => ({ kind: 'restart' }), { restartsMax: 2, windowMs: 100 })
    const hasty = openStage(policy)
    const patient = openStage(policy)
    for (const [stage, pauseMs] of [
      [hasty, 10],
      [patient, 60],
    ] as const) {
      const a = addScribe(stage, 'a', [])
      stage.system.start()
      for (let i = 0; i < 5; i += 1) {
        stage.system.send(a, { kind: 'fail' })
        stage.world.runFor(pauseMs)
      }
    }
    expect(hasty.failures).toHaveLength(1)
    expect(hasty.log).toContain('20 a actor-failed Error: a fails escalate')
    expect(patient.failures).toHaveLength(0)
  })

  test('abandon: the actor is gone, the others go on', () => {
    const stage = openStage(policyOf(() => ({ kind: 'abandon' })))
    const book: string[] = []
    const a = addScribe(stage, 'a', book)
    const b = addScribe(stage, 'b', book)
    stage.system.start()
    stage.system.send(a, { kind: 'fail' })
    stage.system.send(b, { kind: 'hello' })
    stage.world.runFor(10)
    expect(book).toEqual(['a1:fail', 'b1:hello'])
    expect(stage.failures).toEqual([])
  })

  test('escalate beyond the root: everything stops, and the owner is told', () => {
    const stage = openStage(policyOf(() => ({ kind: 'escalate' })))
    const book: string[] = []
    const a = addScribe(stage, 'a', book)
    const b = addScribe(stage, 'b', book)
    stage.system.start()
    for (const kind of ['one', 'fail', 'two']) stage.system.send(a, { kind })
    expect(stage.system.send(b, { kind: 'hello' })).toBe(false)
    stage.world.runFor(10)
    expect(book).toEqual(['a1:one', 'a1:fail'])
    expect(stage.failures).toEqual([new Error('a fails')])
    expect(stage.log).toContain('0  system-failed Error: a fails')
  })

  test('what is thrown need not be an Error', () => {
    const stage = openStage()
    addScribe(stage, 'a', [])
    stage.system.start()
    stage.system.crash('a', 'a text')
    expect(stage.log).toContain('0 a actor-failed a text restart')
    expect(() => stage.system.crash('nobody', 'x')).toThrow('an actor at nobody')
  })
})

describe('groups', () => {
  /** Root restarts groups; the group decides about its actors as told. */
  function openGroup(inner: Decision, outer: Decision = { kind: 'restart' }, boundaryMs = 0) {
    const untilBoundaryMs = (): number => boundaryMs
    const stage = openStage(policyOf(() => outer, { untilBoundaryMs }))
    const policy = policyOf(() => inner, { untilBoundaryMs })
    const book: string[] = []
    const group = stage.system.root.group('g', policy)
    const first = addScribe(stage, 'first', book, group)
    const second = addScribe(stage, 'second', book, group)
    const outside = addScribe(stage, 'outside', book)
    return { stage, book, group, first, second, outside }
  }

  test('an escalation restarts the whole group, in order, and nobody outside it', () => {
    const { stage, first, second } = openGroup({ kind: 'escalate' })
    for (const to of [second, first, second]) stage.system.send(to, { kind: 'hello' })
    stage.system.start()
    stage.log.length = 0
    stage.system.send(second, { kind: 'fail' })
    expect(stage.log).toEqual([
      '0 g/second actor-failed Error: second fails escalate',
      '0 g/first actor-started 2',
      '0 g/second actor-started 2',
    ])
  })

  test('a sibling that was about to have a turn keeps its messages and does not fail', () => {
    const { stage, book, first, second } = openGroup({ kind: 'escalate' })
    stage.system.send(first, { kind: 'fail' })
    stage.system.send(second, { kind: 'hello' })
    stage.system.start()
    expect(book).toEqual(['first1:fail', 'second2:hello'])
    expect(stage.log.filter((line) => line.includes('actor-failed'))).toHaveLength(1)
  })

  test('a sibling that was about to run a callback of its old life does not, and does not fail', () => {
    const { stage, book, first, group } = openGroup({ kind: 'escalate' })
    const third = group.spawn<Plain>('third', roomy, (context) => ({
      receive: () => {
        context.send(first, { kind: 'fail' })
        context.bind(() => void book.push('of an old life'))()
      },
    }))
    stage.system.start()
    stage.system.send(third, { kind: 'go' })
    stage.world.runFor(10)
    // `first` was queued before the callback of `third`.
    expect(book).toEqual(['first1:fail'])
    expect(stage.log.filter((line) => line.includes('actor-failed'))).toHaveLength(1)
  })

  test('a group is restarted at the boundary, and its messages wait', () => {
    const outer = { kind: 'restart-at-boundary' } as const
    const { stage, book, first, second } = openGroup({ kind: 'escalate' }, outer, 25)
    stage.system.send(first, { kind: 'fail' })
    stage.system.send(second, { kind: 'hello' })
    stage.system.start()
    expect(book).toEqual(['first1:fail'])
    stage.world.runFor(25)
    expect(book).toEqual(['first1:fail', 'second2:hello'])
  })

  test('an actor that was abandoned stays so when its group is restarted', () => {
    const stage = openStage()
    const decide = (_: unknown, path: string): Decision =>
      path === 'g/weak' ? { kind: 'abandon' } : { kind: 'escalate' }
    const group = stage.system.root.group('g', policyOf(decide))
    const book: string[] = []
    const weak = addScribe(stage, 'weak', book, group)
    const strong = addScribe(stage, 'strong', book, group)
    stage.system.start()
    stage.system.send(weak, { kind: 'fail' })
    stage.system.send(strong, { kind: 'fail' })
    expect(stage.system.send(weak, { kind: 'hello' })).toBe(false)
    stage.system.send(strong, { kind: 'hello' })
    stage.system.crash('g/weak', new Error('once more'))
    expect(book).toEqual(['weak1:fail', 'strong1:fail', 'strong2:hello'])
    const starts = stage.log.filter((line) => line.includes('weak actor-started'))
    expect(starts).toHaveLength(1)
  })

  test('an abandoned group is gone as a whole', () => {
    const { stage, book, first, second, outside } = openGroup(
      { kind: 'escalate' },
      { kind: 'abandon' },
    )
    stage.system.start()
    stage.system.send(first, { kind: 'fail' })
    expect(stage.system.send(second, { kind: 'hello' })).toBe(false)
    expect(stage.system.send(outside, { kind: 'hello' })).toBe(true)
    expect(book).toEqual(['first1:fail', 'outside1:hello'])
  })

  test('a second failure while waiting for the boundary does not start an actor twice', () => {
    const inner = { kind: 'restart-at-boundary' } as const
    const { stage, book, first } = openGroup(inner, { kind: 'restart' }, 30)
    stage.system.start()
    stage.system.send(first, { kind: 'fail' })
    stage.world.runFor(10)
    stage.system.crash('g/first', new Error('again'))
    stage.world.runFor(100)
    stage.system.send(first, { kind: 'hello' })
    expect(book).toEqual(['first1:fail', 'first2:hello'])
  })

  test('a group that is restarted too often is passed on to the one above', () => {
    const { stage, first } = openGroup({ kind: 'escalate' })
    stage.system.start()
    for (let i = 0; i < 4; i += 1) stage.system.send(first, { kind: 'fail' })
    expect(stage.failures).toEqual([new Error('first fails')])
  })
})

describe('stopping', () => {
  test('actors stop last started first, and nothing runs afterwards', () => {
    const stage = openStage()
    const book: string[] = []
    const a = addScribe(stage, 'a', book)
    addScribe(stage, 'b', book)
    stage.system.root.spawn<Plain>('timer', roomy, (context) => {
      context.sendAfter(5, { kind: 'tick' })
      return { receive: ({ kind }) => void book.push(kind) }
    })
    stage.system.start()
    stage.system.stop()
    stage.system.stop()
    expect(stage.system.send(a, { kind: 'hello' })).toBe(false)
    stage.world.runFor(10)
    expect(book).toEqual(['b1:stop', 'a1:stop'])
  })

  test('what an actor sends as it stops is handled by those that still run', () => {
    const stage = openStage()
    const book: string[] = []
    const store = addScribe(stage, 'store', book)
    stage.system.root.spawn<Plain>('chain', roomy, (context) => ({
      receive: () => {},
      stop: () => {
        context.send(store, { kind: 'last words' })
        book.push('chain:stop')
      },
    }))
    stage.system.start()
    stage.system.stop()
    expect(book).toEqual(['chain:stop', 'store1:last words', 'store1:stop'])
  })

  test('an actor that fails to stop does not keep the others from it', () => {
    const stage = openStage()
    const book: string[] = []
    addScribe(stage, 'a', book)
    stage.system.root.spawn<Plain>('b', roomy, () => ({
      receive: () => {},
      stop: () => {
        throw new Error('stuck')
      },
    }))
    stage.system.start()
    stage.system.stop()
    expect(book).toEqual(['a1:stop'])
    expect(stage.log).toContain('0 b actor-failed Error: stuck stop')
  })

  test('an actor that waits for its restart is gone after a stop', () => {
    const untilBoundaryMs = (): number => 20
    const stage = openStage(policyOf(() => ({ kind: 'restart-at-boundary' }), { untilBoundaryMs }))
    const book: string[] = []
    const a = addScribe(stage, 'a', book)
    stage.system.start()
    stage.system.send(a, { kind: 'fail' })
    stage.system.stop()
    stage.world.runFor(100)
    expect(book).toEqual(['a1:fail'])
    expect(stage.system.send(a, { kind: 'hello' })).toBe(false)
  })

  test('a stop from within a turn ends the system after that turn', () => {
    const stage = openStage()
    const book: string[] = []
    const other = addScribe(stage, 'other', book)
    const a = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: () => {
        context.send(other, { kind: 'never handled' })
        stage.system.stop()
        book.push('a:done')
      },
    }))
    stage.system.start()
    stage.system.send(a, { kind: 'go' })
    stage.world.runFor(10)
    expect(book).toEqual(['other1:stop', 'a:done'])
  })
})
