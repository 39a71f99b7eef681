/**
 * The way into simulations on libp2p: installs virtual time in this process, then loads libp2p. It imports nothing of
 * libp2p itself, so whoever does not ask for it does not load it.
 */
import type { Lockdown } from '../../src/tripwire/lockdown.ts'
import type { Guard, SimulationOptions } from '../simulation.ts'
import { presentHost } from '../stack/host.ts'
import { installStack } from '../stack/world.ts'
import type { Libp2pOptions } from './network.ts'

/** For the options of a `Simulation`, whose runs are then tasks of their own (see `asTask`). */
export type Libp2pParts = Required<Pick<SimulationOptions, 'network' | 'settle'>>

/** libp2p, ready to be simulated. */
export interface Libp2pWorld {
  /** To be in force while simulated code runs. */
  readonly guard: Guard
  /** What makes the hosts of one simulation run the production network adapter. */
  parts(options: Libp2pOptions): Libp2pParts
}

/**
 * Loads libp2p in virtual time, which takes a second the first time. With a lock-down the guard is one of two: code that
 * runs on behalf of a host is libp2p's and under the rules of virtual time, and everything else is locked down.
 */
export async function openLibp2pWorld(lockdown?: Lockdown): Promise<Libp2pWorld> {
  const stack = installStack()
  const { Libp2pNetwork } = await stack.load(() => import('./network.ts'))
  lockdown?.exempt(() => presentHost() !== undefined)
  return {
    guard: lockdown === undefined ? stack.guard : nested(stack.guard, lockdown),
    parts: (options) => ({
      network: (parts) => new Libp2pNetwork(parts, options),
      settle: () => stack.settle(),
    }),
  }
}

/** One guard within another: what the outer one does as it begins and ends is not under the inner one. */
function nested(outer: Guard, inner: Guard): Guard {
  return {
    enter: () => {
      outer.enter()
      inner.enter()
    },
    leave: () => {
      try {
        inner.leave()
      } finally {
        outer.leave()
      }
    },
  }
}
