/** A whole sweep: runs the plan, says how far it is, and reports what it came to. */
import type { Millis } from '../../base/units.ts'
import type { ExitCode } from '../exit.ts'
import { currentRevision } from '../revision.ts'
import { quickestFirst } from './bugs.ts'
import { prepareFolder, writeBundle, writePage, writeReports } from './output.ts'
import { jobsOf, type SweepPlan } from './plan.ts'
import { startProgress } from './progress.ts'
import type { RunReport } from './report.ts'
import type { ReportSettings } from './report-settings.ts'
import { jsonLine } from './reporter/json.ts'
import { writtenBy } from './reporter/reporter.ts'
import { openRunLog } from './run-log.ts'
import { watchStops } from './stops.ts'
import { askedOf, type SweepEnd, summarise } from './summary.ts'
import { sweep } from './sweep.ts'
import { Tally } from './tally.ts'
import { writeViews } from './views.ts'

export interface SimulateSettings extends ReportSettings {
  readonly workersMax: number
  readonly isBail: boolean
  readonly timeBudgetMs: Millis | undefined
}

/** Runs the plan, and writes to the standard streams and into the folder. */
export async function simulate(plan: SweepPlan, settings: SimulateSettings): Promise<ExitCode> {
  const { out, reporter, seedsMin } = settings
  if (out !== undefined) prepareFolder(out)
  const isNoted = out !== undefined || reporter === 'html' || reporter === 'json'
  const revision = isNoted ? currentRevision() : undefined
  const log = out === undefined ? undefined : openRunLog(out, plan, revision)
  const begunMs = performance.now()
  const { tally, end } = await run(plan, settings, (report, isKept) => {
    log?.add(report)
    if (reporter === 'json') process.stdout.write(`${jsonLine(report, revision)}\n`)
    if (out !== undefined && isKept && report.outcome !== 'held') writeBundle(out, report)
  })
  const elapsedMs = performance.now() - begunMs
  log?.end(end, elapsedMs)
  const { mustReachGoals } = settings
  const summary = summarise({ plan, tally, end, elapsedMs, seedsMin, mustReachGoals })
  const command = ['alys', ...numbered(process.argv.slice(2), plan.firstSeed)].join(' ')
  const provenance = { command, node: process.versions.node, revision }
  if (out !== undefined) {
    writeReports(out, summary, provenance)
    // Runs are repeated for it, which may take long, and whoever does not wait has the reports all the same.
    const files = await writeViews(out, quickestFirst(summary.bugs, summary.failures))
    writePage(out, summary, { ...provenance, files })
  }
  process.stdout.write(writtenBy(reporter, summary, provenance))
  if (out !== undefined) process.stderr.write(`The reports are in ${out}\n`)
  return summary.exit
}

/** The words of a command that makes the same sweep at any commit. */
function numbered(words: readonly string[], firstSeed: number): readonly string[] {
  return words.map((word, index) => {
    if (word === '--seed=commit') return `--seed=${firstSeed}`
    return word === 'commit' && words[index - 1] === '--seed' ? String(firstSeed) : word
  })
}

async function run(
  plan: SweepPlan,
  settings: SimulateSettings,
  onReport: (report: RunReport, isKept: boolean) => void,
): Promise<{ readonly tally: Tally; readonly end: SweepEnd }> {
  const { workersMax, isBail, timeBudgetMs, out } = settings
  const asked = askedOf(plan)
  const progress = startProgress(asked, process.stderr)
  const stops = watchStops(timeBudgetMs)
  const tally = new Tally()
  await sweep({
    jobs: jobsOf(plan),
    workersMax,
    isBail,
    isRecorded: out !== undefined,
    stop: stops.signal,
    onFinished: progress.report,
    // A record is for the bundle alone: there may be many of them, and they are long.
    onReport: (report) => {
      const { recorded: _, parts: __, ...kept } = report
      onReport(report, tally.add(kept))
    },
  })
  stops.release()
  progress.end()
  return { tally, end: stops.reason() ?? (tally.total.ran === asked ? 'done' : 'bail') }
}
