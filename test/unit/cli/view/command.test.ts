/** `alys view`, as it is typed: of a scenario, and of what `alys trace` wrote of it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { decodeTrace } from '../../../../sim/trace/file.ts'
import { exitCode } from '../../../../src/cli/exit.ts'
import { main } from '../../../../src/cli/main.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-view-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a command prints; it has to end well. `@` is the folder. */
async function typed(line: string): Promise<string> {
  const spy = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const before = process.exitCode
  try {
    const code = await main(line.split(' ').map((word) => word.replace('@', folder)))
    expect(code).toBe(exitCode.held)
    return spy.mock.calls.map(([text]) => String(text)).join('')
  } finally {
    spy.mockRestore()
    process.exitCode = before
  }
}

/** The trace that a page has in it. */
function traceIn(file: string) {
  const [, packed = ''] =
    /id="run-data"[^>]*>([^<]+)</.exec(readFileSync(join(folder, file), 'utf8')) ?? []
  const trace = decodeTrace(gunzipSync(Buffer.from(packed, 'base64')).toString())
  if (!trace.ok) throw new Error(trace.fault)
  return trace.value
}

test('a scenario is run, and written as a page that has all of it', async () => {
  const said = await typed('view calm --seed 1 --until 5s --out @/calm.html')
  expect(said).toContain('calm seed 1: held\n')
  expect(said).toContain(`Its page is ${folder}/calm.html: open it in a browser.`)
  const { header, records } = traceIn('calm.html')
  expect(header).toMatchObject({ scenario: 'calm', seed: 1, endUs: 5_000_000 })
  expect(records.length).toBe(header.recordsInAll)
})

test('of a trace the page is beside it, and says the same', async () => {
  await typed('trace calm --seed 1 --until 5s --out @/calm.trace.json')
  await typed('view @/calm.trace.json')
  expect(existsSync(join(folder, 'calm.view.html'))).toBe(true)
  expect(traceIn('calm.view.html')).toEqual(traceIn('calm.html'))
})
