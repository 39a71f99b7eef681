/**
 * A peer with an errand of its own. The unmodified node is inside, so it shakes hands and follows as others do; beside
 * that, every so often, it does with its connections whatever an act says: it publishes, asks, dials.
 *
 * What it lies about when it is asked is another matter (`hostile-server.ts`).
 */
import type { Millis } from '../../../src/base/units.ts'
import type { Network, PeerId } from '../../../src/kernel/environment.ts'
import { slotAt } from '../../../src/protocol/slots.ts'
import { forwarding, forwardingReceiver } from '../../forwarding.ts'
import type { SimRandom } from '../../random.ts'
import type { HostileParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'

/** What an attacker has to work with. */
export interface Hands {
  readonly network: Network
  /** Who is connected. */
  readonly peers: readonly PeerId[]
  readonly random: SimRandom
  readonly parts: HostileParts
  /** The slot that its clock shows. */
  readonly slot: number
  /** Counts its acts, from 1. */
  readonly nth: number
}

export type Act = (hands: Hands) => void

export interface Errand {
  /** Virtual time. */
  readonly fromMs: Millis
  readonly everyMs: Millis
  readonly act: Act
}

/** A peer that acts from a time on, every so often. Seen from outside it is a node like any other until then. */
export function attacker({
  fromMs,
  everyMs,
  act,
}: Errand): (parts: HostileParts) => WrapEnvironment {
  return (parts) => (environment) => {
    const { network, clock } = environment
    const peers = new Set<PeerId>()
    let nth = 0
    const again = (): void => {
      if (parts.nowMs() >= fromMs) {
        nth += 1
        const slot = slotAt(parts.chain.slots, clock.wall())
        act({ network, peers: [...peers], random: parts.random, parts, slot, nth })
      }
      clock.wakeAt(clock.now() + everyMs, again)
    }
    return {
      ...environment,
      network: {
        ...forwarding(network),
        open: (receiver) => {
          network.open({
            ...forwardingReceiver(receiver),
            peerUp: (peer, address, isDialled) => {
              peers.add(peer)
              receiver.peerUp(peer, address, isDialled)
            },
            peerDown: (peer) => {
              peers.delete(peer)
              receiver.peerDown(peer)
            },
          })
          clock.wakeAt(clock.now() + everyMs, again)
        },
      },
    }
  }
}

/** Hears all gossip, and passes on none of it, nor says anything itself. */
export const silentInGossip: WrapEnvironment = (environment) => {
  const { network } = environment
  return {
    ...environment,
    network: {
      ...forwarding(network),
      publish: () => undefined,
      open: (receiver) => {
        network.open({
          ...forwardingReceiver(receiver),
          gossip: (message, verdict) => receiver.gossip(message, () => verdict('ignore')),
        })
      },
    },
  }
}
