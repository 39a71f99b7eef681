import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NodeSettings, readNodeSettings } from '../../../../src/cli/node/config-file.ts'
import { initFederation } from '../../../../src/cli/node/federation.ts'
import { networkOptionsOf } from '../../../../src/cli/node/network-settings.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-network-'))
const table = '[network]\ndht = true\nmdns = true\n'
let text: string
let file: string

beforeAll(async () => {
  const made = await initFederation({
    ...{ dir: join(root, 'one'), name: 'one', genesisMs: Date.now(), slotMs: 2_000 },
    ...{ ports: [{ p2p: 4_000, rpc: 4_001 }], store: 'disk' },
  })
  if (!made.ok) throw new Error(made.fault.detail)
  file = made.value.configFiles[0] ?? ''
  text = readFileSync(file, 'utf8')
  expect(text).toContain(table)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The configuration with these lines in its table instead of what was written. */
function read(lines: string, change = (whole: string): string => whole) {
  const other = join(root, 'one', 'node0', 'other.toml')
  writeFileSync(other, change(text.replace(table, lines === '' ? '' : `[network]\n${lines}\n`)))
  return readNodeSettings(other)
}

function settingsOf(lines: string): NodeSettings {
  const settings = read(lines)
  if (!settings.ok) throw new Error(settings.fault.detail)
  return settings.value
}

function faultOf(lines: string, change?: (whole: string) => string): string {
  const settings = read(lines, change)
  if (settings.ok) return 'none'
  return settings.fault.detail.replace(/^.*other\.toml: /, '')
}

test('without a table everything has its default, and nobody is looked for by multicast', () => {
  expect(settingsOf('').network).toEqual({
    ...{ quic: true, encryption: ['noise', 'tls'], dht: true, mdns: false },
    ...{ connectionsMax: undefined, connectionsPerSecondMax: 25, gossip: {} },
  })
})

test('every field is read', () => {
  const lines = [
    'encryption = ["tls"]',
    'dht = "client"',
    'mdns = true',
    'connections_max = 300',
    'connections_per_second_max = 7',
    'gossip_neighbours = 8',
    'gossip_flood_publish = false',
  ]
  expect(settingsOf(lines.join('\n')).network).toEqual({
    ...{ quic: true, encryption: ['tls'], dht: 'client', mdns: true },
    ...{ connectionsMax: 300, connectionsPerSecondMax: 7 },
    gossip: { neighbours: 8, floodPublish: false },
  })
})

test.each([
  ['mDNS = true', 'unknown field network.mDNS'],
  ['dht = "server"', 'network.dht is "server"; expected true, false or "client"'],
  ['encryption = []', 'network.encryption'],
  ['encryption = ["tls", "tls"]', 'each encryption once'],
  ['encryption = ["plaintext"]', 'network.encryption[0] is "plaintext"'],
  ['gossip_neighbours = 2', 'network.gossip_neighbours is 2; expected a whole number from 3 to 12'],
  ['connections_per_second_max = 0', 'network.connections_per_second_max is 0'],
  [
    'connections_max = 191',
    'network.connections_max is 191; expected 192 at least, since tuning has places for 192 peers',
  ],
  [
    'quic = false',
    'listen[1] is "/ip4/127.0.0.1/udp/4000/quic-v1"; expected TCP, since network.quic is false',
  ],
])('%s is an error that says so', (lines, fault) => {
  expect(faultOf(lines)).toContain(fault)
})

test.each([
  '/ip4/0.0.0.0/udp/30400',
  '/ip4/0.0.0.0/tcp/30400/ws',
  '/dns4/alys.example/tcp/30400',
  '/ip4/0.0.0.0/udp/30400/quic-v1/p2p-circuit',
])('%s is not listened on', (address) => {
  const change = (whole: string): string => whole.replace('/ip4/127.0.0.1/tcp/4000', address)
  expect(faultOf('', change)).toContain(
    `listen[0] is "${address}"; expected a multiaddr such as /ip4/0.0.0.0/tcp/30400 or`,
  )
})

describe('in the words of the network', () => {
  const tag = new Uint8Array(16).fill(0xab)

  test('names hold the chain, and one who listens answers others', () => {
    const { network } = settingsOf('mdns = true')
    const options = networkOptionsOf(network, tag, true)
    const name = 'ab'.repeat(16)
    expect(options.dht).toEqual({ protocol: `/alys/${name}/kad/1`, mode: 'server' })
    expect(options.mdns).toEqual({ serviceTag: `_alys-${name}._udp.local` })
  })

  test.each([
    ['dht = true', false],
    ['dht = "client"', true],
  ])('with %s, listening: %s, a node only asks', (lines, isListening) => {
    const { network } = settingsOf(lines)
    expect(networkOptionsOf(network, tag, isListening).dht?.mode).toBe('client')
  })

  test('what is off is absent', () => {
    const options = networkOptionsOf(settingsOf('dht = false').network, tag, true)
    expect(options).not.toHaveProperty('dht')
    expect(options).not.toHaveProperty('mdns')
  })
})
