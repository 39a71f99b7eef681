/** The real world against the contract that the simulated one has to keep too. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { memory } from '@libp2p/memory'
import { afterAll } from 'vitest'
import { openClock } from '../../src/platform/clock.ts'
import { blstSigner, nativeCrypto } from '../../src/platform/crypto.ts'
import { openLibp2pNetwork, type PlatformNetwork } from '../../src/platform/network.ts'
import { openLevelStore, openMemoryStore, type PlatformStore } from '../../src/platform/store.ts'
import { openVerifier } from '../../src/platform/verifier.ts'
import { blsSecretFrom } from '../../src/protocol/crypto/bls.ts'
import { clockSuite } from './clock.suite.ts'
import { networkSuite } from './network.suite.ts'
import { requestsSuite } from './requests.suite.ts'
import type { OpenNetwork } from './stations.ts'
import { storeSuite } from './store.suite.ts'
import { verifierSuite } from './verifier.suite.ts'

const settleMsMax = 10_000

async function settle(isDone: () => boolean): Promise<void> {
  const end = performance.now() + settleMsMax
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`not settled within ${settleMsMax} ms`)
    await sleep(1)
  }
}

/** Timers may fire a little early by the other clock, so this one is asked. */
async function rest(ms: number): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) await sleep(Math.max(1, end - performance.now()))
}

clockSuite('real', async () => {
  const clock = openClock()
  return { clock, settle, rest, close: async () => clock.close() }
})

storeSuite('memory', async () => {
  const store = await openMemoryStore()
  return { store, settle, reopen: async () => store, close: () => store.close() }
})

async function openFolder(folder: string): Promise<PlatformStore> {
  const opened = await openLevelStore(folder)
  if (!opened.ok) throw new Error(opened.fault.detail)
  return opened.value
}

storeSuite('LevelDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alys-store-'))
  let store = await openFolder(folder)
  return {
    store,
    settle,
    reopen: async () => {
      await store.close()
      store = await openFolder(folder)
      return store
    },
    close: async () => {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
})

interface World {
  readonly name: string
  readonly listen: (number: number) => string
  readonly deadAddress: string
  readonly parts: NonNullable<Parameters<typeof openLibp2pNetwork>[0]['parts']>
}

const worlds: readonly World[] = [
  {
    name: 'libp2p over memory',
    listen: (number) => `/memory/conformance-${number}`,
    deadAddress: '/memory/nobody',
    parts: { transports: [memory()] },
  },
  {
    name: 'libp2p over TCP',
    listen: () => '/ip4/127.0.0.1/tcp/0',
    // The port of TCP itself, where nothing listens.
    deadAddress: '/ip4/127.0.0.1/tcp/1',
    parts: {},
  },
]

let hostsOpened = 0

async function openHost(world: World): Promise<PlatformNetwork> {
  hostsOpened += 1
  return await openLibp2pNetwork({
    seed: new Uint8Array(32).fill(hostsOpened),
    listen: [world.listen(hostsOpened)],
    topics: ['news', 'secrets'],
    protocols: ['/echo/1'],
    parts: world.parts,
  })
}

for (const world of worlds) {
  const open = async (hostCount: number): Promise<OpenNetwork> => {
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
      close: async () => {
        for (const network of networks) await network.close()
      },
    }
  }
  networkSuite(world.name, open)
  requestsSuite(world.name, open)
}

const signers = [1, 2, 3].map((seed) =>
  blstSigner(new Uint8Array(32).fill(seed), blsSecretFrom(new Uint8Array(32).fill(seed))),
)

for (const workers of [0, 1]) {
  // A thread takes a while to start, so all tests have the same one.
  const verifier = openVerifier({ workers, isEager: true })
  afterAll(() => verifier.close())
  verifierSuite(`real (${workers} workers)`, async () => {
    await settle(() => verifier.report().workersReady === workers)
    return {
      ...{ verifier, signers, settle, rest },
      verifySignature: nativeCrypto().verifyEd25519,
      close: async () => {},
    }
  })
}
