/** Real libp2p networks in this process, each with a receiver that writes down what it is told. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach } from 'vitest'
import type { Result } from '../../../../src/base/result.ts'
import type { NetworkFault, PeerId } from '../../../../src/kernel/environment.ts'
import {
  type NetworkOptions,
  openLibp2pNetwork,
  type PlatformNetwork,
} from '../../../../src/platform/network.ts'
import { type Recorder, recorder } from './receiver.ts'

export interface Host extends Recorder {
  readonly network: PlatformNetwork
  readonly id: PeerId
  readonly address: string
}

export interface Hosts {
  /** Opens one more, on loopback unless the options say otherwise. All are closed after each test. */
  open(options?: Partial<NetworkOptions>): Promise<Host>
  /** Closed with the hosts. */
  alsoClose(close: () => Promise<unknown>): void
}

/** Hosts of one test file. Their peer ids follow from `seedFrom`, which differs from file to file. */
export function hostsFrom(seedFrom: number): Hosts {
  let closers: (() => Promise<unknown>)[] = []
  let opened = 0
  afterEach(async () => {
    await Promise.all(closers.map((close) => close()))
    closers = []
  })
  return {
    open: async (options = {}) => {
      opened += 1
      const network = await openLibp2pNetwork({
        seed: Uint8Array.of(...new Array<number>(30).fill(seedFrom), opened >> 8, opened & 255),
        listen: ['/ip4/127.0.0.1/tcp/0'],
        topics: ['news'],
        protocols: ['/x/1'],
        ...options,
      })
      closers.push(() => network.close())
      const record = recorder()
      network.open(record.receiver)
      return { ...record, network, id: network.self, address: network.addresses()[0] ?? '' }
    },
    alsoClose: (close) => closers.push(close),
  }
}

export function dial(from: Host, address: string): Promise<Result<PeerId, NetworkFault>> {
  return new Promise((resolve) => from.network.dial(address, resolve))
}

export async function until(isDone: () => boolean, msMax = 10_000): Promise<void> {
  const end = performance.now() + msMax
  while (!isDone()) {
    if (performance.now() > end) throw new Error('it did not come about')
    await sleep(5)
  }
}
