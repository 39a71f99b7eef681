/**
 * One run in this process, under the lock-down, which covers the scenario's own code too. Whatever is
 * thrown becomes part of the report: a sweep goes on.
 */
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import type { CryptoScheme } from '../../../sim/cluster/crypto.ts'
import { realScheme } from '../../../sim/cluster/crypto.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { type RunOptions, type Scenario, runScenario } from '../../../sim/cluster/scenario.ts'
import { installLockdown, NondeterminismError } from '../../platform/lockdown.ts'
import { UsageError } from '../exit.ts'
import type { Crypto, Job } from './plan.ts'
import { type Failure, lostRun, type RunReport } from './report.ts'

/** What may look on. None of it may change what happens. */
export type Onlookers = Omit<RunOptions, 'crypto' | 'guard'>

/** Runs a job. It throws only if there is no such scenario. */
export function runJob(job: Job, onlookers: Onlookers = {}): RunReport {
  const scenario = scenarioNamed(job.scenario)
  const lockdown = installLockdown()
  const begunMs = performance.now()
  let cluster: Cluster | undefined
  const options = {
    ...onlookers,
    crypto: schemeOf(job.crypto),
    guard: lockdown,
    onCluster: (begun: Cluster) => {
      cluster = begun
      onlookers.onCluster?.(begun)
    },
  }
  try {
    lockdown.enter()
    let outcome: ReturnType<typeof runScenario>
    try {
      outcome = runScenario(scenario, job.seed, options)
    } finally {
      lockdown.leave()
    }
    const { violation, scenario: _scenario, ...rest } = outcome
    const wallMs = performance.now() - begunMs
    const failure = violation === undefined ? {} : { failure: violation }
    return { ...job, ...rest, ...failure, wallMs, plan: cluster?.plan ?? [] }
  } catch (error) {
    return thrownReport(job, error, cluster, performance.now() - begunMs)
  }
}

export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario !== undefined) return scenario
  const names = scenarios.map((each) => each.name).join(', ')
  throw new UsageError(`there is no scenario "${name}". There are: ${names}`)
}

function schemeOf(crypto: Crypto): CryptoScheme {
  return crypto === 'ideal' ? idealScheme() : realScheme()
}

function thrownReport(
  job: Job,
  error: unknown,
  cluster: Cluster | undefined,
  wallMs: number,
): RunReport {
  const atMs = cluster?.nowMs ?? 0
  const isLeak = error instanceof NondeterminismError
  const failure: Failure = isLeak
    ? { property: 'determinism', detail: error.message, atMs }
    : { property: 'no-crash', detail: stackOf(error), atMs }
  const report = lostRun(job, failure, wallMs)
  const outcome = isLeak ? 'nondeterministic' : 'crashed'
  if (cluster === undefined) return { ...report, outcome }
  const { simulation, goals, plan } = cluster
  return {
    ...report,
    outcome,
    digest: simulation.digest.hex(),
    virtualMs: simulation.nowMs,
    events: simulation.events,
    messages: simulation.network.counts.sent,
    goals: goals.reached,
    plan,
  }
}

/** Enough of a stack to find the place. */
const stackLinesMax = 8

function stackOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return stack.split('\n').slice(0, stackLinesMax).join('\n')
}
