/** What a sweep on the farm has come to so far: the report that "alys sim" would make of it, in the order of its runs. */
import { type ExitCode, exitCode } from '../exit.ts'
import { disputed } from '../merge/mark.ts'
import { type Job, keyOf } from '../sim/job.ts'
import { prepareFolder, writeReports } from '../sim/output.ts'
import { jobsOf } from '../sim/plan.ts'
import type { RunReport } from '../sim/report.ts'
import type { ReportSettings } from '../sim/report-settings.ts'
import { jsonLine } from '../sim/reporter/json.ts'
import { writtenBy } from '../sim/reporter/reporter.ts'
import { summarise } from '../sim/summary.ts'
import { Tally } from '../sim/tally.ts'
import { connect, farmPackages } from './redis.ts'
import { FarmStore, type FarmSweep } from './store.ts'

export interface FarmReportSettings extends ReportSettings {
  readonly url: string
  readonly sweep: string | undefined
}

/** Runs that are asked for at a time. */
const batch = 500
const awayMsMax = 5_000

export async function report(settings: FarmReportSettings): Promise<ExitCode> {
  const connection = await connect(await farmPackages(), settings.url, awayMsMax)
  try {
    const code = await Promise.race([
      told(new FarmStore(connection.redis), settings),
      connection.lost,
    ])
    if (code !== undefined) return code
    process.stderr.write('Redis is gone: there is no report.\n')
    return exitCode.undecided
  } finally {
    connection.close()
  }
}

async function told(store: FarmStore, settings: FarmReportSettings): Promise<ExitCode> {
  const { seedsMin, mustReachGoals, reporter, out } = settings
  const sweep = await store.sweep(settings.sweep)
  const { plan, revision } = sweep
  const tally = new Tally()
  let missing = 0
  for await (const each of runsOf(store, sweep)) {
    if (each === undefined) missing += 1
    else {
      tally.add(each)
      if (reporter === 'json') process.stdout.write(`${jsonLine(each, revision)}\n`)
    }
  }
  const end = missing === 0 ? 'done' : 'gaps'
  const elapsedMs = await store.elapsedMs(sweep)
  const summary = summarise({ plan, tally, end, elapsedMs, seedsMin, mustReachGoals })
  const command = `alys farm report --sweep ${sweep.id}`
  const provenance = { command, node: process.versions.node, revision }
  if (out !== undefined) {
    prepareFolder(out)
    writeReports(out, summary, provenance)
  }
  process.stdout.write(writtenBy(reporter, summary, provenance))
  if (missing > 0) process.stderr.write(`sweep ${sweep.id}: ${missing} runs are missing\n`)
  return summary.exit
}

/** The runs of a sweep in their order; undefined for one that has no result. */
async function* runsOf(
  store: FarmStore,
  sweep: FarmSweep,
): AsyncGenerator<RunReport | undefined, undefined> {
  const conflicts = await store.conflicts(sweep)
  const judged = (found: RunReport | undefined): RunReport | undefined => {
    const other = found === undefined ? undefined : conflicts.get(keyOf(found))
    if (found === undefined || other === undefined) return found
    return disputed(found, `digest ${found.digest}, and ${other}`)
  }
  let jobs: Job[] = []
  for (const job of jobsOf(sweep.plan)) {
    jobs.push(job)
    if (jobs.length < batch) continue
    yield* (await store.runs(sweep, jobs)).map(judged)
    jobs = []
  }
  yield* (await store.runs(sweep, jobs)).map(judged)
}
