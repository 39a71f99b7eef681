/**
 * A load in virtual time: on whatever network the simulation has that is handed in. A world of this kind is a name and a
 * way to make its simulation.
 */
import { addressOf } from '../../../sim/address.ts'
import type { Simulation } from '../../../sim/simulation.ts'
import { Announcer } from '../../announcer.ts'
import {
  announcements,
  authorOf,
  blockEveryMs,
  type Load,
  type Played,
  peersOf,
  restMs,
  settleMs,
} from './load.ts'

/** Plays a load to its end. */
export function playIn(simulation: Simulation, load: Load): Played {
  const { bodyBytes, way } = load
  const wireBytes = tallyFlights(simulation)
  const peers: Announcer[] = []
  const announcedMs = new Map<number, number>()
  const deliveryMs: number[] = []
  const onBlock = (number: number): void => {
    deliveryMs.push(simulation.nowMs - (announcedMs.get(number) ?? 0))
  }
  const all = peersOf(load)
  const hosts = all.map(({ name }) => simulation.addHost(name))
  for (const [i, { neighbours }] of all.entries()) {
    hosts[i]?.boot(({ network }) => {
      const options = { ...announcements, bodyBytes, way, onBlock }
      peers[i] = new Announcer(network, neighbours.map(addressOf), options)
      return { stop: () => undefined }
    })
  }
  for (let block = 1; block <= load.blocks; block += 1) {
    simulation.at(settleMs + (block - 1) * blockEveryMs, () => {
      announcedMs.set(block, simulation.nowMs)
      peers[authorOf(load, block)]?.announce(block)
    })
  }
  simulation.runUntil(settleMs - 1)
  const before = wireBytes()
  simulation.runUntil(settleMs + (load.blocks - 1) * blockEveryMs + restMs)
  return { deliveryMs, wireBytes: wireBytes() - before }
}

/** Counts what is sent, whatever becomes of it: a rule sees each flight. */
function tallyFlights(simulation: Simulation): () => number {
  let bytes = 0
  simulation.network.rules.add('tally', (flight) => {
    bytes += flight.bytes
    return { kind: 'pass' }
  })
  return () => bytes
}
