import { describe, expect, test } from 'vitest'
import { Simulation } from '../../../sim/simulation.ts'
import type { Address, Context, Reply } from '../../../src/kernel/actor.ts'
import { System } from '../../../src/kernel/system.ts'
import { Trace } from '../../../src/kernel/trace.ts'
import {
  addScribe,
  type Note,
  openStage,
  type Plain,
  policyOf,
  roomy,
  type Stage,
} from './stage.ts'

type Question = { readonly kind: 'question'; readonly reply: Reply<string> }

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

  test('what waited is reported, and the most that ever did', () => {
    const stage = openStage()
    const a = addScribe(stage, 'a', [])
    for (const kind of ['one', 'two', 'three']) stage.system.send(a, { kind })
    const report = { path: 'a', starts: 0, waiting: 3, waitingMost: 3 }
    expect(stage.system.report()).toEqual([report])
    stage.system.start()
    expect(stage.system.report()).toEqual([{ ...report, starts: 1, waiting: 0 }])
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
