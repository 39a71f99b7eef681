/** Parts of the real world in virtual time, against the contracts that they keep in real time: network and clock. */

import { addressOf } from '../../sim/address.ts'
import { uniform } from '../../sim/distribution.ts'
import { openLibp2pWorld } from '../../sim/libp2p/world.ts'
import { localLink } from '../../sim/link.ts'
import { Simulation } from '../../sim/simulation.ts'
import { presentHost, type StackHost, within } from '../../sim/stack/host.ts'
import { StreamWorld } from '../../sim/stack/stream-world.ts'
import { asTask } from '../../sim/stack/world.ts'
import { present } from '../../src/base/assert.ts'
import type { Clock, Environment } from '../../src/kernel/environment.ts'
import { openClock, type PlatformClock } from '../../src/platform/clock.ts'
import { clockSuite, type OpenClock } from './clock.suite.ts'
import { type FaultyNetwork, faultsSuite } from './faults.suite.ts'
import { networkSuite } from './network.suite.ts'
import { requestsSuite } from './requests.suite.ts'
import type { NetworkHost } from './stations.ts'

const settleMsMax = 60_000

/** Runs the world until a host's process has begun, and returns what that was given. */
async function bootOn(world: Simulation, name: string): Promise<Environment> {
  let given: Environment | undefined
  world.host(name).boot((environment) => {
    given = environment
    return { stop: () => {} }
  })
  await asTask(() => world.runFor(settleMsMax, () => given !== undefined))
  if (given === undefined) throw new Error(`the network of ${name} did not open`)
  return given
}

for (const security of ['plaintext', 'noise'] as const) {
  const open = async (hostCount: number): Promise<FaultyNetwork> => {
    const { guard, parts } = await openLibp2pWorld()
    const names = () => ({ topics: ['news', 'secrets'], protocols: ['/echo/1'] })
    const link = { ...localLink, latency: uniform(1_000, 20_000) }
    const world = new Simulation({
      ...{ seed: security, guard, link: () => link },
      ...parts({ names, security }),
    })
    const hosts: NetworkHost[] = []
    for (let i = 0; i < hostCount; i += 1) {
      world.addHost(`n${i}`, { clockDriftPpm: 300 })
      const { network, clock } = await bootOn(world, `n${i}`)
      hosts.push({ network, address: addressOf(`n${i}`), now: () => clock.now() })
    }
    world.addHost('down')
    return {
      hosts,
      deadAddress: addressOf('down'),
      settle: async (isDone) => {
        const outcome = await asTask(() => world.runFor(settleMsMax, isDone))
        if (outcome !== 'condition-met') throw new Error(`not settled: ${outcome}`)
      },
      rest: async (ms) => void (await asTask(() => world.runFor(ms))),
      introduce: async (finder, found) => world.network.find(finder.network.self, found.address),
      // Subscriptions follow the greeting, and neighbours are picked at the next heartbeat.
      gossipReady: async () => void (await asTask(() => world.runFor(2_000))),
      close: async () => {},
      faults: world.network,
      nowMs: () => world.nowMs,
    }
  }
  networkSuite(`libp2p in virtual time (${security})`, open)
  requestsSuite(`libp2p in virtual time (${security})`, open)
  // What encrypts makes no difference to them.
  if (security === 'noise') faultsSuite('libp2p in virtual time', open)
}

/** A clock that is asked on behalf of a host, as by the programs that run there. */
function askedOn(host: StackHost, clock: PlatformClock): Clock {
  return {
    now: () => within(host, () => clock.now()),
    wall: () => within(host, () => clock.wall()),
    wakeAt: (due, wake) => within(host, () => clock.wakeAt(due, wake)),
    waker: (wake) => {
      const waker = clock.waker(wake)
      return { wakeAt: (due, value) => within(host, () => waker.wakeAt(due, value)) }
    },
    cancel: (timer) => within(host, () => clock.cancel(timer)),
    soon: (run) => within(host, () => clock.soon(run)),
  }
}

clockSuite('real, in virtual time', async (): Promise<OpenClock> => {
  const world = new StreamWorld({ seed: 1 })
  let host: StackHost | undefined
  let clock: PlatformClock | undefined
  world.addProgram('a', async () => {
    host = presentHost()
    clock = openClock()
  })
  await world.runUntil(100)
  const opened = present(clock, 'a clock')
  const { simulation } = world
  return {
    clock: askedOn(present(host, 'a host'), opened),
    settle: async (isDone) => {
      const outcome = await world.runUntil(simulation.nowMs + settleMsMax, isDone)
      if (outcome !== 'condition-met') throw new Error(`not settled: ${outcome}`)
    },
    rest: async (ms) => void (await world.runUntil(simulation.nowMs + ms)),
    close: async () => opened.close(),
  }
})
