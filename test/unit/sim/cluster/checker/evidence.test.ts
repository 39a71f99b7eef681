/** The checkers of what members sign, of evidence against those who kept their word, and of failures that spread. */
import { describe, expect, test } from 'vitest'
import type { Checker, Observed, World } from '../../../../../sim/cluster/checker/checker.ts'
import {
  containmentChecker,
  plannedFailure,
} from '../../../../../sim/cluster/checker/containment.ts'
import { executedFirstChecker } from '../../../../../sim/cluster/checker/executed-first.ts'
import { noFalseEvidenceChecker } from '../../../../../sim/cluster/checker/no-false-evidence.ts'

/** What a checker says last of these events, each of a node. */
function lastOf(checker: Checker, story: readonly (readonly [string, object])[]) {
  const said = story.map(([node, event]) => {
    const about = { atMs: 0, node, member: undefined, life: 1 }
    return checker.observe({ ...about, event: event as Observed['event'] })
  })
  return said.at(-1)
}

describe('an approval', () => {
  const executed = { kind: 'block-executed', hash: 'b1', height: 1 }
  const vote = (kind: string) => ({
    kind: 'vote-sent',
    vote: { signer: 0, vote: { kind, slot: 4, block: 'b1' } },
  })

  const checker = (...untrusted: readonly string[]) =>
    executedFirstChecker({ untrustedDisks: new Set(untrusted) } as unknown as World)

  test('comes after the execution, by the same node', () => {
    const last = (...story: readonly (readonly [string, object])[]) => lastOf(checker(), story)
    expect(last(['n0', executed], ['n0', vote('notarise')])).toBeUndefined()
    expect(last(['n0', vote('notarise')])).toContain('n0 approved b1 in slot 4')
    expect(last(['n1', executed], ['n0', vote('notarise')])).toContain('had not executed')
    expect(last(['n0', vote('finalise')])).toBeUndefined()
  })

  test('may be repeated by whoever has the keys', () => {
    const story = [
      ['n0', executed],
      ['n0', vote('notarise')],
      ['f0', vote('notarise')],
    ] as const
    expect(lastOf(checker(), story)).toBeUndefined()
  })

  test('may be signed again with the disk of the node that executed, and with no other', () => {
    const story = [
      ['n1', executed],
      ['n0', vote('notarise')],
    ] as const
    expect(lastOf(checker('n0', 'n1'), story)).toBeUndefined()
    expect(lastOf(checker('n0', 'n2'), story)).toContain('had not executed')
    expect(lastOf(checker('n1', 'n2'), story)).toContain('had not executed')
  })
})

test('evidence is against liars alone, where disks keep what they are given', () => {
  const world = (untrusted: readonly string[]) =>
    ({ liars: new Set([2]), untrustedDisks: new Set(untrusted) }) as unknown as World
  const against = (signer: number) => ({
    kind: 'evidence-found',
    evidence: { kind: 'double-vote', first: { signer }, second: { signer } },
  })
  const proposed = { kind: 'evidence-found', evidence: { kind: 'double-proposal', author: 1 } }
  const say = (event: object, untrusted: readonly string[] = []) =>
    lastOf(noFalseEvidenceChecker(world(untrusted)), [['n0', event]])
  expect(say(against(2))).toBeUndefined()
  expect(say(against(1))).toContain('against member 1')
  expect(say(proposed)).toContain('double-proposal')
  expect(say(proposed, ['n1'])).toBeUndefined()
})

test('a disk that refuses excuses the chain alone, and only where disks may refuse', () => {
  const world = (hasDiskErrors: boolean) =>
    ({ hasDiskErrors, untrustedDisks: new Set() }) as unknown as World
  const say = (error: string, hasDiskErrors: boolean, kind = 'actor-failed') =>
    lastOf(containmentChecker(world(hasDiskErrors)), [['n0', { kind, error }]])
  const refused = 'AssertionError: the chain cannot be stored: {"code":"io"}'
  expect(say(`Error: ${plannedFailure}`, false)).toBeUndefined()
  expect(say(refused, true)).toBeUndefined()
  expect(say(refused, false)).toContain('n0: AssertionError')
  expect(say('TypeError: undefined is no function', true)).toContain('n0: TypeError')
  expect(say(refused, true, 'system-failed')).toBeUndefined()
  expect(say(refused, false, 'system-failed')).toContain('n0 stopped')
})
