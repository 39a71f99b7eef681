/**
 * One run in this process, under the lock-down, which covers the scenario's own code too. Whatever is
 * thrown becomes part of the report: a sweep goes on.
 */
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { type CryptoScheme, realScheme } from '../../../sim/cluster/crypto.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { type RunOptions, runScenario, type Scenario } from '../../../sim/cluster/scenario.ts'
import { installLockdown, type Lockdown } from '../../platform/lockdown.ts'
import { NondeterminismError } from '../../tripwire/tripwire.ts'
import { UsageError } from '../exit.ts'
import type { Crypto, Job } from './plan.ts'
import { lostRun, type RunReport } from './report.ts'

/** What may look on. None of it may change what happens. */
export type Onlookers = Omit<RunOptions, 'crypto' | 'guard'>

/** Runs a job. It throws only if there is no such scenario. */
export function runJob(job: Job, onlookers: Onlookers = {}): RunReport {
  const scenario = scenarioNamed(job.scenario)
  const guard = installLockdown()
  const begunMs = performance.now()
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
    onlookers.onCluster?.(begun)
  }
  const options = { ...onlookers, crypto: schemeOf(job.crypto), guard, onCluster }
  try {
    const run = lockedDown(guard, () => runScenario(scenario, job.seed, options))
    const { outcome, violation, digest, virtualMs, events, messages, height, goals } = run
    const failure = violation === undefined ? {} : { failure: violation }
    const figures = { digest, virtualMs, wallMs: performance.now() - begunMs, events, messages }
    return { ...job, outcome, ...failure, ...figures, height, goals, plan: cluster?.plan ?? [] }
  } catch (error) {
    return thrownReport(job, error, cluster, performance.now() - begunMs)
  }
}

/** The scenario of that name; a usage error if there is none. */
function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario !== undefined) return scenario
  const names = scenarios.map((each) => each.name).join(', ')
  throw new UsageError(`there is no scenario "${name}". There are: ${names}`)
}

/** Throws what the lock-down caught, even if the code that did it swallowed the error. */
function lockedDown<Value>(lockdown: Lockdown, run: () => Value): Value {
  lockdown.enter()
  try {
    return run()
  } finally {
    lockdown.leave()
  }
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
  const isCaught = error instanceof NondeterminismError
  const lost = isCaught
    ? lostRun(job, { property: 'determinism', detail: error.message, atMs }, wallMs)
    : lostRun(job, { property: 'no-crash', detail: stackOf(error), atMs }, wallMs)
  const report: RunReport = isCaught ? { ...lost, outcome: 'nondeterministic' } : lost
  if (cluster === undefined) return report
  const { simulation, goals, plan } = cluster
  return {
    ...report,
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
