/** The whole way: a run of a scenario in a file is found again, made small, written, and run from where it was written. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ExitCode } from '../../../../src/cli/exit.ts'
import { runShrink, type ShrinkOptions, type ShrinkResult } from '../../../../src/cli/shrink/run.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-shrink-'))
  writeFileSync(join(folder, 'pauses.mjs'), pauses)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Whoever is paused in the third second of this story is complained about: of five faults one is needed. */
const pauses = `
import { at, schedule } from '${resolve('sim/cluster/fault/schedule.ts')}'
import { transfers } from '${resolve('sim/cluster/workload/transfers.ts')}'
import { wideLink } from '${resolve('sim/link.ts')}'
export const pauses = {
  name: 'pauses',
  title: 'Nobody stands still in the third second.',
  world: () => ({ members: 3, link: wideLink, clockOffsetMs: () => 5, clockErrorMsMax: 5 }),
  story: (net, random, seed) => {
    const times = seed === 7 ? [] : ['800ms', '1.9s', '2.345s', '2.1s']
    transfers(net, { everyMs: 300, untilMs: 3_000 })
    schedule(net, [
      ...times.map((time, index) => at(time, 'pause', { node: 'n' + (index % 3), for: '300ms' })),
      at('1s', 'isolate', { nodes: ['n0', 'n1'], for: '1s' }),
    ])
    net.run(2_500)
    net.require('nobody-stands-still', !net.machine('n2').host.isPaused, 'n2 does')
  },
}
`

interface Shrunk {
  readonly exit: ExitCode
  readonly lines: readonly string[]
  readonly result: ShrinkResult | undefined
  readonly file: string
}

async function shrunk(name: string, options: Partial<ShrinkOptions> = {}): Promise<Shrunk> {
  const lines: string[] = []
  const results: ShrinkResult[] = []
  const file = join(folder, `${name}.ts`)
  const scenario = join(folder, 'pauses.mjs')
  const exit = await runShrink({
    job: { scenario, seed: 1, crypto: 'ideal', network: 'model' },
    ...{ plan: undefined, keep: undefined, budgetMs: undefined },
    ...{ workersMax: 1, runsMax: 1_000, out: { file }, command: 'alys shrink pauses.mjs' },
    print: (line) => lines.push(line),
    onResult: (result) => results.push(result),
    ...options,
  })
  return { exit, lines, result: results[0], file }
}

test('a run comes down to the one fault that it takes, whatever the number of jobs', async () => {
  const [one, three] = [await shrunk('one'), await shrunk('three', { workersMax: 3 })]
  expect(one.exit).toBe(1)
  expect(one.result).toMatchObject({
    property: 'nobody-stands-still',
    isDone: true,
    before: { nodes: 3, faults: 5 },
    after: { nodes: 3, faults: 1, transfers: 0 },
    faults: ['pause'],
  })
  const source = readFileSync(one.file, 'utf8')
  expect(source).toContain(
    "scheduleInstead(net, [at('2.3s', 'pause', { node: 'n2', for: '300ms' })])",
  )
  expect(source).toContain('world: () => ({ members: 3, link: localLink })')
  expect(source).toContain('pauses.story(net, random, seed)')
  expect(one.lines.at(-2)).toContain('one.ts breaks nobody-stands-still by itself: npx alys replay')
  const nameless = (text: string): string => text.replace(/'(one|three)'|const (one|three)/g, '')
  expect(nameless(readFileSync(three.file, 'utf8'))).toBe(nameless(source))
  expect(three.result?.runs).toBe(one.result?.runs)
})

test('what is cut short leaves what there is by then, and says so', async () => {
  const { exit, lines, result } = await shrunk('short', { runsMax: 4 })
  expect([exit, result?.isDone, result?.runs]).toEqual([1, false, 4])
  expect(lines).toContainEqual(
    expect.stringContaining('no more runs are allowed: there may be less'),
  )
  const late = await shrunk('late', { budgetMs: 1 })
  expect([late.exit, late.lines]).toEqual([2, ['stopped before anything was found']])
  expect(existsSync(late.file)).toBe(false)
})

test('what does not break, or breaks something else, is not made small', async () => {
  const scenario = join(folder, 'pauses.mjs')
  const job = { scenario, seed: 7, crypto: 'ideal', network: 'model' } as const
  const held = await shrunk('held', { job })
  expect([held.exit, held.lines.at(-1)]).toEqual([
    0,
    `${scenario} seed 7: held, there is nothing to make smaller`,
  ])
  const other = shrunk('other', { keep: 'agreement' })
  await expect(other).rejects.toThrow(
    `--keep agreement: ${scenario} seed 1 breaks nobody-stands-still, and not that`,
  )
})
