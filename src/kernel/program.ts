/**
 * A whole program of actors on one environment: what everybody has to write who runs a system of their own.
 * The same program runs on the real world and in the simulator, since all it is given is an environment.
 *
 * Does not know which world that is, nor what the actors are about.
 */
import type { Environment, NetworkReceiver } from './environment.ts'
import type { SupervisorPolicy } from './supervisor.ts'
import { System } from './system.ts'
import { Trace, type TraceReader } from './trace.ts'

/**
 * Spawns a program's actors, and returns what is to happen with what the network brings. What it leaves out is
 * declined: gossip is ignored, requests are refused, news of peers is not heard.
 */
export type Program<Event> = (
  system: System<Event>,
  environment: Environment,
) => Partial<NetworkReceiver>

/** How a program runs, as far as that is not its own affair. */
export interface ProgramSettings<Event> {
  /** Who reads what the actors emit, in this order. */
  readonly readers: readonly TraceReader<Event>[]
  /** What is done about actors that throw; for most, {@link restarting}. */
  readonly policy: SupervisorPolicy
  /** Told when the policy gives up. Every actor has been stopped by then; the process should end. */
  readonly onFailure: (error: unknown) => void
}

/** Starts a program, and its network with it. `stop` of the result ends it in good order. */
export function startProgram<Event>(
  program: Program<Event>,
  environment: Environment,
  { readers, policy, onFailure }: ProgramSettings<Event>,
): System<Event> {
  const { clock, random, network } = environment
  const system = new System<Event>({ clock, random }, new Trace(readers), policy, onFailure)
  network.open({ ...declining, ...program(system, environment) })
  system.start()
  return system
}

/** What becomes of deliveries that nobody wants. */
const declining: NetworkReceiver = {
  peerUp: () => undefined,
  peerDown: () => undefined,
  peerFound: () => undefined,
  gossip: (_message, verdict) => verdict('ignore'),
  request: (_request, answer) => answer(undefined),
}
