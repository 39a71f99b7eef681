import { describe, expect, test } from 'vitest'
import { Simulation } from '../../../sim/simulation.ts'
import type { Address, Context, Reply } from '../../../src/kernel/actor.ts'
import type { Decision } from '../../../src/kernel/supervisor.ts'
import { System } from '../../../src/kernel/system.ts'
import { Trace } from '../../../src/kernel/trace.ts'
import { type Note, openStage, policyOf, type Stage } from './stage.ts'

type Plain = { readonly kind: string }
type Question = { readonly kind: 'question'; readonly reply: Reply<string> }
const roomy = { waitingMax: 100 }

/** Adds an actor that writes down what it gets as '<life>:<kind>', and fails at every 'fail'. */
function addScribe(stage: Stage, name: string, book: string[], group = stage.system.root) {
  let lives = 0
  return group.spawn<Plain>(name, roomy, () => {
    lives += 1
    const life = lives
    return {
      receive: ({ kind }) => {
        book.push(`${name}${life}:${kind}`)
        if (kind === 'fail') throw new Error(`${name} fails`)
      },
      stop: () => {
        book.push(`${name}${life}:stop`)
      },
    }
  })
}

describe('turns', () => {
  test('a message is one turn, and what it causes is done before the world goes on', () => {
    const stage = openStage()
    const order: string[] = []
    const b: Address<Plain> = stage.system.root.spawn<Plain>('b', roomy, () => ({
      receive: ({ kind }) => void order.push(`b ${kind}`),
    }))
    const a = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: () => {
        context.send(b, { kind: 'one' })
        context.send(b, { kind: 'two' })
        order.push('a done')
      },
    }))
    stage.system.start()
    stage.system.send(a, { kind: 'go' })
    expect(order).toEqual(['a done', 'b one', 'b two'])
    expect(stage.turns).toEqual(['0 start', '1 start', '1 go', '0 one', '0 two'])
  })

  test('actors take turns: none waits for another to empty its mailbox', () => {
    const stage = openStage()
    const order: string[] = []
    const [a, b] = ['a', 'b'].map((name) =>
      stage.system.root.spawn<Plain>(name, roomy, () => ({
        receive: ({ kind }) => void order.push(`${name}${kind}`),
      })),
    )
    const director = stage.system.root.spawn<Plain>('director', roomy, (context) => ({
      receive: () => {
        for (const kind of ['1', '2', '3'])
          for (const to of [a, b]) if (to) context.send(to, { kind })
      },
    }))
    stage.system.start()
    stage.system.send(director, { kind: 'go' })
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
  })

  test('messages sent before the start wait for it', () => {
    const stage = openStage()
    const book: string[] = []
    const a = addScribe(stage, 'a', book)
    expect(stage.system.send(a, { kind: 'early' })).toBe(true)
    expect(stage.system.waiting('a')).toBe(1)
    stage.system.start()
    expect(book).toEqual(['a1:early'])
  })

  test('an actor added to a running system starts at once', () => {
    const stage = openStage()
    const book: string[] = []
    stage.system.start()
    const a = addScribe(stage, 'a', book)
    stage.system.send(a, { kind: 'hello' })
    expect(book).toEqual(['a1:hello'])
  })

  test('two actors of one name, and two starts, are faults of the code', () => {
    const stage = openStage()
    addScribe(stage, 'a', [])
    expect(() => addScribe(stage, 'a', [])).toThrow('one actor at a')
    stage.system.start()
    expect(() => stage.system.start()).toThrow('starts once')
  })

  test('a long chain of turns is cut, so that it cannot hold the world up for ever', () => {
    const stage = openStage()
    let turns = 0
    let turnsInTheCall = 0
    const a: Address<Plain> = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: (message) => {
        turns += 1
        if (turns < 10_000) context.send(a, message)
      },
    }))
    stage.system.start()
    stage.world.after(1, () => {
      stage.system.send(a, { kind: 'again' })
      turnsInTheCall = turns
    })
    stage.world.runFor(1)
    expect(turnsInTheCall).toBeGreaterThan(1_000)
    expect(turnsInTheCall).toBeLessThan(5_000)
    expect(turns).toBe(10_000)
    expect(stage.world.nowMs).toBe(1)
  })

  test('an endless chain of turns is seen by the limit of events', () => {
    const world = new Simulation({ seed: 1, eventsMax: 50 })
    world.addHost('n0').boot((environment) => {
      const policy = policyOf(() => ({ kind: 'restart' }))
      const system = new System<never>(environment, new Trace([]), policy, () => {})
      const a: Address<Plain> = system.root.spawn<Plain>('a', roomy, (context) => {
        context.sendAfter(1, { kind: 'go' })
        return { receive: (message) => void context.send(a, message) }
      })
      system.start()
      return system
    })
    expect(world.runUntil(10)).toBe('events-exhausted')
    expect(world.nowMs).toBe(1)
  })
})

describe('mailboxes', () => {
  test('a full one refuses, tells the sender and leaves a trace', () => {
    const stage = openStage()
    const b = stage.system.root.spawn<Plain>('b', { waitingMax: 2 }, () => ({ receive: () => {} }))
    const accepted: boolean[] = []
    const a = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: () => {
        for (let i = 0; i < 3; i += 1) accepted.push(context.send(b, { kind: `m${i}` }))
      },
    }))
    stage.system.start()
    stage.system.send(a, { kind: 'go' })
    expect(accepted).toEqual([true, true, false])
    expect(stage.log).toContain('0 b mailbox-full m2 2')
  })

  test('a high message overtakes normal ones', () => {
    const stage = openStage()
    const order: string[] = []
    const priorityOf = ({ kind }: Plain) => (kind === 'urgent' ? 'high' : 'normal')
    const b = stage.system.root.spawn<Plain>('b', { waitingMax: 9, priorityOf }, () => ({
      receive: ({ kind }) => void order.push(kind),
    }))
    for (const kind of ['one', 'two', 'urgent']) stage.system.send(b, { kind })
    stage.system.start()
    expect(order).toEqual(['urgent', 'one', 'two'])
  })

  test('a message to an actor that is no more is a dead letter', () => {
    const stage = openStage(policyOf(() => ({ kind: 'abandon' })))
    const a = addScribe(stage, 'a', [])
    stage.system.start()
    stage.system.send(a, { kind: 'fail' })
    expect(stage.system.send(a, { kind: 'hello' })).toBe(false)
    expect(stage.log.at(-1)).toBe('0 a dead-letter hello')
  })
})

describe('timers and bound callbacks', () => {
  /** An actor that hands its context out; 'fail' fails it. */
  function addOpen(stage: Stage): { contexts: Context<Plain, Note>[]; book: string[] } {
    const contexts: Context<Plain, Note>[] = []
    const book: string[] = []
    stage.system.root.spawn<Plain>('a', roomy, (context) => {
      contexts.push(context)
      const life = contexts.length
      return {
        receive: ({ kind }) => {
          book.push(`${life}:${kind}@${context.now()}`)
          if (kind === 'fail') throw new Error('as told')
        },
      }
    })
    stage.system.start()
    return { contexts, book }
  }

  test('a delayed message comes at its time, a cancelled one never', () => {
    const stage = openStage()
    const { contexts, book } = addOpen(stage)
    contexts[0]?.sendAfter(5, { kind: 'five' })
    const timer = contexts[0]?.sendAfter(3, { kind: 'three' })
    if (timer !== undefined) contexts[0]?.cancel(timer)
    contexts[0]?.after(4, () => book.push('four'))
    stage.world.runFor(10)
    expect(book).toEqual(['four', '1:five@5'])
  })

  test('neither timers nor callbacks of one life reach the next', () => {
    const stage = openStage()
    const { contexts, book } = addOpen(stage)
    contexts[0]?.sendAfter(5, { kind: 'timer' })
    const callback = contexts[0]?.bind((text: string) => void book.push(text))
    stage.system.crash('a', new Error('struck'))
    callback?.('callback of the old life')
    contexts[1]?.bind((text: string) => void book.push(text))('callback of the new life')
    stage.world.runFor(10)
    expect(book).toEqual(['callback of the new life'])
  })

  test('a bound callback is a turn of its own, after the present one', () => {
    const stage = openStage()
    const order: string[] = []
    const a = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: () => {
        context.bind(() => void order.push('callback'))()
        order.push('turn')
      },
    }))
    stage.system.start()
    stage.system.send(a, { kind: 'go' })
    expect(order).toEqual(['turn', 'callback'])
  })

  test('what an actor asked for itself goes before what others sent', () => {
    const stage = openStage()
    const order: string[] = []
    const a = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: ({ kind }) => {
        order.push(kind)
        if (kind === 'first') context.bind(() => void order.push('callback'))()
      },
    }))
    for (const kind of ['first', 'second']) stage.system.send(a, { kind })
    stage.system.start()
    expect(order).toEqual(['first', 'callback', 'second'])
  })

  test('a failing callback fails its actor', () => {
    const stage = openStage()
    const { contexts } = addOpen(stage)
    contexts[0]?.bind(() => {
      throw new Error('in a callback')
    })()
    expect(stage.log).toContain('0 a actor-failed Error: in a callback restart')
    expect(contexts).toHaveLength(2)
  })

  test('each life draws from a stream of its own', () => {
    const stage = openStage()
    const { contexts } = addOpen(stage)
    stage.system.crash('a', new Error('struck'))
    const draws = contexts.map((context) => context.random.u32())
    expect(new Set(draws).size).toBe(2)
  })
})

describe('asking', () => {
  /** An actor that answers as it is told, and one that asks it and writes down what came. */
  function openDialogue(answer: (reply: Reply<string>, context: Context<Question, Note>) => void) {
    const stage = openStage()
    const book: string[] = []
    const b = stage.system.root.spawn<Question>('b', { waitingMax: 1 }, (context) => ({
      receive: ({ reply }) => answer(reply, context),
    }))
    const a = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: () => {
        const ask = (reply: Reply<string>): Question => ({ kind: 'question', reply })
        context.ask({ to: b, ask, deadlineMs: 100 }, (outcome) => {
          book.push(`${outcome.ok ? outcome.value : outcome.fault.code}@${context.now()}`)
        })
      },
    }))
    stage.system.start()
    return { stage, book, a, b }
  }

  test('an answer at once', () => {
    const { stage, book, a } = openDialogue((reply) => reply('yes'))
    stage.system.send(a, { kind: 'go' })
    stage.world.runFor(1_000)
    expect(book).toEqual(['yes@0'])
    expect(stage.log.filter((line) => line.includes('ask'))).toEqual([])
  })

  test('an answer in time', () => {
    const { stage, book, a } = openDialogue(
      (reply, context) => void context.after(30, () => reply('yes')),
    )
    stage.system.send(a, { kind: 'go' })
    stage.world.runFor(1_000)
    expect(book).toEqual(['yes@30'])
  })

  test('an answer too late is dropped, and leaves a trace', () => {
    const { stage, book, a } = openDialogue(
      (reply, context) => void context.after(130, () => reply('yes')),
    )
    stage.system.send(a, { kind: 'go' })
    stage.world.runFor(1_000)
    expect(book).toEqual(['timeout@100'])
    expect(stage.log).toContain('100 a ask-timed-out b')
    expect(stage.log).toContain('130 a late-answer 30')
  })

  test('a second answer is dropped', () => {
    const { stage, book, a } = openDialogue((reply) => {
      reply('first')
      reply('second')
    })
    stage.system.send(a, { kind: 'go' })
    stage.world.runFor(1_000)
    expect(book).toEqual(['first@0'])
    expect(stage.log).toContain('0 a late-answer 0')
  })

  test('a full mailbox refuses the question', () => {
    const { stage, book, a, b } = openDialogue(() => {})
    const director = stage.system.root.spawn<Plain>('director', roomy, (context) => ({
      receive: () => {
        context.send(a, { kind: 'go' })
        context.send(b, { kind: 'question', reply: () => {} })
      },
    }))
    stage.system.send(director, { kind: 'go' })
    stage.world.runFor(1_000)
    expect(book).toEqual(['refused@0'])
    expect(stage.log).toContain('0 b mailbox-full question 1')
  })

  test('an actor that was restarted meanwhile is not told, and no time-out is reported', () => {
    const { stage, book, a } = openDialogue(
      (reply, context) => void context.after(30, () => reply('yes')),
    )
    stage.system.send(a, { kind: 'go' })
    stage.system.crash('a', new Error('struck'))
    stage.world.runFor(1_000)
    expect(book).toEqual([])
    expect(stage.log.filter((line) => line.includes('timed-out'))).toEqual([])
  })

  test('an asked actor that dies leaves the question to its deadline', () => {
    const { stage, book, a } = openDialogue(() => {
      throw new Error('no')
    })
    stage.system.send(a, { kind: 'go' })
    stage.world.runFor(1_000)
    expect(book).toEqual(['timeout@100'])
  })

  test('an answer given while the question is being put counts once', () => {
    const stage = openStage()
    const outcomes: string[] = []
    const b = addScribe(stage, 'b', [])
    const a = stage.system.root.spawn<Plain>('a', roomy, (context) => ({
      receive: () => {
        const ask = (reply: Reply<string>): Plain => {
          reply('rash')
          return { kind: 'hello' }
        }
        context.ask({ to: b, ask, deadlineMs: 10 }, (outcome) => {
          outcomes.push(outcome.ok ? outcome.value : outcome.fault.code)
        })
      },
    }))
    stage.system.start()
    stage.system.send(a, { kind: 'go' })
    stage.world.runFor(100)
    expect(outcomes).toEqual(['rash'])
  })
})

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

describe('the trace', () => {
  test('what an actor emits carries its time and its path', () => {
    const stage = openStage()
    const a = stage.system.root
      .group(
        'g',
        policyOf(() => ({ kind: 'restart' })),
      )
      .spawn<Plain>('a', roomy, (context) => ({
        receive: ({ kind }) => context.emit({ kind: 'note', text: kind }),
      }))
    stage.system.start()
    stage.world.runFor(7)
    stage.system.send(a, { kind: 'hello' })
    expect(stage.log).toContain('7 g/a note hello')
  })
})
