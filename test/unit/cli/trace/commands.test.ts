/** The commands as they are typed: what they read and write, and their exit codes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { encodeTrace } from '../../../../sim/trace/file.ts'
import type { Trace, TraceRecord } from '../../../../sim/trace/record.ts'
import { main } from '../../../../src/cli/main.ts'

const turn = (id: number, message = 'm'): TraceRecord => {
  const cause = id === 0 ? undefined : id - 1
  return { kind: 'turn', id, cause, atUs: id * 1_000, node: 'a', actor: 'x', message }
}

function traceOf(outcome: string, ...records: readonly TraceRecord[]): Trace {
  const about = { scenario: 'by-hand', seed: 1, command: '', commit: '', digest: '' }
  const { length: recordsInAll } = records
  return { header: { ...about, outcome, nodes: ['a'], endUs: 9_000, recordsInAll }, records }
}

let folder = ''
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-trace-commands-'))
  const broken = { ...turn(3), kind: 'violation', property: 'p', detail: 'it is so' } as TraceRecord
  const traces = {
    held: traceOf('held', turn(0), turn(1), turn(2)),
    other: traceOf('held', turn(0), turn(1, 'n'), turn(2)),
    violated: traceOf('violated', turn(0), turn(1), turn(2), broken),
  }
  for (const [name, trace] of Object.entries(traces)) {
    writeFileSync(at(`${name}.trace.json`), encodeTrace(trace))
  }
  const run = {
    scenario: 'calm',
    seed: 1,
    crypto: 'ideal',
    outcome: 'held',
    digest: '0'.repeat(16),
  }
  const bundle = { format: 'alys-bundle', version: 2, ...run, node: '26.1.0', command: '' }
  writeFileSync(at('old.bundle.json'), JSON.stringify(bundle))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a command prints, and how it ends. `@` is the folder. */
async function typed(line: string): Promise<{ code: number; out: string; told: string }> {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const before = process.exitCode
  try {
    const code = await main(line.split(' ').map((word) => word.replace('@', folder)))
    const [out = '', told = ''] = [stdout, stderr].map(({ mock }) =>
      mock.calls.map(([text]) => String(text)).join(''),
    )
    return { code, out, told }
  } finally {
    stdout.mockRestore()
    stderr.mockRestore()
    process.exitCode = before
  }
}

describe('alys why', () => {
  test('explains the violation of a file, and ends as the run did', async () => {
    const { code, out } = await typed('why @/violated.trace.json')
    expect(code).toBe(1)
    expect(out).toMatch(/^VIOLATED at 0\.003000 s: p\n {2}it is so\n/)
    expect(out).toMatch(/^> {2}0\.000000 {2}a {5}x m › x m › x m +#0…2$/m)
    expect(await typed('why @/held.trace.json --event 1')).toMatchObject({ code: 0 })
  })

  test('tells the run of a bundle again, and says that it is another', async () => {
    const { code, out, told } = await typed('why @/old.bundle.json')
    expect([code, out]).toEqual([0, expect.stringMatching(/^held: nothing was violated/)])
    expect(told).toMatch(
      /^This is not the run of the bundle: its digest is [0-9a-f]{16}, and was 0{16}\./,
    )
  })
})

describe('alys diff', () => {
  test('ends with 0 for what is the same, and with 1 for what is not', async () => {
    expect(await typed('diff @/held.trace.json @/held.trace.json')).toMatchObject({ code: 0 })
    const { code, out } = await typed('diff @/held.trace.json @/other.trace.json')
    expect(code).toBe(1)
    expect(out).toContain('Records up to #0 are the same in both.')
    expect(out).toContain('The first difference is in event 1, at 0.001000 s, on a:')
    expect(out.match(/^> {2}0\.000000 {2}a {5}x m › x [mn] +#0…1$/gm)).toHaveLength(2)
  })
})

describe('alys trace', () => {
  test('makes of a file one for Perfetto, or a part', async () => {
    const chrome = await typed(`trace @/violated.trace.json --chrome --out ${at('x.json')}`)
    expect(chrome.code).toBe(1)
    expect(JSON.parse(readFileSync(at('x.json'), 'utf8')).otherData.scenario).toBe('by-hand')
    const part = await typed(`trace @/held.trace.json --events-max 1 --out ${at('y.json')}`)
    expect(part).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 later records are left out'),
    })
    expect(await typed('why @/y.json --event 2')).toMatchObject({
      ...{ code: 4, told: expect.stringContaining('they are numbered 0 to 0') },
    })
  })

  test('ends no run that is over', async () => {
    const { code, told } = await typed(`trace @/held.trace.json --until 1s --out ${at('z.json')}`)
    expect(code).toBe(4)
    expect(told).toContain('--until ends a run, and')
  })
})
