import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { projectRoot } from '../../../src/cli/project-root.ts'
import { exploreMachines } from '../../support/consensus/machine/exploration.ts'
import { MachineExplorer } from '../../support/consensus/machine/explorer.ts'
import { machineFields } from '../../support/consensus/machine/key.ts'
import { play } from '../../support/consensus/machine/replay.ts'
import type { MachineScope } from '../../support/consensus/machine/scope.ts'
import { traceOf } from '../../support/consensus/machine/trace.ts'

const small: MachineScope = {
  ...{ members: 4, liars: [1], slots: 1 },
  ...{ restarts: 0, disk: 'kept', statesMax: 100_000 },
}

function scopeOf(change: Partial<MachineScope>): MachineScope {
  return { ...small, ...change }
}

const sound = { isComplete: true, violation: undefined, stuck: 0 }

describe('no run of whole state machines breaks an invariant, or stops the chain', () => {
  // The figures change only on purpose: they are the size of what the machine allows.
  test.each([
    [
      { members: 3, liars: [] },
      { states: 109, situations: 220, depth: 6 },
    ],
    [{ members: 3, liars: [], restarts: 1 }, { states: 114 }],
    [{}, { states: 572, transitions: 1_728, situations: 1_113 }],
  ])('%o', (change, figures) => {
    expect(exploreMachines(scopeOf(change))).toMatchObject({ ...sound, ...figures })
  })

  test('nor do clocks that step back', () => {
    const scope = scopeOf({ members: 3, liars: [], restarts: 1, mayStepBack: true })
    expect(exploreMachines(scope)).toMatchObject({ ...sound, states: 107 })
  })

  test('nor does a member that lost its disk, and has a floor', () => {
    const scope = scopeOf({ restarts: 1, disk: 'lost-with-floor' })
    expect(exploreMachines(scope, false)).toMatchObject({ ...sound, states: 632 })
  })
})

describe('the exploration would notice', () => {
  test('a member that lost its disk, and has no floor', () => {
    const { violation } = exploreMachines(scopeOf({ restarts: 1, disk: 'lost' }))
    const fault = 'A6: member 0: notarise 1 for 1a and 1b'
    expect(violation).toMatchObject({ fault, isReal: true })
    expect(violation?.trace).toEqual([
      'member 0: the clock shows slot 1',
      'member 0: propose 1a with nothing → notarise 1a',
      'member 0: restart',
      'member 0: propose 1b with nothing → notarise 1b',
    ])
  })

  test('one liar more than the quorum allows', () => {
    const { violation } = exploreMachines(scopeOf({ liars: [1, 2] }))
    expect(violation?.fault).toMatch(/^A1/)
  })
})

describe('situations that are held to be one are one', () => {
  test('whatever comes, they lead to the same', () => {
    const change = { members: 3, liars: [], restarts: 1, isBodyApart: true, isAudited: true }
    const explorer = new MachineExplorer(scopeOf(change))
    explorer.run()
    const audits = explorer.graphs.map((graph) => graph.audit())
    expect(audits.flatMap(({ differing }) => differing)).toEqual([])
    expect(audits.reduce((sum, { compared }) => sum + compared, 0)).toBe(5_361)
  })

  test.each(Object.entries(machineFields))('each field of %s is decided upon', (name, fields) => {
    const file = `src/protocol/consensus/${name.toLowerCase()}.ts`
    const source = readFileSync(join(projectRoot, file), 'utf8')
    const declared = [...source.matchAll(/^ {2}(?:readonly )?#(\w+)(?::| =|\?)/gm)]
    expect(declared.map(([, field]) => field).sort()).toEqual(Object.keys(fields).sort())
  })
})

/** Everything that members can have said together. */
function utterances(change: Partial<MachineScope>): ReadonlySet<string> {
  const explorer = new MachineExplorer(scopeOf({ members: 3, liars: [], restarts: 1, ...change }))
  explorer.run()
  expect(explorer.isComplete).toBe(true)
  return new Set(
    explorer.states.map(({ publicState: { saids } }) => saids.map(({ name }) => name).join(' | ')),
  )
}

test('what makes the exploration smaller takes nothing away from what can be said', () => {
  const all = utterances({})
  expect(all.size).toBe(97)
  // One vote at a time, in whatever order; headers before bodies, and bodies before their parents.
  expect(utterances({ isOneByOne: true })).toEqual(all)
  expect(utterances({ isBodyApart: true })).toEqual(all)
})

test.each([
  { members: 3, liars: [], restarts: 1, isBodyApart: true, every: 1 },
  { restarts: 1, every: 10 },
])('every state is one that members get into, step by step: %o', ({ every, ...change }) => {
  const explorer = new MachineExplorer(scopeOf(change))
  explorer.run()
  for (let at = 0; at < explorer.states.length; at += every) {
    const state = present(explorer.states[at], 'a state')
    const steps = traceOf(explorer, { fault: '', state, member: undefined })
    const { saids, faults } = play(explorer.world, steps)
    expect(faults).toEqual([])
    expect(saids.map(({ name }) => name)).toEqual(state.sets.map(({ said }) => said.name))
  }
})
