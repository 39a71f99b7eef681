import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJob } from '../../../../src/cli/sim/run.ts'
import { isScenarioFile, scenarioIn } from '../../../../src/cli/sim/scenario-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-scenario-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileWith(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const scenario = (name: string): string =>
  `{ name: '${name}', title: 'It is told.', world: () => ({}), story: () => undefined }`

test('a name that ends like a program is the path of one', () => {
  const names = ['swarm', 'late-joiner', './found.ts', 'a.mjs', 'a.bundle.json', 'a.ts.txt']
  expect(names.filter(isScenarioFile)).toEqual(['./found.ts', 'a.mjs'])
})

test('a scenario is run from its file, and is the same with every seed if it says whose chance it has', async () => {
  const file = 'test/support/shrunk/with-everything.ts'
  expect((await scenarioIn(file)).name).toBe('with-everything')
  const told = (seed: number): ReturnType<typeof runJob> =>
    runJob({ scenario: file, seed, crypto: 'ideal', network: 'model' })
  const [one, two] = [await told(1), await told(2)]
  expect(one.scenario).toBe(file)
  expect(one.plan.length).toBeGreaterThan(3)
  expect(two.digest).toBe(one.digest)
})

test('among other things a file may export, the one scenario is found', async () => {
  const text = `export const one = ${scenario('one')}\nexport const two = { name: 'two' }`
  expect((await scenarioIn(fileWith('one.mjs', text))).name).toBe('one')
})

const several = `export const a = ${scenario('a')}\nexport const b = ${scenario('b')}`
test.each([
  ['none.mjs', 'export const one = 1', 'story; it exports one'],
  ['empty.mjs', '', 'story; it exports nothing'],
  ['several.mjs', several, 'story; it has a and b'],
  ['broken.mjs', 'export const = 1', 'broken.mjs cannot be loaded: '],
  ['throws.mjs', "throw new Error('not today')", 'cannot be loaded: not today'],
])('%s is no file of a scenario, and it is said why', async (name, text, reason) => {
  await expect(scenarioIn(fileWith(name, text))).rejects.toThrow(reason)
})
