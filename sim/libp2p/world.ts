/**
 * The way into simulations on libp2p: installs virtual time in this process, then loads libp2p. It imports nothing of
 * libp2p itself, so whoever does not ask for it does not load it.
 */
import type { SimulationOptions } from '../simulation.ts'
import { installStack } from '../stack/world.ts'
import type { Libp2pOptions } from './network.ts'

/** For the options of a `Simulation`, whose runs are then tasks of their own (see `asTask`). */
export type Libp2pWorld = Required<Pick<SimulationOptions, 'network' | 'settle' | 'guard'>>

/** A world whose hosts run the production network adapter. Loads libp2p the first time, which takes a second. */
export async function openLibp2pWorld(options: Libp2pOptions): Promise<Libp2pWorld> {
  const stack = installStack()
  const { Libp2pNetwork } = await stack.load(() => import('./network.ts'))
  return {
    network: (parts) => new Libp2pNetwork(parts, options),
    settle: () => stack.settle(),
    guard: stack.guard,
  }
}
