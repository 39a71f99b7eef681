/** One node with all its real parts, in this process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, afterEach, expect, test } from 'vitest'
import { topicsOf } from '../../../../src/actors/network/topics.ts'
import { type NodeSettings, readNodeSettings } from '../../../../src/cli/node/config-file.ts'
import { reportOnData } from '../../../../src/cli/node/data-report.ts'
import { initFederation } from '../../../../src/cli/node/federation.ts'
import { openNode, type RunningNode } from '../../../../src/cli/node/open-node.ts'
import { callNode, isRecord } from '../../../../src/cli/node/rpc-client.ts'
import { scratchCopy } from '../../../../src/cli/node/scratch-copy.ts'
import { finalisedKey } from '../../../../src/ledger/records.ts'
import { createNode } from '../../../../src/platform/libp2p/node.ts'
import { openLibp2pNetwork } from '../../../../src/platform/network.ts'
import { openLevelStore, type PlatformStore } from '../../../../src/platform/store.ts'
import { chainOf } from '../../../../src/protocol/chain.ts'
import { encodeGoodbye, goodbyeCodes } from '../../../../src/protocol/wire/goodbye.ts'
import { protocolId, wireVersions } from '../../../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../../../src/protocol/wire/status.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-open-'))
const running: RunningNode[] = []

afterEach(async () => {
  for (const node of running.splice(0)) await node.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A chain of one member with short slots, on free ports. */
async function settingsOf(name: string): Promise<NodeSettings> {
  const made = await initFederation({
    ...{ dir: join(root, name), name, genesisMs: Date.now() - 10_000, slotMs: 100 },
    ...{ ports: [{ p2p: 0, rpc: 0 }], store: 'disk' },
  })
  if (!made.ok) throw new Error(made.fault.detail)
  const settings = readNodeSettings(made.value.configFiles[0] ?? '')
  if (!settings.ok) throw new Error(settings.fault.detail)
  return { ...settings.value, log: { level: 'info', file: join(root, `${name}.log`) } }
}

async function open(settings: NodeSettings): Promise<RunningNode> {
  const node = await openNode(settings, () => undefined)
  if (!node.ok) throw new Error(node.fault.detail)
  running.push(node.value)
  return node.value
}

async function faultOf(settings: NodeSettings): Promise<unknown> {
  const node = await openNode(settings, () => undefined)
  if (node.ok) await node.value.close()
  return node.ok ? undefined : node.fault
}

async function heightAbove(node: RunningNode, height: number): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const head = await callNode(node.rpcUrl ?? '', 'alys_getHead')
    const committed = head.ok && isRecord(head.value) ? head.value.committed : undefined
    const at = isRecord(committed) ? Number(committed.height) : 0
    if (at > height) return at
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`no block above ${height}`)
}

async function withStore<Value>(
  folder: string,
  use: (store: PlatformStore) => Promise<Value>,
): Promise<Value> {
  const store = await openLevelStore(folder)
  if (!store.ok) throw new Error(store.fault.detail)
  const value = await use(store.value)
  await store.value.close()
  return value
}

function write(store: PlatformStore, key: string, value: Uint8Array): Promise<unknown> {
  return new Promise((resolve) =>
    store.commit({ writes: [{ key, value }], durable: true }, resolve),
  )
}

test('a chain of one commits, stops, and continues from its disk', async () => {
  const settings = await settingsOf('one')
  const first = await open(settings)
  const height = await heightAbove(first, 2)
  await first.close()
  const second = await open(settings)
  expect(await heightAbove(second, height)).toBeGreaterThan(height)
  const process = await callNode(second.rpcUrl ?? '', 'alys_getProcess')
  expect(process).toMatchObject({ ok: true, value: { events: { 'chain-started': 1 } } })
  expect(process).toMatchObject({ value: { download: { fetched: {}, served: {} } } })
  expect(process).toMatchObject({
    value: { validation: { judge: expect.stringMatching(/^kernel-/), workersWanted: 0 } },
  })
  const security = await callNode(second.rpcUrl ?? '', 'alys_getSecurityLog')
  expect(security).toEqual({ ok: true, value: { entries: [], omitted: 0 } })
  const log = readFileSync(join(root, 'one.log'), 'utf8')
  expect(log).toMatch(/"event":"validation-started","facts":\{"judge":"kernel-\w+","workersMax":0,/)
  expect(log).toContain('"event":"block-committed"')
  expect(log).toContain(`"height":${height}`)
})

test('a stranger that gossips nonsense is banned, and still is when the node is back', async () => {
  const settings = await settingsOf('banned')
  const first = await open(settings)
  await heightAbove(first, 1)
  const { consensus } = topicsOf(settings.chain)
  const hooks = { isBanned: () => false, worthOf: () => 0, onUpgraded: () => {}, onFlood: () => {} }
  const seed = new Uint8Array(32).fill(99)
  const stranger = await createNode({ seed, listen: [], topics: [consensus] }, hooks)
  await stranger.start()
  stranger.services.gossip.subscribe(consensus)
  try {
    const dial = (node: RunningNode): Promise<unknown> =>
      stranger.dial(multiaddr(node.addresses[0] ?? ''))
    await dial(first)
    const isBanned = async (node: RunningNode): Promise<boolean> => {
      const banned = await callNode(node.rpcUrl ?? '', 'alys_getPeers', ['banned'])
      return JSON.stringify(banned).includes(stranger.peerId.toString())
    }
    for (let i = 0; !(await isBanned(first)); i += 1) {
      await stranger.services.gossip.publish(consensus, Uint8Array.of(255, i)).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const noted = await callNode(first.rpcUrl ?? '', 'alys_getSecurityLog')
    expect(JSON.stringify(noted)).toContain('"code":"banned"')
    await first.close()
    const second = await open(settings)
    await heightAbove(second, 1)
    expect(await isBanned(second)).toBe(true)
    // The door itself knows: either the dial fails, or it is closed before a word.
    await dial(second).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const { length } = stranger.getConnections().filter(({ status }) => status === 'open')
    expect(length).toBe(0)
  } finally {
    await stranger.stop()
  }
})

test('a node that is closed says goodbye to its peers', async () => {
  const settings = await settingsOf('goodbye')
  const node = await open(settings)
  await heightAbove(node, 1)
  const { chain } = settings
  const { status, goodbye } = protocolId
  const peer = await openLibp2pNetwork({
    seed: new Uint8Array(32).fill(98),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    topics: Object.values(topicsOf(chain)),
    protocols: [status, goodbye],
  })
  const said: Uint8Array[] = []
  peer.open({
    peerUp: () => undefined,
    peerDown: () => undefined,
    peerFound: () => undefined,
    gossip: (_message, verdict) => verdict('ignore'),
    request: ({ protocol, body }, answer) => {
      if (protocol === goodbye) said.push(body)
      const here = { height: 0, slot: 0 }
      const own = { chainTag: chain.tag, genesis: chain.genesis.hash, versions: wireVersions }
      const rest = { certified: undefined, head: here, availableFrom: 0, statement: undefined }
      answer(protocol === status ? encodeStatus({ ...own, ...rest }) : new Uint8Array(0))
    },
  })
  try {
    await new Promise((resolve) => peer.dial(node.addresses[0] ?? '', resolve))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await node.close()
    expect(said).toEqual([encodeGoodbye(goodbyeCodes['shutting-down'])])
  } finally {
    await peer.close()
  }
})

test('its data can be looked into while it runs, and damage is found', async () => {
  const settings = await settingsOf('look')
  const folder = settings.dataFolder ?? ''
  const node = await open(settings)
  const height = await heightAbove(node, 2)

  const copy = scratchCopy(folder)
  if (!copy.ok) throw new Error(copy.fault.detail)
  const report = await withStore(copy.value.folder, (store) => reportOnData(store, settings.chain))
  copy.value.remove()
  if (!report.ok) throw new Error(report.fault.detail)
  expect(report.value).toMatchObject({ isOfChain: true, damaged: [], damagedCount: 0 })
  expect(report.value.root).toMatchObject({ certificate: 'genuine' })
  expect(report.value.root?.height).toBeGreaterThanOrEqual(height)
  expect(report.value.voteRecord?.finalised.slot).toBeGreaterThan(0)
  expect(report.value.sizes.block?.records).toBe(report.value.root?.height)
  expect(await heightAbove(node, height)).toBeGreaterThan(height)

  await node.close()
  const key = 'block/00000000000001'
  await withStore(folder, async (store) => {
    await write(store, key, new Uint8Array(300))
    const damaged = await reportOnData(store, settings.chain)
    expect(damaged.ok && damaged.value.damaged).toEqual([key])
  })
})

test('two nodes cannot share a folder', async () => {
  const settings = await settingsOf('shared')
  await open(settings)
  const fault = await faultOf({ ...settings, listen: [] })
  expect(fault).toEqual({ code: 'data', detail: expect.stringContaining('is in use') })
})

test('a port that is taken is named, and nothing stays open', async () => {
  const settings = await settingsOf('ports')
  const node = await open(settings)
  const [address = ''] = node.addresses
  const listen = [address.replace(/\/p2p\/.*/, '')]
  const rpcPort = Number(new URL(node.rpcUrl ?? '').port)
  const other = { ...settings, dataFolder: join(root, 'ports-other') }
  expect(await faultOf({ ...other, listen })).toEqual({
    code: 'port',
    detail: `cannot listen on ${listen[0]}: the port is in use`,
  })
  expect(await faultOf({ ...other, rpc: { host: '127.0.0.1', port: rpcPort } })).toEqual({
    code: 'port',
    detail: `cannot listen on 127.0.0.1:${rpcPort}: it is in use`,
  })
  // The folder was let go of both times.
  await open(other)
})

test("another chain's data is refused", async () => {
  const [mine, other] = [await settingsOf('mine'), await settingsOf('other')]
  await (await open(mine)).close()
  const fault = await faultOf({ ...other, dataFolder: mine.dataFolder })
  expect(fault).toEqual({
    code: 'data',
    detail: expect.stringContaining('belongs to another chain'),
  })
})

test('a chain file that was changed makes another chain, even with the same accounts', async () => {
  const settings = await settingsOf('changed')
  const node = await open(settings)
  await heightAbove(node, 0)
  await node.close()
  const slots = { ...settings.chain.slots, slotMs: 200 }
  const fault = await faultOf({ ...settings, chain: chainOf({ ...settings.chain.spec, slots }) })
  expect(fault).toEqual({ code: 'data', detail: expect.stringContaining('its genesis is') })
})

test('a damaged ledger is made again from the blocks, and that is logged', async () => {
  const settings = await settingsOf('ledger')
  const first = await open(settings)
  const height = await heightAbove(first, 3)
  await first.close()
  await withStore(settings.dataFolder ?? '', (store) =>
    write(store, finalisedKey, new Uint8Array(9)),
  )
  const second = await open(settings)
  expect(await heightAbove(second, height)).toBeGreaterThan(height)
  const log = readFileSync(join(root, 'ledger.log'), 'utf8')
  expect(log).toContain('"event":"ledger-rebuilt"')
})
