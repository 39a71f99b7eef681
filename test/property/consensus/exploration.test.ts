import { expect, test } from 'vitest'
import { explore, scopeOf } from '../../support/consensus/explorer.ts'
import { type Break, brokenRules, forgetfulRules } from '../../support/consensus/rules.ts'
import { StateSet } from '../../support/consensus/state-set.ts'

const sound = { isComplete: true, violation: undefined }

test('no run of two slots breaks an invariant or gets stuck: four members, one a liar', () => {
  const found = explore(scopeOf(4, 1, 2))
  // The figures change only on purpose: they are the size of what the rules allow.
  expect(found).toMatchObject({ ...sound, states: 26_228, transitions: 130_696, depth: 12 })
  expect(found.withCommit).toBe(8_679)
  expect(found.notarisedAndNullified).toBe(14_973)
  expect(found.stuck.certificatesKept).toBe(0)
})

test('a certificate that is lost behind its finalise vote may stop the chain for good', () => {
  expect(explore(scopeOf(4, 1, 2)).stuck.certificatesLost).toBe(18_412)
})

test('nothing of the sort without liars, while all votes can be repeated', () => {
  const found = explore(scopeOf(3, 0, 2))
  expect(found).toMatchObject({ ...sound, states: 26_228 })
  expect(found.stuck).toEqual({ certificatesKept: 0, certificatesLost: 0 })
})

test.each([
  { members: 5, liars: 1, slots: 2, states: 146_182 },
  { members: 6, liars: 1, slots: 1, states: 614 },
  { members: 7, liars: 2, slots: 1, states: 614 },
])('no run of $slots slots is unsafe or stuck: $members members, $liars lying', (scope) => {
  const found = explore(scopeOf(scope.members, scope.liars, scope.slots))
  expect(found).toMatchObject({ ...sound, states: scope.states })
  expect(found.stuck.certificatesKept).toBe(0)
})

test('a member that lost its record is harmless above its floor', () => {
  expect(explore(scopeOf(4, 1, 2), forgetfulRules)).toMatchObject({ ...sound, states: 1_630_735 })
})

test.each([
  ['finalise although nullified', 2, 'A2', 6],
  ['quorum one too small', 2, 'A1', 2],
  ['votes lost at restart', 2, 'A1', 5],
  ['nullify after finalise', 2, 'A2', 6],
  ['range covers a finalised slot', 2, 'A2', 6],
  ['two notarise in a slot', 2, 'A1', 4],
  ['gap not justified', 2, 'A3', 6],
  ['gap one slot short', 3, 'A3', 8],
  ['amnesia floor one slot too low', 2, 'A1', 5],
] as const satisfies readonly (readonly [Break, number, string, number])[])(
  '%s: found within %i slots, breaking %s after %i votes',
  (name, slots, invariant, depth) => {
    const { violation } = explore(scopeOf(4, 1, slots), brokenRules[name])
    expect(violation).toMatchObject({ invariant, depth })
  },
)

test('finalise without a certificate: safe, but it gets stuck', () => {
  const found = explore(scopeOf(4, 1, 2), brokenRules['finalise without a certificate'])
  expect(found.violation).toBeUndefined()
  expect(found.stuck.certificatesKept).toBe(11_921)
})

test('one liar more than the quorum allows breaks an invariant', () => {
  expect(explore(scopeOf(4, 2, 1)).violation?.invariant).toBe('A1')
})

test('the set of states is exact', () => {
  const states = new StateSet(3)
  const known = new Set<string>()
  const tuple = new Int32Array(3)
  for (let i = 0; i < 60_000; i += 1) {
    tuple.set([i % 7, (i * i) % 331, (i * 7_919) % states.base])
    expect(states.add(tuple)).toBe(!known.has(tuple.join()))
    known.add(tuple.join())
  }
  expect(states.size).toBe(known.size)
  const all = [...known]
  for (const index of [0, 4_711, states.size - 1]) {
    states.read(index, tuple)
    expect(tuple.join()).toBe(all[index])
  }
})
