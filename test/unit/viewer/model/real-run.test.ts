/** That a run of this chain's nodes is read as what it was: the names of events are theirs, and known here by heart. */
import { expect, test } from 'vitest'
import type { Job } from '../../../../src/cli/sim/job.ts'
import { runTraced } from '../../../../src/cli/trace/traced-run.ts'
import { levelAt } from '../../../../src/viewer/model/blocks.ts'
import { stateAt } from '../../../../src/viewer/model/chain.ts'
import { groups } from '../../../../src/viewer/model/groups.ts'
import { kindOf } from '../../../../src/viewer/model/run.ts'
import { sceneOf } from '../../../../src/viewer/model/scene.ts'
import { viewedRun } from '../../../support/viewer/scene.ts'

const job: Job = { scenario: 'one-crash-of-three', seed: 2, crypto: 'ideal', network: 'model' }
const { report, trace } = await runTraced({ job })
const scene = sceneOf(viewedRun(trace))
const endUs = scene.limits.toUs
const ends = scene.history.nodes.map((node) => stateAt(node, endUs))

test('heights, heads, slots and sync are those that nodes reported', () => {
  expect(report.outcome).toBe('held')
  const heights = ends.map(({ committed = -1 }) => committed)
  expect(Math.max(...heights)).toBe(report.height)
  const best = ends[heights.indexOf(report.height)]
  expect(best?.head?.height).toBeGreaterThanOrEqual(report.height)
  expect(best?.slot).toBeGreaterThanOrEqual(report.height)
  expect(best?.sync).toBe('synced')
})

test('the tree has every block that was committed, one on the other', () => {
  const { blocks } = scene.history.tree
  const committed = blocks.filter((block) => levelAt(block, endUs) === 'committed')
  const heights = committed.map(({ height }) => height).toSorted((a, b) => a - b)
  expect(heights).toEqual(Array.from({ length: report.height + 1 }, (_, height) => height))
  for (const block of committed) {
    expect(block.row).toBe(0)
    if (block.height > 0) expect(blocks[block.parent]?.height).toBe(block.height - 1)
    if (block.height > 0) expect(block.author).toBeGreaterThanOrEqual(0)
  }
  expect(blocks.some((block) => levelAt(block, endUs) === 'conflicting')).toBe(false)
})

test('a machine that crashed was down', () => {
  const crashed = trace.records.find(
    (record) => record.kind === 'machine' && record.change === 'crashed',
  )
  const lane = scene.run.laneNames.indexOf(crashed?.node ?? '')
  const node = scene.history.nodes[lane]
  if (crashed === undefined || node === undefined) throw new Error('a crash')
  expect(stateAt(node, crashed.atUs - 1).life).toBe('up')
  expect(stateAt(node, crashed.atUs).life).toBe('down')
})

test('messages of each way have a group of their own, and most of them a flight', () => {
  const ways = new Set(
    trace.records.flatMap((record) => (record.kind === 'arrival' ? [record.way] : [])),
  )
  const found = new Set<string>()
  let arrivals = 0
  for (let i = 0; i < scene.run.count; i += 1) {
    if (kindOf(scene.run, i) !== 'arrival') continue
    arrivals += 1
    found.add(groups[scene.run.group[i] ?? 0]?.name ?? '')
  }
  expect([...found].toSorted()).toEqual([...ways].toSorted())
  expect(scene.arrivals.count / arrivals).toBeGreaterThan(0.95)
})
