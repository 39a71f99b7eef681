/** A run that is cut is judged as one that is not, wherever the cuts are and whatever is in it. */
import { describe, expect, test } from 'vitest'
import type { RunFault, RunRules, RunVerdict } from '../../../src/protocol/block/run.ts'
import { headOf, rulesAfter, verdictAfterUnreadable } from '../../../src/validation/cut.ts'
import { judgeRun } from '../../../src/validation/reference-run.ts'
import { cheapSample, drawsFrom, sampleRun, spoiled } from '../../support/validation/sample-run.ts'

const { records, parsed } = sampleRun(cheapSample, 24)

function judged(rules: RunRules, blocks: readonly Uint8Array[]): readonly RunVerdict[] {
  return judgeRun(rules, blocks, cheapSample.verify)
}

/** The verdicts over two pieces, each judged without the other. */
function judgedInTwo(blocks: readonly Uint8Array[], at: number): readonly RunVerdict[] {
  const before = judged(parsed, blocks.slice(0, at))
  const [last, next] = [blocks[at - 1], blocks[at]]
  if (last === undefined || next === undefined)
    return [...before, ...judged(parsed, blocks.slice(at))]
  const [first, ...others] = judged(rulesAfter(parsed, headOf(last)), blocks.slice(at))
  if (first === undefined) throw new Error('a verdict')
  const isAfterUnreadable = before.at(-1)?.fault === 'length'
  return [...before, isAfterUnreadable ? verdictAfterUnreadable(first, next) : first, ...others]
}

test('every cut of every spoilt run is as if it were not there', () => {
  const seen = new Map<RunFault | undefined, number>()
  for (let seed = 0; seed < 60; seed += 1) {
    const blocks = spoiled(records, drawsFrom(seed))
    const whole = judged(parsed, blocks)
    for (let at = 1; at < blocks.length; at += 1) {
      expect(judgedInTwo(blocks, at)).toEqual(whole)
      const { fault } = whole[at - 1] ?? {}
      seen.set(fault, (seen.get(fault) ?? 0) + 1)
    }
  }
  // Blocks of every kind were right before a cut.
  for (const fault of [undefined, 'length', 'chain', 'slot', 'author', 'root', 'link'] as const) {
    expect([fault, (seen.get(fault) ?? 0) > 5]).toEqual([fault, true])
  }
})

describe('the verdict after a block that cannot be read', () => {
  const [block] = records
  if (block === undefined) throw new Error('a block')
  const genesis = block.slice()
  genesis.fill(0, 16, 24)
  const hash = new Uint8Array(32)

  test.each(['length', 'chain', 'author', 'root'] as const)('stays %s', (fault) => {
    expect(verdictAfterUnreadable({ fault, hash }, block)).toEqual({ fault, hash })
  })

  test.each([undefined, 'link', 'height', 'signature', 'slot'] as const)(
    'of %s is link',
    (fault) => {
      expect(verdictAfterUnreadable({ fault, hash }, block)).toEqual({ fault: 'link', hash })
    },
  )

  test('stays slot for a block that claims to be genesis', () => {
    const verdict = { fault: 'slot', hash } as const
    expect(verdictAfterUnreadable(verdict, genesis)).toEqual(verdict)
  })
})

test('rules after a block name its hash, height and slot, and change nothing else', () => {
  const [first, second] = records
  if (first === undefined || second === undefined) throw new Error('two blocks')
  const rules = rulesAfter(parsed, headOf(first))
  expect(rules).toEqual({
    ...parsed,
    parent: { hash: second.slice(32, 64), height: 101, slot: 201 },
  })
  expect(headOf(first)).toHaveLength(128)
  expect(headOf(first.subarray(0, 5))).toHaveLength(5)
})
