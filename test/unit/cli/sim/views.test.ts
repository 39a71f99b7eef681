/** Which runs of a sweep get a page, and that they do. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { worthLooking, writeViews } from '../../../../src/cli/sim/views.ts'
import { reportOf } from '../../../support/run-reports.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-views-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const broken = (seed: number, property: string) =>
  reportOf('swarm', seed, 'violated', { failure: { property, detail: '', atMs: 1 } })
const seeds = (reports: Parameters<typeof worthLooking>[0]) =>
  worthLooking(reports).map(({ seed }) => seed)

test('each property is looked at before one is looked at twice', () => {
  expect(seeds([broken(1, 'a'), broken(2, 'a'), broken(3, 'b')])).toEqual([1, 3, 2])
  expect(seeds([broken(1, 'a'), broken(2, 'a'), broken(3, 'a'), broken(4, 'b')])).toEqual([1, 4, 2])
})

test('runs that took their process with them, and endless ones, are not repeated', () => {
  expect(
    seeds([
      reportOf('swarm', 1, 'crashed'),
      reportOf('swarm', 2, 'nondeterministic'),
      reportOf('swarm', 3, 'violated', { events: 1e9 }),
      reportOf('swarm', 4, 'unknown'),
    ]),
  ).toEqual([4])
})

test('a page is written beside the bundle, of the run that is meant', async () => {
  const report = reportOf('calm', 3, 'violated')
  const files = await writeViews(folder, [report, reportOf('calm', 4, 'crashed')])
  expect([...files.values()]).toEqual([
    { bundle: 'calm-3.bundle.json', view: 'calm-3.view.html' },
    { bundle: 'calm-4.bundle.json' },
  ])
  expect(readdirSync(folder)).toEqual(['calm-3.view.html'])
  expect(readFileSync(join(folder, 'calm-3.view.html'), 'utf8').length).toBeGreaterThan(150_000)
})
