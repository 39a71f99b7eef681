/**
 * One run in this process, under the lock-down, which covers the scenario's own code too. On the stack, code of libp2p
 * runs under the guard of virtual time instead. Whatever is thrown becomes part of the report: a sweep goes on.
 */
import { scenarios } from '../../../scenarios/catalogue.ts'
import type { MakeCarrier } from '../../../sim/cluster/carrier.ts'
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { type CryptoScheme, realScheme } from '../../../sim/cluster/crypto.ts'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { type Recipe, scenarioOf } from '../../../sim/cluster/recipe.ts'
import { type RunOptions, runScenario, type Scenario } from '../../../sim/cluster/scenario.ts'
import { factsOf } from '../../../sim/cluster/world-facts.ts'
import { openLibp2pWorld } from '../../../sim/libp2p/world.ts'
import type { Guard } from '../../../sim/simulation.ts'
import { asTask } from '../../../sim/stack/world.ts'
import { installLockdown } from '../../tripwire/lockdown.ts'
import { NondeterminismError } from '../../tripwire/tripwire.ts'
import { UsageError } from '../exit.ts'
import { didYouMean } from '../nearest.ts'
import { type Crypto, type Job, mannerOf } from './job.ts'
import { lostRun, type RunReport } from './report.ts'
import { isScenarioFile, scenarioIn } from './scenario-file.ts'

/** What may look on. None of it may change what happens. */
export type Onlookers = Pick<
  RunOptions,
  'onCluster' | 'onEvent' | 'onTurn' | 'untilMs' | 'book' | 'tracer'
>

/** What a run is told with in place of what would be drawn. */
export interface Told {
  /** Faults, at absolute virtual times. */
  readonly plan?: readonly Fault[]
  /** Everything, by a recipe of a run of the scenario. */
  readonly recipe?: Recipe
}

/** Runs a job. It rejects only if there is no such scenario, or none for this network. */
export async function runJob(
  job: Job,
  lookers: Onlookers = {},
  { plan, recipe }: Told = {},
): Promise<RunReport> {
  const untilMs = recipe?.untilMs
  const onlookers = untilMs === undefined ? lookers : { untilMs, ...lookers }
  const origin = await scenarioCalled(job.scenario)
  const scenario = recipe === undefined ? origin : scenarioOf(recipe, origin)
  const lockdown = installLockdown()
  const wishes = plan === undefined ? {} : { plan }
  if (job.network === 'model') return tell(scenario, job, { guard: lockdown, onlookers, wishes })
  if (scenario.modelOnly !== undefined) {
    throw new UsageError(`${scenario.name} needs the model of a network: ${scenario.modelOnly}`)
  }
  const { guard, parts } = await openLibp2pWorld(lockdown)
  // With real signatures connections are encrypted as well.
  const security = job.crypto === 'real' ? 'noise' : 'plaintext'
  const carrier: MakeCarrier = (names) => parts({ names, security })
  return await asTask(() => tell(scenario, job, { guard, carrier, onlookers, wishes }))
}

/** What a run takes place in, and who looks on. */
interface Stage {
  readonly guard: Guard
  readonly carrier?: MakeCarrier
  readonly onlookers: Onlookers
  readonly wishes: Pick<RunOptions, 'plan'>
}

function tell(scenario: Scenario, job: Job, stage: Stage): RunReport {
  const { guard, carrier, onlookers, wishes } = stage
  const begunMs = performance.now()
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
    onlookers.onCluster?.(begun)
  }
  const options = {
    ...onlookers,
    ...{ crypto: schemeOf(job.crypto), guard, onCluster },
    ...(carrier === undefined ? {} : { carrier }),
    ...wishesOf(job),
    ...wishes,
  }
  try {
    const run = guarded(guard, () => runScenario(scenario, job.seed, options))
    const {
      outcome,
      violation = run.doubt,
      digest,
      virtualMs,
      events,
      messages,
      height,
      goals,
    } = run
    const figures = { digest, virtualMs, wallMs: performance.now() - begunMs, events, messages }
    const why = violation === undefined ? {} : { failure: violation, ...inForceIn(cluster) }
    return { ...job, outcome, ...why, ...figures, height, goals, ...leftIn(cluster) }
  } catch (error) {
    return thrownReport(job, error, cluster, performance.now() - begunMs)
  }
}

/** What of a job a scenario is told with. */
function wishesOf(job: Job): Pick<RunOptions, 'reseeds' | 'faults' | 'mix'> {
  const { crypto: _, network: __, ...wishes } = mannerOf(job)
  return wishes
}

/** The scenario of that name, or in that file; a usage error if there is none. */
export async function scenarioCalled(name: string): Promise<Scenario> {
  if (isScenarioFile(name)) return await scenarioIn(name)
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario !== undefined) return scenario
  const names = scenarios.map((each) => each.name)
  const hint = didYouMean(name, names)
  throw new UsageError(`there is no scenario "${name}".${hint} There are: ${names.join(', ')}`)
}

/** Throws what the guard caught, even if the code that did it swallowed the error. */
function guarded<Value>(guard: Guard, run: () => Value): Value {
  guard.enter()
  try {
    return run()
  } finally {
    guard.leave()
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
  const { simulation, goals } = cluster
  return {
    ...report,
    ...inForceIn(cluster),
    digest: simulation.digest.hex(),
    virtualMs: simulation.nowMs,
    events: simulation.events,
    messages: simulation.network.counts.sent,
    goals: goals.reached,
    ...leftIn(cluster),
  }
}

/** What a run leaves behind to be repeated by. */
function leftIn(cluster: Cluster | undefined): Pick<RunReport, 'plan' | 'parts'> {
  if (cluster === undefined) return { plan: [] }
  const { options, names, plan, senders } = cluster
  const world = { nodes: names, ...factsOf(options) }
  const { sent: transfers, endMs } = senders
  const end = endMs === undefined ? {} : { sendingEndMs: endMs }
  return { plan, parts: { world, transfers, ...end } }
}

/** The kinds of fault that are in force where a run has ended, by name. */
function inForceIn(cluster: Cluster | undefined): Pick<RunReport, 'inForce'> {
  const kinds = new Set(cluster?.nemesis.inForce.map(({ kind }) => kind))
  return kinds.size === 0 ? {} : { inForce: [...kinds].toSorted(byName) }
}

function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Enough of a stack to find the place. */
const stackLinesMax = 8

function stackOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return stack.split('\n').slice(0, stackLinesMax).join('\n')
}
