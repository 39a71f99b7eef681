/**
 * What a run on the stack needs: libp2p in virtual time, and one guard out of two. Code that runs on behalf of a host is
 * libp2p's and under the rules of virtual time; everything else in a run is under the lock-down.
 */
import type { MakeCarrier } from '../../../sim/cluster/cluster.ts'
import { openLibp2pWorld } from '../../../sim/libp2p/world.ts'
import type { Guard } from '../../../sim/simulation.ts'
import { presentHost } from '../../../sim/stack/host.ts'
import type { Lockdown } from '../../platform/lockdown.ts'
import type { Crypto } from './plan.ts'

export interface Stack {
  readonly guard: Guard
  readonly carrier: MakeCarrier
}

/** Loads libp2p, the first time. With real signatures its connections are encrypted as well. */
export async function openStack(lockdown: Lockdown, crypto: Crypto): Promise<Stack> {
  const world = await openLibp2pWorld()
  lockdown.exempt(() => presentHost() !== undefined)
  const security = crypto === 'real' ? 'noise' : 'plaintext'
  return {
    // The lock-down inside: what the other one does as it begins and ends is no simulated code.
    guard: both(world.guard, lockdown),
    carrier: (names) => world.parts({ names, security }),
  }
}

function both(outer: Guard, inner: Guard): Guard {
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
