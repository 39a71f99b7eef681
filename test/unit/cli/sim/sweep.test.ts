import { describe, expect, test } from 'vitest'
import type { Job } from '../../../../src/cli/sim/job.ts'
import type { RunReport } from '../../../../src/cli/sim/report.ts'
import { type SweepOptions, sweep } from '../../../../src/cli/sim/sweep.ts'

const job = (scenario: string, seed: number): Job => ({
  scenario,
  seed,
  crypto: 'ideal',
  network: 'model',
})

async function reportsOf(options: Omit<SweepOptions, 'onReport'>): Promise<readonly RunReport[]> {
  const reports: RunReport[] = []
  await sweep({ ...options, onReport: (report) => reports.push(report) })
  return reports
}

describe('a sweep', () => {
  test('comes to the same in the same order, however many workers there are', async () => {
    // The first takes longest, so that others are done before it.
    const jobs = [job('swarm', 1), job('leader-isolated', 1), job('one-crash-of-three', 1)]
    const [one, three] = [1, 3].map((workersMax) => reportsOf({ jobs, workersMax }))
    const timeless = (reports: readonly RunReport[] = []): unknown =>
      reports.map((report) => ({ ...report, wallMs: 0 }))
    expect(timeless(await three)).toEqual(timeless(await one))
    expect((await one)?.map(({ scenario }) => scenario)).toEqual(jobs.map((each) => each.scenario))
  })

  test('goes on if a worker dies', async () => {
    const jobs = [job('one-crash-of-three', 1), job('one-crash-of-three', 2)]
    const worker = { nodeOptions: ['--import', 'data:text/javascript,process.exit(7)'] }
    const reports = await reportsOf({ jobs, workersMax: 1, worker })
    expect(reports).toHaveLength(2)
    expect(reports[1]).toMatchObject({
      seed: 2,
      outcome: 'crashed',
      failure: { property: 'no-crash', detail: "the worker's process ended: exit code 7" },
    })
  })

  test('begins nothing after a failure, if it is to bail out', async () => {
    const jobs = [job('calm', 1), job('calm', 2)]
    const worker = { nodeOptions: ['--import', 'data:text/javascript,process.exit(7)'] }
    expect(await reportsOf({ jobs, workersMax: 1, worker, isBail: true })).toHaveLength(1)
  })

  test('is given up at once when it is told to stop', async () => {
    function* forever(): Generator<Job> {
      for (let seed = 1; ; seed += 1) yield job('one-crash-of-three', seed)
    }
    const controller = new AbortController()
    let finished = 0
    const onFinished = (): void => {
      finished += 1
      if (finished === 2) controller.abort()
    }
    const stop = controller.signal
    expect(await reportsOf({ jobs: forever(), workersMax: 2, stop, onFinished })).toHaveLength(2)
    expect(await reportsOf({ jobs: forever(), workersMax: 2, stop })).toEqual([])
  })
})
