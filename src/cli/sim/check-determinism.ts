/** A whole check for nondeterminism: runs the pairs, says how far it is, and reports what differs. */
import { formatDuration } from '../../base/duration.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import { formatCount, formatTable } from '../table.ts'
import { caughtIn, differencesOf, locate, type Pair, runPairs } from './determinism.ts'
import type { Job } from './job.ts'
import { replayCommand } from './job.ts'
import { startProgress } from './progress.ts'
import { watchStops } from './stops.ts'

/** Differences that are followed to the first event; the others are counted. */
const locatedMax = 3

export interface CheckOptions {
  readonly scenarios: readonly string[]
  readonly jobs: readonly Job[]
  readonly workersMax: number
  /** Takes a line. */
  readonly print: (line: string) => void
}

export async function checkDeterminism(options: CheckOptions): Promise<ExitCode> {
  const { jobs, scenarios, workersMax, print } = options
  const begunMs = performance.now()
  const progress = startProgress(2 * jobs.length, process.stderr)
  const stops = watchStops(undefined)
  const onFinished = progress.report
  const pairs = await runPairs({ jobs, workersMax, stop: stops.signal, onFinished })
  stops.release()
  progress.end()
  const suspects = pairs.filter(isSuspect)
  print(tableOf(scenarios, pairs))
  for (const pair of suspects.slice(0, locatedMax)) await tell(pair, print)
  const left = suspects.length - locatedMax
  if (left > 0) print(`\n… and ${left} more`)
  print(
    `\n${verdictOf(pairs, suspects, jobs.length)}, in ${formatDuration(performance.now() - begunMs)}`,
  )
  if (suspects.length > 0) return exitCode.nondeterministic
  return pairs.length < jobs.length ? exitCode.undecided : exitCode.held
}

function isSuspect(pair: Pair): boolean {
  return caughtIn(pair) !== undefined || differencesOf(pair).length > 0
}

/** Says all there is to say of one pair that is not the same, looking into it if need be. */
async function tell(pair: Pair, print: (line: string) => void): Promise<void> {
  const { job } = pair
  const caught = caughtIn(pair)
  print(`\nNONDETERMINISTIC  ${job.scenario} seed ${job.seed}`)
  for (const line of differencesOf(pair)) print(`  ${line}`)
  const lines = caught === undefined ? await locate(job) : [caught.detail]
  for (const line of lines) print(`  ${line}`)
  print(`  one of the two: ${replayCommand(job)}`)
}

function tableOf(scenarios: readonly string[], pairs: readonly Pair[]): string {
  const rows = scenarios.map((scenario) => {
    const own = pairs.filter(({ job }) => job.scenario === scenario)
    const events = own.reduce((total, { first }) => total + first.events, 0)
    const suspects = own.filter(isSuspect).length
    return [scenario, ...[own.length, own.length - suspects, suspects, events].map(formatCount)]
  })
  return formatTable([['scenario', 'pairs', 'same', 'different', 'events'], ...rows])
}

function verdictOf(pairs: readonly Pair[], suspects: readonly Pair[], asked: number): string {
  const ran = `${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'}`
  if (suspects.length > 0) return `${suspects.length} of ${ran} did not come out the same`
  if (pairs.length < asked) return `${ran} of ${asked} ran, each the same in both processes`
  return `${ran}, each the same in both processes`
}
