/** Stories, the judges around them, and sweeps: what is reported, what is not, and how a process should exit. */
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../../sim/command.ts'
import { heal } from '../../../sim/fault-plan.ts'
import { always, never, noActorFails, type Property, sometimes } from '../../../sim/property.ts'
import type { Stage, Story } from '../../../sim/story.ts'
import { tellStory } from '../../../sim/story.ts'
import { describeSweep, sweep } from '../../../sim/sweep.ts'
import type { Program } from '../../../src/kernel/program.ts'
import { installLockdown } from '../../../src/tripwire/lockdown.ts'

interface Rolled {
  readonly kind: 'rolled'
  readonly number: number
}

/** Rolls a die each second. */
function dice(roll: (below: (bound: number) => number) => number): Program<Rolled> {
  return (system) => {
    system.root.spawn<{ kind: 'roll' }>('die', { waitingMax: 4 }, (context) => {
      const again = (): void => {
        context.sendAfter(1_000, { kind: 'roll' })
      }
      again()
      return {
        receive: () => {
          const number = roll((bound) => context.random.below(bound))
          context.emit({ kind: 'rolled', number })
          again()
        },
      }
    })
    return {}
  }
}

const fair = dice((below) => 1 + below(6))

function storyOf(
  properties: readonly Property<Rolled>[],
  program = fair,
  more: (stage: Stage<Rolled>) => void = () => undefined,
): Story<Rolled> {
  return {
    name: 'dice',
    properties,
    tell: (stage) => {
      stage.boot(stage.world.addHost('table'), program)
      stage.runUntil(10_500)
      more(stage)
    },
  }
}

function rolled(number: number): Property<Rolled> {
  return sometimes(`a ${number}`, ({ event }) => event.kind === 'rolled' && event.number === number)
}

const noSix = never<Rolled>('a six', ({ event }) => event.kind === 'rolled' && event.number === 6)

/** What has rolled so far is judged by a memory of its own, in the end too. */
const tenRolls = always<Rolled>('ten rolls', () => {
  let rolls = 0
  return {
    event: ({ event }) => {
      if (event.kind === 'rolled') rolls += 1
      return undefined
    },
    end: () => (rolls === 10 ? true : `${rolls} rolls`),
  }
})

describe('a story', () => {
  test('ends at the event that breaks a property, and says which, how and when', () => {
    const seen: string[] = []
    const run = tellStory(storyOf([tenRolls, noSix]), 3, {
      onSeen: ({ atMs, event }) => seen.push(`${atMs} ${event.kind}`),
    })
    const { property, detail, atMs } = run.violation ?? {}
    expect([run.outcome, property, detail]).toEqual(['violated', 'a six', 'rolled of die'])
    expect(seen.at(-1)).toBe(`${atMs} rolled`)
    expect(run.virtualMs).toBe(atMs)
  })

  test('asks in the end for what must hold then, and each run anew', () => {
    for (const seed of [1, 2]) {
      const run = tellStory(storyOf([tenRolls]), seed)
      expect([run.outcome, run.met]).toEqual(['held', ['ten rolls']])
    }
    const longer = storyOf([tenRolls], fair, (stage) => stage.runFor(1_000))
    expect(tellStory(longer, 1).violation?.detail).toBe('11 rolls')
  })

  test('that throws is a violation, with the error for its stack', () => {
    const oops = new Error('oops')
    const thrower = storyOf([], fair, () => {
      throw oops
    })
    const run = tellStory(thrower, 1)
    expect([run.outcome, run.violation?.detail, run.error]).toEqual([
      'violated',
      'Error: oops',
      oops,
    ])
  })

  test('tells of an actor that throws; a program that gives up is over until it is healed', () => {
    const program = dice(() => {
      throw new Error('the die is lost')
    })
    expect(tellStory(storyOf([noActorFails], program), 1).violation?.detail).toBe(
      'die: Error: the die is lost',
    )
    const states: boolean[] = []
    const watched = storyOf([], program, ({ world }) => {
      states.push(world.host('table').isRunning)
      heal(world)
      states.push(world.host('table').isRunning)
    })
    expect(tellStory(watched, 1).outcome).toBe('held')
    expect(states).toEqual([false, true])
  })
})

describe('a sweep', () => {
  const range = { firstSeed: 1, seeds: 10 }

  test('holds if every property does and each that is due was put to the test', () => {
    const result = sweep(storyOf([tenRolls, rolled(1), rolled(6)]), range)
    expect(result).toEqual({ runs: 10, failures: [], unmet: [], exit: 0 })
  })

  test('that never saw what it should is not enough', () => {
    const result = sweep(storyOf([tenRolls, rolled(7)]), range)
    expect([result.unmet, result.exit]).toEqual([['a 7'], 2])
    expect(describeSweep(result)).toContain('in no run put to the test: a 7')
  })

  test('reports the seeds that fail, and begins no other if it is to bail out', () => {
    const told: number[] = []
    const result = sweep(storyOf([noSix]), {
      ...range,
      isBail: true,
      onRun: ({ seed }) => told.push(seed),
    })
    expect(result.exit).toBe(1)
    expect(result.failures.map(({ seed }) => seed)).toEqual(told.slice(-1))
    const found = result.failures[0]
    expect(tellStory(storyOf([noSix]), found?.seed ?? 0)).toEqual(found)
  })

  test('finds out by itself that a run depends on those before it', () => {
    let memory = 0
    const moody = dice(() => {
      memory += 1
      return memory
    })
    const low = never<Rolled>('more than 10', ({ event }) => {
      return event.kind === 'rolled' && event.number > 10 && `${event.number}`
    })
    const { failures, exit } = sweep(storyOf([low], moody), range)
    expect([failures[0]?.outcome, exit]).toEqual(['nondeterministic', 3])
  })

  test('names the place where a program asks for chance that is not its own', () => {
    const program = dice(() => Math.floor(Math.random() * 6))
    const options = { ...range, isBail: true, guard: installLockdown() }
    const { failures, exit } = sweep(storyOf([noActorFails], program), options)
    expect(exit).toBe(3)
    expect(failures[0]?.violation?.detail).toMatch(
      /Math\.random was called in simulated code at test\/unit\/sim\/story\.test\.ts:\d+$/,
    )
  })
})

describe('the command line of a story', () => {
  function run(...args: readonly string[]): { readonly exit: number; readonly lines: string[] } {
    const lines: string[] = []
    const exit = runCommand(args, {
      program: 'dice.ts',
      story: (bug) => storyOf(bug === undefined ? [tenRolls] : [noSix]),
      bugs: ['six'],
      seeds: 10,
      print: (line) => lines.push(line),
    })
    return { exit, lines }
  }

  test('says what held, what did not, and how to repeat that', () => {
    expect(run()).toEqual({ exit: 0, lines: ['10 runs: 10 held, 0 did not'] })
    const { exit, lines } = run('--bug', 'six', '--bail')
    expect(exit).toBe(1)
    const [, again = ''] = /dice\.ts (--bug six --seed \d+ --trace)/.exec(lines[1] ?? '') ?? []
    const replayed = run(...again.split(' '))
    expect(replayed.exit).toBe(1)
    expect(replayed.lines.join('\n')).toContain(lines[0])
    expect(replayed.lines.at(-1)).toBe('  of 0 faults it takes 0:')
  })

  test('refuses what it does not understand', () => {
    for (const args of [['--seed', '-1'], ['--seeds'], ['--bug', 'seven'], ['--nope'], ['1']]) {
      expect(run(...args).exit).toBe(4)
    }
  })
})
