import { describe, expect, test } from 'vitest'
import { judgeAudit, judgeShrink, judgeSweep } from '../support/canary/canary.ts'

const expected = { runs: 4, failedMin: 1, failedMax: 3, properties: ['vote-lock'] }
const ended = (code: number, ...outcomes: readonly string[]) => ({
  code,
  stderr: '',
  stdout: outcomes
    .map((property) =>
      JSON.stringify(property === '' ? { outcome: 'held' } : { outcome: 'x', property }),
    )
    .map((line) => `${line}\n`)
    .join(''),
})

describe('a canary that must fail in some seeds', () => {
  test.each([
    ['is noticed', ended(1, 'vote-lock', '', '', ''), undefined],
    ['lives', ended(0, '', '', '', ''), '0 of 4 seeds fail, expected 1 to 3'],
    [
      'dies too often',
      ended(1, ...Array<string>(4).fill('vote-lock')),
      '4 of 4 seeds fail, expected 1 to 3',
    ],
    ['dies of something else', ended(1, 'no-crash', '', '', ''), 'a seed failed by no-crash'],
    ['was not run', ended(4), '0 of 4 seeds ran'],
    ['is passed over', ended(0, 'vote-lock', '', '', ''), 'exit code 0, expected 1'],
  ])('%s', (_what, one, verdict) => {
    expect(judgeSweep(one, expected)).toBe(verdict)
  })
})

test('one of chance must be named, and be the exit code', () => {
  const told = { code: 3, stderr: '', stdout: 'at a.ts:7' }
  expect(judgeAudit(told, /a\.ts:\d/)).toBeUndefined()
  expect(judgeAudit(told, /b\.ts:\d/)).toContain('nothing in its output')
  expect(judgeAudit({ ...told, code: 0 }, /a\.ts:\d/)).toBe('exit code 0, expected 3')
})

describe('a canary with a known recipe', () => {
  const known = { property: 'canary', faults: ['crash', 'partition'], nodes: 2 }
  const after = { nodes: 2, transfers: 0 }
  const made = (line: object, code = 1) => {
    return { code, stderr: '', stdout: JSON.stringify({ ...known, after, ...line }) }
  }
  test.each([
    ['is made as small as it can be', made({}), undefined],
    ['keeps a fault', made({ faults: ['crash', 'pause', 'partition'] }), 'by crash, pause, part'],
    ['loses one', made({ faults: ['crash'] }), 'by crash; 2 nodes'],
    ['keeps a node', made({ after: { ...after, nodes: 3 } }), '3 nodes, 0 transfers, expected'],
    ['keeps a transfer', made({ after: { ...after, transfers: 1 } }), '2 nodes, 1 transfers, exp'],
    ['is made into another bug', made({ property: 'agreement' }), 'it takes agreement by'],
    ['is not found', made({}, 0), 'exit code 0, expected 1'],
  ])('%s', (_what, one, verdict) => {
    if (verdict === undefined) expect(judgeShrink(one, known)).toBeUndefined()
    else expect(judgeShrink(one, known)).toContain(verdict)
  })
})
