/** The kernel's judge against the one in plain TypeScript, on runs that are spoilt in every place that there is. */
import { expect, test } from 'vitest'
import { judgeRun } from '../../../src/validation/reference-run.ts'
import { RunJudge } from '../../../src/validation/run-judge.ts'
import { testParts } from '../../support/validation/run-parts.ts'
import { testBody, testRules, testRun, verifyIdeal } from '../../support/validation/runs.ts'

const parts = await testParts()
const judge = new RunJudge(parts)
const rules = testRules()

test('a run of good blocks is good', () => {
  const blocks = testRun(
    rules,
    [[10, 110, 110], [], [2_000], [0]].map((l) => testBody(l)),
  )
  const verdicts = judgeRun(rules, blocks, verifyIdeal)
  expect(verdicts.map((v) => v.fault)).toEqual([undefined, undefined, undefined, undefined])
  expect(judge.judge(rules, blocks)).toEqual(verdicts)
})
