/** Results of several machines as one report: what counts, what is refused, what is said to be missing. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type MergeSettings, merge } from '../../../../src/cli/merge/merge.ts'
import type { Revision } from '../../../../src/cli/revision.ts'
import { jobsOf, type SweepPlan } from '../../../../src/cli/sim/plan.ts'
import type { RunReport } from '../../../../src/cli/sim/report.ts'
import { jsonLine, jsonReport } from '../../../../src/cli/sim/reporter/json.ts'
import { openRunLog } from '../../../../src/cli/sim/run-log.ts'
import { reportOf, summaryOf, twoScenarios } from '../../../support/run-reports.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-merge-'))
})
const folders: string[] = []
afterAll(() => {
  for (const each of [...folders, folder]) rmSync(each, { recursive: true, force: true })
})

const first: Revision = { commit: 'a'.repeat(40), isDirty: false }
const second: Revision = { commit: 'b'.repeat(40), isDirty: false }
const plan: SweepPlan = { ...twoScenarios, seeds: 6 }

/** A run, of which each third does not hold. */
function told(scenario: string, seed: number): RunReport {
  const more = { events: 100 + seed, virtualMs: 60_000 + seed / 7, wallMs: 250.125 }
  if (seed % 3 !== 0) return reportOf(scenario, seed, 'held', more)
  return reportOf(scenario, seed, 'violated', { ...more, inForce: ['crash'] })
}

const heldOnly = (scenario: string, seed: number): RunReport => reportOf(scenario, seed)

/** What a machine leaves that runs a shard. */
function shard(index: number, count: number, tell = told, revision = first): string {
  const place = join(folder, `shard-${index}-${revision.commit.slice(0, 2)}`)
  mkdirSync(place)
  const own = { ...plan, shard: { index, count } }
  const log = openRunLog(place, own, revision)
  for (const { scenario, seed } of jobsOf(own)) log.add(tell(scenario, seed))
  log.end('done', 1_000 * index)
  return place
}

interface Merged {
  readonly exit: number
  readonly out: string
  readonly error: string
}

async function merged(
  paths: readonly string[],
  more: Partial<MergeSettings> = {},
): Promise<Merged> {
  folders.push(folder)
  const written = { out: '', error: '' }
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += String(text)
    return true
  })
  const error = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.error += String(text)
    return true
  })
  const usual = { isMixed: false, seedsMin: undefined, mustReachGoals: false, out: undefined }
  try {
    const exit = await merge(paths, { ...usual, reporter: 'default', ...more })
    return { exit, ...written }
  } finally {
    out.mockRestore()
    error.mockRestore()
  }
}

describe('shards', () => {
  test('come to the report of one machine, in whatever order', async () => {
    const places = [3, 1, 2].map((index) => shard(index, 3))
    const out = join(folder, 'out')
    const { exit, error } = await merged(places, { out })
    expect([exit, error]).toEqual([1, `The reports are in ${out}\n`])
    const whole = [...jobsOf(plan)].map(({ scenario, seed }) => told(scenario, seed))
    const summary = summaryOf(whole, { plan, elapsedMs: 3_000 })
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toBe(jsonReport(summary, first))
  })

  test('are found in the folders of a folder, and are told as by "alys sim"', async () => {
    for (const index of [1, 2]) shard(index, 2, heldOnly)
    const { exit, out, error } = await merged([folder])
    expect([exit, error]).toEqual([0, ''])
    expect(out).toContain('12 runs in 2.0 s: all held')
  })

  test('that reached too little leave it undecided, where every goal is required', async () => {
    const place = shard(1, 1, heldOnly)
    expect((await merged([place], { mustReachGoals: true })).exit).toBe(2)
  })

  test('that are missing are named, and leave it undecided', async () => {
    const places = [1, 4].map((index) => shard(index, 4, heldOnly))
    const { exit, out, error } = await merged(places)
    expect(exit).toBe(2)
    expect(error).toBe('missing: shards 2/4, 3/4 of 2 scenarios, seeds 1 to 6\n')
    expect(out).toContain('(parts are missing): all held, but too few ran: calm, swarm')
    const [broken] = [shard(3, 4)]
    expect((await merged([...places, broken ?? ''])).exit).toBe(1)
  })

  test('that were cut off are named, in mid-line too, and leave it undecided', async () => {
    const places = [1, 2].map((index) => shard(index, 2, heldOnly))
    const file = join(places[0] ?? '', 'runs.ndjson')
    const text = readFileSync(file, 'utf8')
    const said = { exit: 2, error: `${file} ends before its sweep did\n` }
    writeFileSync(file, text.slice(0, text.lastIndexOf('{"end"')))
    expect(await merged(places)).toMatchObject(said)
    writeFileSync(file, text.slice(0, text.lastIndexOf('{"end"') - 20))
    const { exit, error, out } = await merged(places)
    expect({ exit, error }).toEqual(said)
    expect(out).toContain('11 runs')
  })

  test('bring the bundles of what did not hold', async () => {
    const place = shard(1, 1)
    writeFileSync(join(place, 'swarm-3.bundle.json'), '{"a":1}')
    const out = join(folder, 'out')
    await merged([place], { out })
    expect(readFileSync(join(out, 'swarm-3.bundle.json'), 'utf8')).toBe('{"a":1}')
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('href="swarm-3.bundle.json"')
    await expect(merged([place], { out: place })).rejects.toThrow('expected another folder')
  })
})

describe('a run that is told twice', () => {
  test('counts once', async () => {
    const place = shard(1, 1, heldOnly)
    const { exit, out, error } = await merged([place, place], { reporter: 'json' })
    expect([exit, out.trimEnd().split('\n').length]).toEqual([0, 12])
    expect(error).toBe('told more than once, and counted once: 12\n')
  })

  test('in two ways is nondeterminism, and both places are named', async () => {
    const one = shard(1, 1, heldOnly)
    const file = join(folder, 'more.ndjson')
    const other = reportOf('swarm', 2, 'held', { digest: 'f'.repeat(16) })
    writeFileSync(file, `${jsonLine(reportOf('calm', 1), first)}\n${jsonLine(other, first)}\n`)
    const { exit, out } = await merged([one, file])
    expect(exit).toBe(3)
    expect(out).toContain('NONDETERMINISTIC  swarm seed 2: determinism')
    expect(out).toContain(`differ: ${join(one, 'runs.ndjson')}:5 and ${file}:2`)
    expect(out).toContain('12 runs')
  })

  test('is another run with other signatures or faults', async () => {
    const file = join(folder, 'a.ndjson')
    const ways = [{}, { crypto: 'real' }, { faults: ['crash'] }, { mix: 'uniform' }] as const
    const lines = ways.map((way) => jsonLine(reportOf('swarm', 1, 'held', way), first))
    writeFileSync(file, `${lines.join('\n')}\n`)
    expect(await merged([file])).toMatchObject({ exit: 0, error: '' })
  })
})

describe('results of different sources', () => {
  test('are refused, or runs of their own', async () => {
    const places = [shard(1, 1, heldOnly), shard(1, 1, heldOnly, second)]
    await expect(merged(places)).rejects.toThrow(
      `it is of commit ${second.commit}, and not of commit ${first.commit} in `,
    )
    const reports = join(folder, 'mixed')
    const { exit, out } = await merged(places, { isMixed: true, out: reports })
    expect([exit, out.includes('24 runs')]).toEqual([0, true])
    const { runs } = JSON.parse(readFileSync(join(reports, 'report.json'), 'utf8'))
    const commits = runs.map(({ commit }: Revision) => commit)
    expect(new Set(commits)).toEqual(new Set([first.commit, second.commit]))
  })

  test('are those of changed files too', async () => {
    const places = [shard(1, 1, heldOnly), join(folder, 'changed.ndjson')]
    const line = jsonLine(reportOf('calm', 1), { ...first, isDirty: true })
    writeFileSync(places[1] ?? '', `${line}\n`)
    await expect(merged(places)).rejects.toThrow('and changes, and not of commit')
  })
})

describe('lines without a plan', () => {
  test('ask for all seeds between the first and the last', async () => {
    const file = join(folder, 'a.ndjson')
    const lines = (seeds: readonly number[]): string =>
      seeds.map((seed) => `${jsonLine(reportOf('calm', seed), undefined)}\n`).join('')
    writeFileSync(file, lines([7, 9, 8]))
    expect((await merged([file])).exit).toBe(0)
    writeFileSync(file, lines([7, 9]))
    const { exit, out } = await merged([file])
    expect([exit, out.includes('all held, but too few ran: calm')]).toEqual([2, true])
    expect((await merged([file], { seedsMin: 2 })).exit).toBe(0)
  })

  test.each([
    ['{"version":1', /a\.ndjson:2: not JSON: /],
    ['[]', /a\.ndjson:2: the whole: /],
    ['{"format":"alys-runs","version":2}', /a\.ndjson:2: version: it is 2: /],
    ['{"version":2}', /a\.ndjson:2: version: it is 2: /],
    ['{"end":"soon","elapsedMs":1}', /a\.ndjson:2: end: it is "soon": /],
    ['seed', /a\.ndjson:2: seed: it is -1: /],
    ['digest', /a\.ndjson:2: digest: it is "xyz": expected 16 hexadecimal digits/],
    ['property', /a\.ndjson:2: property: it is not there: expected one/],
  ])('are refused by file, line and field if they are no good: %s', async (what, fault) => {
    const good = jsonLine(reportOf('calm', 1), undefined)
    const spoilt: Readonly<Record<string, object>> = {
      seed: { seed: -1 },
      digest: { digest: 'xyz' },
      property: { outcome: 'violated' },
    }
    const bad = what in spoilt ? JSON.stringify({ ...JSON.parse(good), ...spoilt[what] }) : what
    const file = join(folder, 'a.ndjson')
    writeFileSync(file, `${good}\n${bad}\n${good}\n`)
    await expect(merged([file])).rejects.toThrow(fault)
  })

  test('are refused if they never end', async () => {
    const file = join(folder, 'a.ndjson')
    writeFileSync(file, 'x'.repeat(1_500_000))
    await expect(merged([file])).rejects.toThrow(`${file}: line 1 has more than 1048576 characters`)
  })
})
