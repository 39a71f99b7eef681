/** Whoever looks on learns what each turn follows from, and the turns are those of a system that nobody looks on at. */
import { describe, expect, test } from 'vitest'
import { Simulation } from '../../../sim/simulation.ts'
import type { Address } from '../../../src/kernel/actor.ts'
import { System } from '../../../src/kernel/system.ts'
import { Trace, type TraceReader } from '../../../src/kernel/trace.ts'
import { type Plain, policyOf } from './stage.ts'

interface Told {
  /** Turns as 'path message', and what each follows from by its place in this list; -1 for nothing. */
  readonly turns: { readonly what: string; readonly from: number }[]
}

/** Runs what `build` spawns. With `isMarked`, what each turn follows from is noted. */
function tell(
  build: (system: System<never>) => Address<Plain>,
  messages: readonly Plain[],
  isMarked: boolean,
): Told {
  const world = new Simulation({ seed: 'marks' })
  const turns: { what: string; from: number }[] = []
  const paths: string[] = []
  let now = -1
  const reader: TraceReader<never> = {
    actor: (actor, path) => {
      paths[actor] = path
    },
    turn: (actor, message) => {
      now = turns.push({ what: `${paths[actor]} ${message}`, from: now }) - 1
    },
    ...(isMarked
      ? {
          marker: {
            mark: () => now,
            resume: (mark: number) => {
              now = mark
            },
          },
        }
      : {}),
  }
  world.addHost('n0').boot((environment) => {
    const policy = policyOf(() => ({ kind: 'restart' }))
    const system = new System<never>(environment, new Trace([reader]), policy, () => undefined)
    const to = build(system)
    system.start()
    now = -1
    world.after(1, () => {
      now = -1
      for (const message of messages) system.send(to, message)
    })
    return { stop: () => system.stop() }
  })
  world.runUntil(100)
  return { turns }
}

/** `a` sends to `b`, which takes what is urgent first, sets a timer, and fails at `fail`. */
function pair(system: System<never>): Address<Plain> {
  const options = {
    waitingMax: 9,
    priorityOf: ({ kind }: Plain) => (kind === 'urgent' ? ('high' as const) : ('normal' as const)),
  }
  const b = system.root.spawn<Plain>('b', options, (context) => ({
    receive: ({ kind }) => {
      if (kind === 'normal') context.sendAfter(5, { kind: 'later' })
      if (kind === 'fail') throw new Error('b fails')
    },
  }))
  return system.root.spawn<Plain>('a', { waitingMax: 9 }, (context) => ({
    receive: ({ kind }) => {
      if (kind === 'both') {
        context.send(b, { kind: 'normal' })
        context.send(b, { kind: 'urgent' })
      } else context.send(b, { kind })
    },
  }))
}

describe('a turn follows from', () => {
  test('the turn that sent its message, whatever came between', () => {
    expect(tell(pair, [{ kind: 'both' }], true).turns.slice(2, 5)).toEqual([
      { what: 'a both', from: -1 },
      { what: 'b urgent', from: 2 },
      { what: 'b normal', from: 2 },
    ])
  })

  test('nothing of the turns before it, if the world has sent its message', () => {
    const { turns } = tell(pair, [{ kind: 'one' }, { kind: 'two' }], true)
    expect(turns.slice(2)).toEqual([
      { what: 'a one', from: -1 },
      { what: 'b one', from: 2 },
      { what: 'a two', from: -1 },
      { what: 'b two', from: 4 },
    ])
  })

  test('the turn that failed, if a new life begins', () => {
    expect(tell(pair, [{ kind: 'fail' }], true).turns.slice(2)).toEqual([
      { what: 'a fail', from: -1 },
      { what: 'b fail', from: 2 },
      { what: 'b start', from: 3 },
    ])
  })
})

test('turns come in the same order where nobody looks on', () => {
  const messages = ['both', 'one', 'fail', 'both'].map((kind) => ({ kind }))
  const names = (isMarked: boolean) => tell(pair, messages, isMarked).turns.map(({ what }) => what)
  expect(names(true)).toEqual(names(false))
  expect(names(true)).toContain('b later')
})
