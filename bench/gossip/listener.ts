/** Peers of a measurement that need no chain: the real network, and nothing above it. */
import { hash } from 'node:crypto'
import type { NetworkReceiver } from '../../src/kernel/environment.ts'
import type { NetworkOptions } from '../../src/platform/network.ts'

const topic = '/alys/bench/gossip/1'
export const protocol = '/alys/bench/body/1'

/** Hears and refuses everything. */
export const listener: NetworkReceiver = {
  peerUp: () => undefined,
  peerDown: () => undefined,
  peerFound: () => undefined,
  gossip: (_, verdict) => verdict('ignore'),
  request: (_, answer) => answer(undefined),
}

/** Options of a peer of this number. Limits by host are off, since all are on one. */
export function benchOptions(number: number, listen: readonly string[]): NetworkOptions {
  return {
    seed: new Uint8Array(hash('sha256', `alys/bench/gossip/${number}`, 'buffer')),
    listen,
    topics: [topic],
    protocols: [protocol],
    connectionsPerSecondMax: 100_000,
  }
}
