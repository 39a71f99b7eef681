import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runAlys } from '../../support/planted-tree.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-command-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a command that is not understood', () => {
  test.each([
    ['sim --frob', "unknown option '--frob'"],
    [
      'sim --seeds none',
      "option '--seeds <k>' argument 'none' is invalid. Expected a whole number",
    ],
    ['sim nope', 'no scenario matches "nope". There are: calm, '],
    ['mutants quorum-one-shrot', 'Did you mean quorum-one-short?'],
    ['mutants --arms nobody', 'there is no arm "nobody". There are: simulation, units, uniform'],
    ['replay calm', 'which seed of calm?'],
    ['replay package.json', 'package.json is not a bundle: format: '],
    ['replay src/base/bytes.ts', 'src/base/bytes.ts: expected one exported scenario, with name, '],
    ['sim nowhere.ts', 'nowhere.ts: expected a file with a scenario in it'],
    [
      'likelihood calm --seed 1 --points 1',
      "argument '1' is invalid. Expected a whole number from 2",
    ],
    ['likelihood calm --seed 1 --out page.txt', '--out page.txt: expected a file that ends in .md'],
    ['likelihood calm --seed 1 --faults crash', "argument 'crash' is invalid. Allowed choices are"],
    ['shrink calm', 'which seed of calm? Say --seed <n>'],
    ['shrink calm --seed 1 --out Found.ts', '--out Found.ts: expected a file such as found/'],
    [
      'shrink calm --seed 1 --out package.json/a.ts',
      '--out package.json/a.ts: expected a place where a file can be written (',
    ],
    ['shrink calm --seed 1 --runs-max 0', "'--runs-max <n>' argument '0' is invalid. Expected a"],
  ])('%s', async (line, reason) => {
    const { code, stdout, stderr } = await runAlys(line.split(' '))
    expect(stderr).toContain(reason)
    expect(stdout).toBe('')
    expect(code).toBe(4)
  })
})

test('help says what a command is for, and ends well', async () => {
  const { code, stdout } = await runAlys(['sim', '--help'])
  expect(stdout).toContain('--time-budget <time>')
  expect(stdout).toContain('Examples:')
  expect(code).toBe(0)
})

test('a command begins without packages but the one that reads its line', async () => {
  const hook = `
    import { registerHooks } from 'node:module'
    registerHooks({
      load(url, context, next) {
        const [, name] = /node_modules\\/([^/]+)/.exec(url) ?? []
        if (name !== undefined) process.stderr.write(name + '\\n')
        return next(url, context)
      },
    })`
  const early = `--import=data:text/javascript,${encodeURIComponent(hook)}`
  const args = [early, resolve('src/cli/alys.mjs'), '--help']
  const { stderr } = await promisify(execFile)(process.execPath, args)
  expect([...new Set(stderr.trim().split('\n'))]).toEqual(['commander'])
})

test('a sweep leaves reports, and takes away the bundles of an earlier one', async () => {
  writeFileSync(join(folder, 'old-1.bundle.json'), '{}')
  const line = ['sim', 'one-crash', 'partition-then*', '--seeds', '2', '--reporter', 'json']
  const { code, stdout } = await runAlys([...line, '--out', folder])
  const runs = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  expect(runs.map(({ scenario, seed, outcome }) => `${scenario} ${seed} ${outcome}`)).toEqual([
    'one-crash-of-three 1 held',
    'partition-then-heal 1 held',
    'one-crash-of-three 2 held',
    'partition-then-heal 2 held',
  ])
  expect(code).toBe(0)
  expect(readdirSync(folder).toSorted()).toEqual([
    'junit.xml',
    'report.html',
    'report.json',
    'runs.ndjson',
  ])
  expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).runs).toEqual(runs)
})

describe('a run that is repeated', () => {
  test('shows every event up to a time', async () => {
    const line = ['replay', 'one-crash-of-three', '--seed', '1', '--trace', '--until', '5s']
    const { code, stdout } = await runAlys(line)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^stopped at 5\.000000 s: nothing was violated so far/)
    expect(lines.some((each) => /^ +\d\.\d{6} {2}n0 {4}peer-ready +peer=n/.test(each))).toBe(true)
    expect(lines.slice(0, -1).every((each) => Number(each.slice(0, 12)) <= 5)).toBe(true)
    expect(code).toBe(0)
  })

  test('is compared with its bundle', async () => {
    const { stdout: json } = await runAlys(['sim', 'one-crash', '--reporter', 'json'])
    const { digest } = JSON.parse(json)
    const key = { scenario: 'one-crash-of-three', seed: 1, crypto: 'ideal', network: 'model' }
    const run = { ...key, outcome: 'held' }
    const bundle = { format: 'alys-bundle', version: 1, ...run, node: '26.0.0', command: '' }
    const [same, other] = ['same', 'other'].map((name) => join(folder, `${name}.json`))
    writeFileSync(same ?? '', JSON.stringify({ ...bundle, digest }))
    writeFileSync(other ?? '', JSON.stringify({ ...bundle, digest: '0123456789abcdef' }))
    const [equal, unequal] = await Promise.all([
      runAlys(['replay', same ?? '']),
      runAlys(['replay', other ?? '']),
    ])
    expect(equal.stdout).toContain('the same as in the bundle')
    expect(equal.code).toBe(0)
    expect(unequal.stdout).toContain(`digest: 0123456789abcdef then, ${digest} now`)
    expect(unequal.code).toBe(3)
  })
})

describe('the launcher', () => {
  const launcher = resolve(import.meta.dirname, '../../../src/cli/alys.mjs')
  /** Runs it as a Node.js that says it is old. Its children say what they are. */
  const runOld = (file: string, ...args: readonly string[]): Promise<{ stdout: string }> => {
    const define = 'Object.defineProperty(process.versions, "node", { value: "18.20.0" })'
    const pretend = `data:text/javascript,${encodeURIComponent(define)}`
    return promisify(execFile)(process.execPath, ['--import', pretend, file, ...args])
  }

  test('hands over to the Node.js that was installed beside it, with arguments and exit code', async () => {
    const { stdout } = await runOld(launcher, 'sim', '--list', 'calm')
    expect(stdout).toMatch(/^calm +\w/)
    await expect(runOld(launcher, 'sim', 'nope')).rejects.toMatchObject({ code: 4 })
  })

  test('says what is missing if there is none', async () => {
    const alone = join(folder, 'alys.mjs')
    cpSync(launcher, alone)
    await expect(runOld(alone, 'sim')).rejects.toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^alys: Node\.js 24 or newer is needed, and this is 18\.20\.0\./,
      ),
    })
  })
})
