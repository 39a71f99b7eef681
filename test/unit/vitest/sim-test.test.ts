/** `simTest`, by a vitest of its own that runs stories of which some are meant to fail (`support/sim-test`). */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const bin = join(root, 'node_modules/.bin')
const folder = mkdtempSync(join(tmpdir(), 'alys-sim-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Told {
  readonly status: string
  readonly text: string
}

/** Runs a command of a shell that runs vitest; the results by the names of the tests. */
function ran(command: string): ReadonlyMap<string, Told> {
  const file = join(folder, 'results.json')
  const { VITEST: _, VITEST_MODE: __, NODE_OPTIONS: ___, ...rest } = process.env
  const env = { ...rest, PATH: `${bin}${delimiter}${rest.PATH}` }
  const { stderr, stdout } = spawnSync(`${command} --reporter=json --outputFile=${file}`, {
    ...{ cwd: root, encoding: 'utf8', shell: true, env },
  })
  expect(`${stdout}${stderr}`).not.toContain('Startup Error')
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(file)
  return new Map(
    testResults.flatMap(({ assertionResults }: { assertionResults: readonly never[] }) =>
      assertionResults.map(({ title, status, failureMessages }) => [
        title,
        { status, text: (failureMessages as readonly string[]).join('\n') },
      ]),
    ),
  )
}

describe('stories as tests', () => {
  const command = 'npx vitest run --config test/support/sim-test/vitest.config.ts'
  const results = ran(command)
  const textOf = (name: string): string => results.get(name)?.text ?? ''
  const failing = textOf("doesn't hold")

  test('pass and fail as they should', () => {
    const statuses = [...results].map(([name, { status }]) => `${status}: ${name}`)
    expect(statuses.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'failed: asks for no seeds',
      "failed: doesn't hold",
      'failed: has no bug',
      'failed: is never tried',
      'failed: is no bug, but chance',
      'failed: takes ambient chance',
      'failed: takes ambient chance outside of its world',
      'passed: has a bug',
      'passed: holds',
      'passed: is the only one',
      'passed: need not be tried',
      'passed: rolls a 1, a one',
      'passed: rolls a 6, a six',
      'passed: tells 1 seed',
      'skipped: is left out',
      'skipped: is skipped',
      'todo: is to be written',
    ])
  })

  test('say what was broken, when, with which seed and faults, and how to repeat it', () => {
    expect(failing).toMatch(/violated with seed \d+: no six\n {2}rolled of die\n/)
    expect(failing).toMatch(/\n {2}virtual time \d+\.\d{6} s, digest [0-9a-f]{16}\n/)
    expect(failing).toMatch(/\n {2}of \d+ faults it takes none\n/)
    expect(failing).toContain(
      `${command} test/support/sim-test/modes.story.ts -t '^a \\(suite\\) > doesn'\\''t hold$'`,
    )
  })

  test('say what was not put to the test, or not found, or not understood', () => {
    expect(textOf('is never tried')).toContain('none of 2 seeds put these to the test')
    expect(textOf('is never tried')).toMatch(/\n {2}a seven\n/)
    expect(textOf('has no bug')).toContain('expected a seed that breaks a property, and none of 2')
    expect(textOf('asks for no seeds')).toContain('seeds: 0: expected a whole number from 1')
  })

  test('are caught at chance that is not theirs, even if they swallow it', () => {
    for (const name of ['takes ambient chance', 'takes ambient chance outside of its world']) {
      expect(textOf(name)).toContain('nondeterministic with seed 1')
      expect(textOf(name)).toMatch(
        /Math\.random was called in simulated code at .*modes\.story\.ts/,
      )
    }
    expect(textOf('is no bug, but chance')).toContain('nondeterministic with seed 1')
  })

  test('repeat what failed by the command that is told', () => {
    const [, told = ''] = /repeat: (.*)/.exec(failing) ?? []
    const [, seed] = /ALYS_SEED=(\d+) /.exec(told) ?? []
    const again = ran(told)
    const run = [...again].filter(([, { status }]) => status !== 'skipped' && status !== 'todo')
    expect(run.map(([name, { status }]) => [name, status])).toEqual([["doesn't hold", 'failed']])
    const [, digest] = /digest (\w+)/.exec(failing) ?? []
    expect(again.get("doesn't hold")?.text).toContain(`violated with seed ${seed}: no six`)
    expect(again.get("doesn't hold")?.text).toContain(`digest ${digest}`)
  })
})
