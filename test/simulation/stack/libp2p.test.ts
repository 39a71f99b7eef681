/**
 * The production network adapter in virtual time: that the way of settling does not matter, and neither what runs
 * before in the same process; and that the faults of the world reach it.
 */
import { expect, test } from 'vitest'
import { addressOf } from '../../../sim/address.ts'
import { uniform } from '../../../sim/distribution.ts'
import { openLibp2pWorld } from '../../../sim/libp2p/world.ts'
import { type LinkModel, localLink } from '../../../sim/link.ts'
import { isolate } from '../../../sim/rules.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { asTask, runByTurns } from '../../../sim/stack/world.ts'
import { asciiBytes } from '../../../src/base/bytes.ts'
import type { Environment, Network } from '../../../src/kernel/environment.ts'

const names = ['n0', 'n1', 'n2', 'n3']
const link: LinkModel = { ...localLink, latency: uniform(1_000, 30_000), bytesPerSecond: 1_000_000 }
const spoken = () => ({ topics: ['news'], protocols: ['/echo/1'] })

interface World {
  readonly simulation: Simulation
  readonly log: string[]
  readonly networks: Map<string, Network>
}

/** Four hosts that dial one another, gossip each second, ask each other and write down what they hear. */
async function worldOf(
  security: 'noise' | 'plaintext',
  seed: number,
  isSettled = true,
): Promise<World> {
  const { guard, parts } = await openLibp2pWorld()
  const { network, settle } = parts({ names: spoken, security })
  const how = isSettled ? { settle } : {}
  const simulation = new Simulation({ seed, guard, network, link: () => link, ...how })
  const log: string[] = []
  const networks = new Map<string, Network>()
  const start = (name: string) => (environment: Environment) => {
    const { network: own, clock } = environment
    networks.set(name, own)
    const note = (what: string): void => void log.push(`${simulation.nowMs} ${name} ${what}`)
    own.open({
      peerUp: (peer) => note(`up ${peer}`),
      peerDown: (peer) => note(`down ${peer}`),
      peerFound: () => undefined,
      gossip: ({ data, from }, verdict) => {
        const text = String.fromCharCode(...data)
        note(`hears ${text} from ${from}`)
        verdict(text === 'a lie' ? 'reject' : 'accept')
      },
      request: ({ body }, answer) => answer(body),
    })
    own.subscribe('news')
    const beat = (): void => {
      for (const peer of names) if (peer !== name) own.dial(addressOf(peer), () => undefined)
      own.publish('news', asciiBytes(`${name} ${Math.round(clock.now())}`))
      const [peer = ''] = names.filter((other) => other !== name)
      const request = { peer, protocol: '/echo/1', body: new Uint8Array(20_000), deadlineMs: 900 }
      own.request(request, (answer) => note(answer.ok ? 'answered' : answer.fault.code))
      clock.wakeAt(clock.now() + 1_000, beat)
    }
    beat()
    return { stop: () => undefined }
  }
  for (const name of names) simulation.addHost(name, { clockDriftPpm: 100 }).boot(start(name))
  const { rules } = simulation.network
  simulation.at(4_000, () => rules.add('cut', isolate(['n1'])))
  simulation.at(6_000, () => rules.remove('cut'))
  simulation.at(7_000, () => simulation.host('n2').crash())
  simulation.at(8_500, () => simulation.host('n2').boot())
  return { simulation, log, networks }
}

async function digestOf(security: 'noise' | 'plaintext', seed: number): Promise<string> {
  const { simulation, log } = await worldOf(security, seed)
  await asTask(() => simulation.runUntil(12_000))
  expect(log.filter((line) => line.includes('hears')).length).toBeGreaterThan(60)
  return simulation.digest.hex()
}

for (const security of ['plaintext', 'noise'] as const) {
  test(`${security}: a seed does the same again in one process, and another does something else`, async () => {
    const first = await digestOf(security, 1)
    expect(await digestOf(security, 2)).not.toBe(first)
    expect(await digestOf(security, 1)).toBe(first)
  })

  test(`${security}: leaving what is ready to the real event loop gives the same run`, async () => {
    const { simulation, log } = await worldOf(security, 1, false)
    expect(await runByTurns(simulation, 12_000)).toBe('time-reached')
    const settled = await worldOf(security, 1)
    await asTask(() => settled.simulation.runUntil(12_000))
    expect(log).toEqual(settled.log)
    expect(simulation.digest.hex()).toBe(settled.simulation.digest.hex())
  })
}

test('nodes hear of names, addresses of this world, faults and reconnections', async () => {
  const { simulation, log } = await worldOf('plaintext', 1)
  await asTask(() => simulation.runUntil(3_900))
  const { network } = simulation
  for (const name of names) expect([...network.peersOf(name)].toSorted()).toHaveLength(3)
  expect(network.isConnected('n0', 'n1')).toBe(true)
  await asTask(() => simulation.runUntil(5_900))
  const during = log.filter((line) => Number.parseFloat(line) > 5_000)
  expect(during.some((line) => line.includes('hears n1 '))).toBe(false)
  await asTask(() => simulation.runUntil(7_400))
  expect(network.peersOf('n2')).toEqual([])
  expect(log.filter((line) => line.endsWith(' down n2')).length).toBe(3)
  await asTask(() => simulation.runUntil(12_000))
  for (const name of names) expect([...network.peersOf(name)].toSorted()).toHaveLength(3)
})

test('a reset breaks the connection at both ends', async () => {
  const { simulation, log } = await worldOf('plaintext', 3)
  await asTask(() => simulation.runUntil(3_000))
  simulation.network.reset('n0', 'n3')
  await asTask(() => simulation.runUntil(3_100))
  const downs = log.filter((line) => line.includes(' down '))
  const changes = downs.map((line) => line.slice(line.indexOf(' ')))
  expect(changes.toSorted()).toEqual([' n0 down n3', ' n3 down n0'])
})

test('who is back before anybody noticed that it was gone has gossip at once', async () => {
  const { simulation, log } = await worldOf('plaintext', 5)
  simulation.at(1_400, () => {
    simulation.host('n2').crash('silence')
    simulation.host('n2').boot()
  })
  await asTask(() => simulation.runUntil(3_900))
  const heard = log.filter((line) => Number.parseFloat(line) > 2_000 && line.includes(' hears '))
  const toAndFro = ['n0', 'n1', 'n3'].flatMap((name) => [
    ` n2 hears ${name} `,
    ` ${name} hears n2 `,
  ])
  for (const what of toAndFro) expect(heard.filter((line) => line.includes(what))).not.toEqual([])
})

test('gossip that a node finds to be false is counted, by the neighbour that brought it', async () => {
  const { simulation, networks } = await worldOf('plaintext', 4)
  simulation.at(2_500, () => networks.get('n3')?.publish('news', asciiBytes('a lie')))
  await asTask(() => simulation.runUntil(3_500))
  expect(simulation.network.rejectedBy('n0', 'n3')).toBe(1)
  expect(simulation.network.rejectedBy('n3', 'n0')).toBe(0)
})

test('a host that comes back somewhere else is found there alone, and lies about it are found out', async () => {
  const { guard, parts } = await openLibp2pWorld()
  const carrier = parts({ names: spoken, security: 'noise' })
  const simulation = new Simulation({ seed: 1, guard, link: () => link, ...carrier })
  const { network } = simulation
  const networks = new Map<string, Network>()
  const seen: string[] = []
  const start = (name: string) => (environment: Environment) => {
    networks.set(name, environment.network)
    environment.network.open({
      peerUp: (peer, address, dialled) =>
        void (dialled && seen.push(`${name}: ${peer} ${address}`)),
      ...{ peerDown: () => undefined, peerFound: () => undefined },
      ...{ gossip: (_, verdict) => verdict('ignore'), request: (_, answer) => answer(undefined) },
    })
    return { stop: () => undefined }
  }
  for (const name of ['n0', 'n1', 'n2']) simulation.addHost(name).boot(start(name))
  simulation.at(1_000, () => {
    simulation.host('n1').crash()
    expect(() => network.moveHost('n1', 'n2')).toThrow('nobody else at n2')
    network.moveHost('n1', 'elsewhere')
    simulation.host('n1').boot()
  })
  const outcomes: string[] = []
  const addresses = ['sim:n1', 'sim:n1@n2', 'sim:n2@elsewhere', 'sim:n1@elsewhere', 'sim:n2']
  addresses.forEach((address, index) => {
    simulation.at(3_000 + 2_000 * index, () =>
      networks.get('n0')?.dial(address, (outcome) => {
        outcomes.push(outcome.ok ? outcome.value : outcome.fault.code)
      }),
    )
  })
  await asTask(() => simulation.runUntil(15_000))
  expect(outcomes).toEqual(['unreachable', 'unreachable', 'unreachable', 'n1', 'n2'])
  expect(seen).toEqual(['n0: n1 sim:n1@elsewhere', 'n0: n2 sim:n2'])
})
