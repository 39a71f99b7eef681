/** That the known answers refuse a judge for whatever it may get wrong, and that there is always another one. */
import { describe, expect, test } from 'vitest'
import { nativeJudge, packed, type WorkerJudge } from '../../../../src/platform/validation/judge.ts'
import { passesKnownAnswers } from '../../../../src/platform/validation/known-answer.ts'
import { openJudge } from '../../../../src/platform/validation/open-judge.ts'
import type { RunFault, RunVerdict } from '../../../../src/protocol/block/run.ts'

const right = nativeJudge()

/** The right judge, but for what it says of blocks. */
function lying(lie: (verdict: RunVerdict, place: number) => RunVerdict): WorkerJudge {
  const judge: WorkerJudge['judge'] = (rules, blocks) => right.judge(rules, blocks).map(lie)
  return { ...right, judge, judgePacked: packed(judge) }
}

test('the reference knows the answers', () => {
  expect(passesKnownAnswers(right)).toBe(true)
})

describe('a judge is refused', () => {
  const faults: readonly RunFault[] = [
    ...(['length', 'chain', 'slot', 'author', 'root', 'link', 'height', 'signature'] as const),
  ]

  test.each(faults)('if it does not see the fault %s', (blind) => {
    const judge = lying(({ fault, hash }) => ({ fault: fault === blind ? undefined : fault, hash }))
    expect(passesKnownAnswers(judge)).toBe(false)
  })

  test('if it refuses a good block', () => {
    const judge = lying(({ fault, hash }, place) => ({
      fault: place === 36 ? 'root' : fault,
      hash,
    }))
    expect(passesKnownAnswers(judge)).toBe(false)
  })

  test('if it takes one fault for another', () => {
    const judge = lying(({ fault, hash }) => ({ fault: fault === 'height' ? 'slot' : fault, hash }))
    expect(passesKnownAnswers(judge)).toBe(false)
  })

  test('if one bit of one hash is wrong', () => {
    const judge = lying(({ fault, hash }, place) => {
      const wrong = hash.slice()
      if (place === 20) wrong[31] = (wrong[31] ?? 0) ^ 1
      return { fault, hash: wrong }
    })
    expect(passesKnownAnswers(judge)).toBe(false)
  })

  test('if it says too little', () => {
    const judge = {
      ...right,
      judge: (...run: Parameters<WorkerJudge['judge']>) => right.judge(...run).slice(1),
    }
    expect(passesKnownAnswers(judge)).toBe(false)
  })

  test('if it is right by one door only', () => {
    const blind = lying(({ hash }) => ({ fault: undefined, hash }))
    expect(passesKnownAnswers({ ...right, judgePacked: blind.judgePacked })).toBe(false)
    expect(passesKnownAnswers({ ...right, judge: blind.judge })).toBe(false)
  })

  test('if it accepts forged signatures, or refuses odd ones that ZIP-215 accepts', () => {
    expect(passesKnownAnswers({ ...right, verify: (checks) => checks.map(() => true) })).toBe(false)
    const strict: WorkerJudge['verify'] = (checks) =>
      right.verify(checks).map((isRight, i) => isRight && checks[i]?.publicKey[0] !== 1)
    expect(passesKnownAnswers({ ...right, verify: strict })).toBe(false)
    const none: WorkerJudge['verify'] = () => []
    expect(passesKnownAnswers({ ...right, verify: none })).toBe(false)
  })

  test('if it throws', () => {
    const verify = (): never => {
      throw new Error('no such instruction')
    }
    expect(passesKnownAnswers({ ...right, verify })).toBe(false)
  })
})

describe('the judge of a thread', () => {
  test('is the first that can be opened and knows the answers', async () => {
    const wrong: WorkerJudge = { ...right, verify: (checks) => checks.map(() => true) }
    const second: WorkerJudge = { ...right, batchMax: 5 }
    const opened = await openJudge([
      () => undefined,
      () => Promise.reject(new Error('no such file')),
      async () => wrong,
      async () => second,
      () => right,
    ])
    expect(opened).toBe(second)
  })

  test('is asserted to exist', async () => {
    await expect(openJudge([() => undefined])).rejects.toThrow('a judge that knows')
  })
})
