import { expect, test } from 'vitest'
import { countOf, verdictOn } from '../../../../src/cli/mutants/finding.ts'
import type { SeedFinding } from '../../../../src/cli/mutants/order.ts'
import type { TestOutcome } from '../../../../src/cli/mutants/units.ts'
import type { Mutant } from '../../../mutants/mutant.ts'

const bug: Mutant = {
  ...({ id: 'M-1', tier: 'T2', name: 'a', bug: 'b', edits: [] } as const),
  expected: ['vote-lock', 'commit-lock'],
}
const explained: Mutant = {
  ...{ ...bug, survives: 'nobody does that here' },
  law: { file: 'test/a.test.ts', titles: ['holds'] },
}
const violated = (seed: number, property: string): SeedFinding => {
  return { seed, cpuMs: 500, kind: 'violated', property, detail: '' }
}
const held = (seed: number): SeedFinding => ({ seed, cpuMs: 1_000, kind: 'held' })
const crashed: SeedFinding = { seed: 9, cpuMs: 0, kind: 'crashed', detail: 'TypeError' }
const late: SeedFinding = { seed: 9, cpuMs: 0, kind: 'timed-out' }
const failed = (title: string): TestOutcome => ({ kind: 'failed', files: 1, title, file: 'a' })

const verdict = (mutant: Mutant, seeds: readonly SeedFinding[], law?: TestOutcome) =>
  verdictOn(mutant, {}, countOf({ scenario: 'swarm', seeds }, mutant.expected), law)

test('kills are told from luck, crashes and time-outs, and cost what all seeds cost', () => {
  const seeds = [held(1), violated(2, 'livelock'), violated(3, 'vote-lock'), crashed, late]
  const count = countOf({ scenario: 'swarm', seeds }, bug.expected)
  expect(count).toMatchObject({ seeds: 5, kills: 1, luck: 1, crashes: 1, timeOuts: 1 })
  expect(count).toMatchObject({ seedsToKill: 5, cpuSecondsToKill: 2 })
  expect(count.first).toEqual({ seed: 3, property: 'vote-lock' })
})

test('a hunt that ended with its last kill bounds the chance from above without it', () => {
  const seeds = [held(1), violated(2, 'vote-lock'), held(3), violated(4, 'vote-lock')]
  const open = countOf({ scenario: 'swarm', seeds }, bug.expected).interval
  const ended = countOf({ scenario: 'swarm', seeds }, bug.expected, 2).interval
  expect(ended.low).toBe(open.low)
  expect(ended.high).toBeLessThan(open.high)
})

test.each([
  ['killed', bug, [held(1), violated(2, 'commit-lock'), violated(3, 'livelock')], undefined],
  ['by-luck', bug, [violated(1, 'livelock'), crashed], undefined],
  ['lost', bug, [held(1), crashed], undefined],
  ['lost', bug, [late], undefined],
  ['hidden', bug, [held(1)], undefined],
  ['explained', explained, [held(1)], failed('holds')],
  ['law-silent', explained, [held(1)], failed('something else')],
  ['law-silent', explained, [held(1)], { kind: 'passed', files: 1 }],
  ['refuted', explained, [violated(1, 'livelock')], failed('holds')],
  ['refuted', explained, [late], failed('holds')],
  ['broken', explained, [held(1)], { kind: 'broken', files: 1, detail: '' }],
] as const)('%s', (expected, mutant, seeds, law) => {
  expect(verdict(mutant, seeds, law)).toBe(expected)
})

test('a copy that does not load is broken, and never a kill', () => {
  const count = countOf({ scenario: 'swarm', seeds: [violated(1, 'vote-lock')] }, bug.expected)
  expect(verdictOn(bug, { broken: 'SyntaxError' }, count, undefined)).toBe('broken')
})
