import { describe, expect, test } from 'vitest'
import type { Reply } from '../../../src/kernel/actor.ts'
import type { SupervisorPolicy } from '../../../src/kernel/supervisor.ts'
import { openStage, type Plain, policyOf, roomy } from './stage.ts'

interface Question {
  readonly kind: 'question'
  readonly reply: Reply<string>
}

/** What a life of the asked actor does with a question. The first life is number 1. */
type Behaviour = (reply: Reply<string>, life: number) => void

/** An actor `b` that behaves so, and `a`, which asks it at each message and writes down what came of it, and when. */
function openDialogue(
  behave: Behaviour,
  { isRepeatable = false, policy }: { isRepeatable?: boolean; policy?: SupervisorPolicy } = {},
) {
  const stage = openStage(policy)
  const { system } = stage
  const book: string[] = []
  let lives = 0
  const b = system.root.spawn<Question>('b', roomy, () => {
    lives += 1
    const life = lives
    return {
      receive: ({ reply }) => {
        behave(reply, life)
      },
    }
  })
  const a = system.root.spawn<Plain>('a', roomy, (context) => ({
    receive: ({ kind }) => {
      const ask = (reply: Reply<string>): Question => ({ kind: 'question', reply })
      context.ask({ to: b, ask, deadlineMs: 100, isRepeatable }, (outcome) => {
        book.push(`${kind} ${outcome.ok ? outcome.value : outcome.fault.code}@${context.now()}`)
      })
    },
  }))
  system.start()
  const go = (...kinds: readonly string[]): void => {
    for (const kind of kinds) system.send(a, { kind })
  }
  const crash = (path: string): void => system.crash(path, new Error('struck'))
  const wait = (ms: number): void => void stage.world.runFor(ms)
  return { stage, book, go, crash, wait }
}

const silent: Behaviour = () => undefined
const answersInItsSecondLife: Behaviour = (reply, life) => {
  if (life === 2) reply('yes')
}
const atBoundary = policyOf(() => ({ kind: 'restart-at-boundary' }), { untilBoundaryMs: () => 40 })

describe('an asked actor whose life ends', () => {
  test('ends the question that it failed at, at once', () => {
    const { stage, book, go, wait } = openDialogue(() => {
      throw new Error('no')
    })
    go('x')
    wait(1_000)
    expect(book).toEqual(['x ended@0'])
    expect(stage.log).toContain('0 a ask-ended b false')
    expect(stage.log.filter((line) => line.includes('timed-out'))).toEqual([])
  })

  test('ends all that it had taken, in the order in which it was asked', () => {
    const { book, go, crash, wait } = openDialogue(silent)
    go('x', 'y', 'z')
    wait(10)
    crash('b')
    wait(1_000)
    expect(book).toEqual(['x ended@10', 'y ended@10', 'z ended@10'])
  })

  test.each([0, 1, 2])(
    'ends what it had not answered, if of three that was all but number %i',
    (at) => {
      const replies: Reply<string>[] = []
      const { book, go, crash, wait } = openDialogue((reply) => void replies.push(reply))
      const names = ['x', 'y', 'z']
      go(...names)
      replies[at]?.('yes')
      wait(10)
      crash('b')
      // Of those nothing is left that a further life could end.
      go('last')
      crash('b')
      wait(1_000)
      const ended = names.filter((_, index) => index !== at).map((name) => `${name} ended@10`)
      expect(book).toEqual([`${names[at]} yes@0`, ...ended, 'last ended@10'])
    },
  )

  test('leaves to the next life what it had not taken', () => {
    const { book, go, crash, wait } = openDialogue(answersInItsSecondLife, { policy: atBoundary })
    go('x')
    crash('b')
    // Between two lives: this one waits in the mailbox.
    go('y')
    wait(1_000)
    expect(book).toEqual(['x ended@0', 'y yes@40'])
  })

  test('does not end what it has answered', () => {
    const { stage, book, go, crash, wait } = openDialogue((reply) => reply('yes'))
    go('x')
    crash('b')
    wait(1_000)
    expect(book).toEqual(['x yes@0'])
    expect(stage.log.filter((line) => line.includes('ask-ended'))).toEqual([])
  })

  test('is late with an answer that it had handed on', () => {
    const replies: Reply<string>[] = []
    const { stage, book, go, crash, wait } = openDialogue((reply) => void replies.push(reply))
    go('x')
    crash('b')
    for (const reply of replies) reply('yes')
    wait(1_000)
    expect(book).toEqual(['x ended@0'])
    expect(stage.log).toContain('0 a late-answer 0')
  })

  test('for good ends what waits for it too', () => {
    const abandon = policyOf((_, name) => ({ kind: name === 'b' ? 'abandon' : 'restart' }))
    const { book, go, crash, wait } = openDialogue(silent, { policy: abandon, isRepeatable: true })
    go('x')
    crash('b')
    go('y')
    wait(1_000)
    expect(book).toEqual(['x refused@0', 'y refused@0'])
  })

  test('tells nobody whose own life is over', () => {
    const { stage, book, go, crash, wait } = openDialogue(silent)
    go('x')
    crash('a')
    crash('b')
    wait(1_000)
    expect(book).toEqual([])
    expect(stage.log.filter((line) => line.includes('ask-'))).toEqual([])
  })
})

describe('a question that may be taken twice', () => {
  test('is put to the next life, and who asks sees but an answer', () => {
    const { stage, book, go, crash, wait } = openDialogue(answersInItsSecondLife, {
      isRepeatable: true,
      policy: atBoundary,
    })
    go('x')
    wait(10)
    crash('b')
    wait(1_000)
    expect(book).toEqual(['x yes@50'])
    expect(stage.log).toContain('10 a ask-ended b true')
  })

  test('keeps the deadline that it had', () => {
    const { book, go, crash, wait } = openDialogue(silent, { isRepeatable: true })
    go('x')
    for (let i = 0; i < 3; i += 1) {
      wait(30)
      crash('b')
    }
    wait(1_000)
    expect(book).toEqual(['x timeout@100'])
  })

  test('is asked as often as whoever fails at it is restarted, and no more', () => {
    let taken = 0
    const { stage, book, go, wait } = openDialogue(
      () => {
        taken += 1
        throw new Error('no')
      },
      { isRepeatable: true, policy: policyOf(() => ({ kind: 'restart' }), { restartsMax: 3 }) },
    )
    go('x')
    wait(1_000)
    // The last one passed the failure on to above the root, where nobody is.
    expect(taken).toBe(4)
    expect(book).toEqual([])
    expect(stage.failures).toHaveLength(1)
  })
})
