/** The real world against the contract that the simulated one has to keep too. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory } from '@libp2p/memory'
import { afterAll } from 'vitest'
import { openClock } from '../../src/platform/clock.ts'
import { blstSigner, nativeCrypto } from '../../src/platform/crypto.ts'
import { openLevelStore, openMemoryStore, type PlatformStore } from '../../src/platform/store.ts'
import { openVerifier } from '../../src/platform/verifier.ts'
import { blsSecretFrom } from '../../src/protocol/crypto/bls.ts'
import { clockSuite } from './clock.suite.ts'
import { type Libp2pWorld, openWorld, rest, settle } from './libp2p-world.ts'
import { networkSuite } from './network.suite.ts'
import { requestsSuite } from './requests.suite.ts'
import { storeSuite } from './store.suite.ts'
import { verifierSuite } from './verifier.suite.ts'

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

const memoryWorld: Libp2pWorld = {
  listen: (number) => `/memory/conformance-${number}`,
  deadAddress: '/memory/nobody',
  options: { parts: { transports: [memory()] } },
}
const tcpWorld: Libp2pWorld = {
  listen: () => '/ip4/127.0.0.1/tcp/0',
  // The port of TCP itself, where nothing listens.
  deadAddress: '/ip4/127.0.0.1/tcp/1',
  options: {},
}

for (const [name, world] of [['memory', memoryWorld] as const, ['TCP', tcpWorld] as const]) {
  networkSuite(`libp2p over ${name}`, openWorld(world))
  requestsSuite(`libp2p over ${name}`, openWorld(world))
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
