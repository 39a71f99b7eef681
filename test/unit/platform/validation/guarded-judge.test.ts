import { expect, test } from 'vitest'
import { guardedJudge } from '../../../../src/platform/validation/guarded-judge.ts'
import { nativeJudge, type WorkerJudge } from '../../../../src/platform/validation/judge.ts'
import { openCallingThreadJudge } from '../../../../src/platform/validation/open-judge.ts'
import { realSample, sampleRun } from '../../../support/validation/sample-run.ts'

/** A kernel that traps at its n-th question, and would answer rightly afterwards. */
function trapping(at: number): WorkerJudge {
  const right = nativeJudge()
  let asked = 0
  return {
    ...right,
    kind: 'kernel-fma',
    judge: (rules, blocks) => {
      asked += 1
      if (asked === at) throw new Error('unreachable')
      return right.judge(rules, blocks)
    },
  }
}

test('what the first judge throws over is judged by the second, and all that comes after', () => {
  const errors: unknown[] = []
  const judge = guardedJudge(trapping(2), nativeJudge(), (error) => errors.push(error))
  const run = sampleRun(realSample(), 3)
  const kinds = [1, 2, 3].map(() => {
    expect(judge.judge(run.parsed, run.records).every(({ fault }) => fault === undefined)).toBe(
      true,
    )
    return judge.kind
  })
  expect(kinds).toEqual(['kernel-fma', 'native', 'native'])
  expect(errors).toHaveLength(1)
})

test('the calling thread gets a kernel where the machine can run one, and is told if it fails', async () => {
  const errors: unknown[] = []
  const judge = await openCallingThreadJudge((error) => errors.push(error))
  expect(judge.kind).toMatch(/^kernel-/)
  const native = await openCallingThreadJudge(() => undefined, [() => nativeJudge()])
  expect(native.kind).toBe('native')
  expect(errors).toEqual([])
})
