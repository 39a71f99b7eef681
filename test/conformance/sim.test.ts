/** The simulated world against the contract that the real one has to keep too. */

import { realScheme, verifierOf } from '../../sim/cluster/crypto.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { uniform } from '../../sim/distribution.ts'
import { localLink } from '../../sim/link.ts'
import { Simulation } from '../../sim/simulation.ts'
import { present } from '../../src/base/assert.ts'
import type { Environment } from '../../src/kernel/environment.ts'
import { clockSuite } from './clock.suite.ts'
import { type FaultyNetwork, faultsSuite } from './faults.suite.ts'
import { networkSuite } from './network.suite.ts'
import { requestsSuite } from './requests.suite.ts'
import { storeSuite } from './store.suite.ts'
import { verifierSuite } from './verifier.suite.ts'

const settleMsMax = 30_000

function hands(world: Simulation) {
  return {
    settle: async (isDone: () => boolean) => {
      const outcome = world.runFor(settleMsMax, isDone)
      if (outcome !== 'condition-met') throw new Error(`not settled: ${outcome}`)
    },
    rest: async (ms: number) => {
      world.runFor(ms)
    },
    close: async () => {},
  }
}

/** Boots a host and returns what its process was given. */
function bootOn(world: Simulation, name: string): Environment {
  let given: Environment | undefined
  world.host(name).boot((environment) => {
    given = environment
    return { stop: () => {} }
  })
  return present(given, 'an environment')
}

for (const driftPpm of [0, -450, 137]) {
  clockSuite(`simulated (${driftPpm} ppm)`, async () => {
    const world = new Simulation({ seed: 1 })
    world.addHost('n0', { clockDriftPpm: driftPpm, clockOffsetMs: 350 })
    world.runUntil(1_234.567)
    const { clock } = bootOn(world, 'n0')
    // A slow clock needs a little longer to show that so much time has passed.
    return { ...hands(world), rest: async (ms) => void world.runFor(ms * 1.001), clock }
  })
}

for (const seed of ['a', 'b', 'c']) {
  storeSuite(`simulated (seed ${seed})`, async () => {
    const world = new Simulation({ seed })
    const latencies = { read: uniform(10, 400), write: uniform(1, 50), sync: uniform(100, 9_000) }
    const host = world.addHost('n0', { disk: latencies })
    return {
      ...hands(world),
      store: bootOn(world, 'n0').store,
      reopen: async () => {
        host.stop()
        return bootOn(world, 'n0').store
      },
      crash: async () => {
        host.crash()
        return bootOn(world, 'n0').store
      },
    }
  })
}

for (const seed of ['a', 'b']) {
  const open = async (hostCount: number): Promise<FaultyNetwork> => {
    const link = { ...localLink, latency: uniform(1_000, 80_000) }
    const world = new Simulation({ seed, link: () => link })
    const names = Array.from({ length: hostCount }, (_, i) => `n${i}`)
    const hosts = names.map((name) => {
      world.addHost(name, { clockDriftPpm: 300 })
      const { network, clock } = bootOn(world, name)
      return { network, address: `sim:${name}`, now: () => clock.now() }
    })
    world.addHost('down')
    return {
      ...hands(world),
      hosts,
      deadAddress: 'sim:down',
      introduce: async (finder, found) => world.network.find(finder.network.self, found.address),
      gossipReady: async () => {},
      faults: world.network,
      nowMs: () => world.nowMs,
    }
  }
  networkSuite(`simulated (seed ${seed})`, open)
  requestsSuite(`simulated (seed ${seed})`, open)
  faultsSuite(`simulated (seed ${seed})`, open)
}

for (const scheme of [idealScheme(), realScheme()]) {
  const signers = [0, 1, 2].map(() => scheme.newSigner())
  verifierSuite(`simulated (${scheme.kind} signatures)`, async () => {
    const world = new Simulation({ seed: 1 })
    world.addHost('n0', { verifier: verifierOf(scheme) })
    const { verifier } = bootOn(world, 'n0')
    return { ...hands(world), ...{ verifier, signers, verifySignature: scheme.verifySignature } }
  })
}
