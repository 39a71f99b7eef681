/** Causes in whole runs: of the violation that a planted bug brings about, and on the real network code. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FaultSpan, Slice } from '../../sim/trace/slice.ts'
import { linesOf, sliceTable } from '../../src/cli/trace/slice-lines.ts'
import { runTraced } from '../../src/cli/trace/traced-run.ts'
import { canaries } from '../support/canary/canary.ts'
import { type PlantedTree, plantTree, runAlys } from '../support/planted-tree.ts'

let planted: PlantedTree
beforeAll(() => {
  const bug = canaries.find(({ name }) => name === 'must fail')
  planted = plantTree(bug?.plantings ?? [])
})
afterAll(() => planted.remove())

/** The first seed of the swarm that shows the bug. */
async function failingSeed(): Promise<number> {
  const { stdout } = await runAlys(
    ['sim', 'swarm', '--seeds', '8', '--bail', '--reporter', 'json'],
    planted.folder,
  )
  const runs = stdout.split('\n').filter((line) => line !== '')
  const failed = runs.map((line) => JSON.parse(line)).find(({ outcome }) => outcome !== 'held')
  if (failed === undefined) throw new Error('no seed shows the bug')
  return failed.seed
}

test('the slice of a violation holds both votes that contradict each other, and the faults that led to them', async () => {
  const args = ['why', 'swarm', '--seed', `${await failingSeed()}`, '--json']
  const { code, stdout } = await runAlys(args, planted.folder)
  expect(code).toBe(1)
  const slice = JSON.parse(stdout) as Slice
  const { target, line, known, faults } = slice
  expect(target.kind === 'violation' && target.property).toMatch(/^(vote|commit)-lock$/)
  expect(sliceTable(linesOf(slice, 30)).length).toBeLessThanOrEqual(60)
  // The promise that was broken is known, the breaking of it is a cause.
  const saidIn = (records: Slice['known']): string =>
    records.map((each) => (each.kind === 'event' ? `${each.event} ${each.facts}` : '')).join('\n')
  expect(saidIn(known)).toMatch(/vote-sent vote=\{vote=\{kind=nullify/)
  expect(saidIn(line)).toMatch(/vote-sent vote=\{vote=\{kind=finalise/)
  expect(line[0]?.cause).toBeUndefined()
  for (const [index, { id }] of line.slice(0, -1).entries()) expect(line[index + 1]?.cause).toBe(id)

  // It comes of faults, which are named by what they took, held up or changed.
  const felt = faults.filter(({ isFelt }: FaultSpan) => isFelt).map(({ fault }) => fault.id)
  expect(felt.length).toBeGreaterThan(0)
  const named = [...line, ...known].flatMap(({ id, cause, ...rest }) => {
    return [id, cause, 'fault' in rest ? rest.fault : undefined]
  })
  for (const id of felt) expect(named).toContain(id)
})

test('on the stack causes go over the wire too, and nothing is changed by looking on', async () => {
  const job = { scenario: 'calm', seed: 3, crypto: 'ideal', network: 'stack' } as const
  const { trace, report } = await runTraced({ job, untilMs: 5_000 })
  const { runJob } = await import('../../src/cli/sim/run.ts')
  expect(report.digest).toBe((await runJob(job, { untilMs: 5_000 })).digest)
  const votes = trace.records.filter(
    (each) => each.kind === 'arrival' && /vote$/.test(each.what) && each.way === 'gossip',
  )
  expect(votes.length).toBeGreaterThan(3)
  for (const { cause = -1, node } of votes) {
    const sender = trace.records[cause]
    expect(sender?.kind).toBe('turn')
    expect(sender?.node).not.toBe(node)
  }
})
