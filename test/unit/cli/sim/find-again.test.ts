import { describe, expect, test } from 'vitest'
import { localLink } from '../../../../sim/link.ts'
import { findAgain, type LostRun } from '../../../../src/cli/sim/find-again.ts'
import type { RunReport } from '../../../../src/cli/sim/report.ts'
import type { WorkerAnswer, WorkerRequest } from '../../../../src/cli/sim/worker.ts'
import { reportOf } from '../../../support/run-reports.ts'

const recipe = {
  drawsAs: { scenario: 'swarm', seed: 5 },
  world: { members: 1, link: localLink, own: [] },
  plan: [],
  transfers: [],
  story: [{ kind: 'run', ms: 1_000 }],
} as const
const job = { scenario: 'swarm', seed: 5, crypto: 'ideal', network: 'model' } as const
const broken = reportOf('swarm', 5, 'violated')

/** What a worker says of the run by its seed, and of the run by its faults. */
async function found(bySeed: RunReport, lost: Partial<LostRun> = {}, byPlan = bySeed) {
  const told = ({ told }: WorkerRequest): WorkerAnswer => {
    const report = told?.plan === undefined ? bySeed : byPlan
    const rest = { checkpoints: [], notes: [] }
    return report.digest === '' ? { report, ...rest } : { report, ...rest, recipe }
  }
  const crew = { ask: async (request: WorkerRequest) => told(request) }
  return await findAgain(crew, { job, plan: undefined, ...lost }, new AbortController().signal)
}

describe('a run that is looked into', () => {
  test('is the one of its seed, if that breaks what is wanted', async () => {
    expect(await found(broken, { plan: [] })).toMatchObject({ isByPlan: false, isCrash: false })
    expect(await found(reportOf('swarm', 5))).toBeUndefined()
  })

  test('is told with the faults of its bundle, if its seed alone does not break that', async () => {
    const byPlan = await found(reportOf('swarm', 5), { plan: [] }, broken)
    expect(byPlan).toMatchObject({ isByPlan: true, failure: { property: 'agreement' } })
  })

  test.each<[string, RunReport, Partial<LostRun>]>([
    ['it is not known whether all held', reportOf('swarm', 5, 'unknown'), {}],
    ['see alys check-determinism swarm --seed 5', reportOf('swarm', 5, 'nondeterministic'), {}],
    ['fails before there is a world', reportOf('swarm', 5, 'crashed', { digest: '' }), {}],
    ['--keep progress: swarm seed 5 breaks agreement, and not that', broken, { keep: 'progress' }],
  ])('cannot be, and it is said: %s', async (reason, report, lost) => {
    await expect(found(report, lost)).rejects.toThrow(reason)
  })
})
