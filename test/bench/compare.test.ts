import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fallsOf, readReport } from '../../bench/compare.ts'
import { thisMachine } from '../../bench/machine.ts'
import type { Result } from '../../bench/report.ts'

function result(name: string, ratio?: number): Result {
  const against = ratio === undefined ? {} : { baseline: 'yardstick', ratio }
  return { name, value: 1, unit: 'M/s', ...against }
}

describe('a result fell', () => {
  test('if less than 0.7 of its ratio is left', () => {
    const falls = fallsOf([result('a', 10), result('b', 10)], [result('a', 6.99), result('b', 7)])
    expect(falls).toEqual([{ name: 'a', ratioBefore: 10, ratioNow: 6.99 }])
  })

  test('if it is gone, or has no ratio any more', () => {
    const falls = fallsOf([result('a', 1), result('b', 1)], [result('b')])
    expect(falls.map(({ name, ratioNow }) => [name, ratioNow])).toEqual([
      ['a', undefined],
      ['b', undefined],
    ])
  })

  test('but not if it had no ratio, is new, or is better', () => {
    expect(fallsOf([result('a'), result('b', 1)], [result('b', 9), result('c', 1)])).toEqual([])
  })
})

describe('a report', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'alys-test-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function written(content: unknown): string {
    const file = join(folder, 'report.json')
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return file
  }

  test('is read back as it was written', () => {
    const report = { suite: 'kernel', machine: thisMachine(), results: [result('a', 2)] }
    expect(readReport(written(report))).toEqual({ ok: true, value: report })
  })

  test.each([
    ['no JSON', '{'],
    ['no report', { suite: 'kernel' }],
    [
      'a ratio that is no number',
      { suite: 's', machine: thisMachine(), results: [{ ratio: 'x' }] },
    ],
    ['a ratio of nothing', { suite: 's', machine: thisMachine(), results: [result('a', 0)] }],
  ])('is refused for %s', (_, content) => {
    const read = readReport(written(content))
    expect(read.ok).toBe(false)
    expect(read.ok || read.fault).toContain('report.json')
  })

  test('is refused for a file that is not there', () => {
    expect(readReport(join(folder, 'nothing.json')).ok).toBe(false)
  })
})
