/** Networks of real libp2p nodes in this process, over one transport or another, for the suites of the contract. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type NetworkOptions,
  openLibp2pNetwork,
  type PlatformNetwork,
} from '../../src/platform/network.ts'
import type { NetworkHost, OpenNetwork } from './stations.ts'

const settleMsMax = 10_000

export interface Libp2pWorld {
  readonly listen: (number: number) => string
  readonly deadAddress: string
  readonly options: Partial<NetworkOptions>
}

/** Waits, in real time. */
export async function settle(isDone: () => boolean): Promise<void> {
  const end = performance.now() + settleMsMax
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`not settled within ${settleMsMax} ms`)
    await sleep(1)
  }
}

/** Timers may fire a little early by the other clock, so this one is asked. */
export async function rest(ms: number): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) await sleep(Math.max(1, end - performance.now()))
}

let hostsOpened = 0

async function openHost({ listen, options }: Libp2pWorld): Promise<PlatformNetwork> {
  hostsOpened += 1
  return await openLibp2pNetwork({
    seed: new Uint8Array(32).fill(hostsOpened),
    listen: [listen(hostsOpened)],
    topics: ['news', 'secrets'],
    protocols: ['/echo/1'],
    dht: { protocol: '/conformance/kad/1', mode: 'server', pauseMsMin: 20 },
    ...options,
  })
}

/** Opens so many hosts of a world. */
export function openWorld(world: Libp2pWorld): (hostCount: number) => Promise<OpenNetwork> {
  return async (hostCount) => {
    const networks: PlatformNetwork[] = []
    for (let i = 0; i < hostCount; i += 1) networks.push(await openHost(world))
    return {
      hosts: networks.map((network) => ({
        ...{ network, address: network.addresses()[0] ?? '' },
        now: () => performance.now(),
      })),
      deadAddress: world.deadAddress,
      settle,
      rest,
      // Subscriptions are exchanged right after the greeting; nothing tells when that is done.
      gossipReady: () => rest(150),
      introduce: async (...hosts) => {
        const guide = await openHost(world)
        networks.push(guide)
        for (const host of hosts) await meet(host, guide)
      },
      close: async () => {
        for (const network of networks) await network.close()
      },
    }
  }
}

/** Somebody whom both know is how they come to know each other. */
async function meet({ network }: NetworkHost, guide: PlatformNetwork): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  network.dial(guide.addresses()[0] ?? '', () => resolve())
  await promise
}
