import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readNodeSettings } from '../../../../src/cli/node/config-file.ts'
import { type Federation, initFederation } from '../../../../src/cli/node/federation.ts'
import { defaultTuning } from '../../../../src/node/config.ts'
import { readKeys, writeKeys } from '../../../../src/platform/keys.ts'
import { workersMax } from '../../../../src/platform/validation/layout.ts'
import { defaultWorkers } from '../../../../src/platform/validation/pool.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-config-'))
let federation: Federation
let text: string

beforeAll(async () => {
  const made = await initFederation({
    dir: join(root, 'two'),
    name: 'two',
    genesisMs: Date.now(),
    slotMs: 2_000,
    ports: [
      { p2p: 4_000, rpc: 4_001 },
      { p2p: 4_002, rpc: 4_003 },
    ],
    store: 'disk',
  })
  if (!made.ok) throw new Error(made.fault.detail)
  federation = made.value
  text = readFileSync(file(), 'utf8')
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

function file(): string {
  return federation.configFiles[0] ?? ''
}

/** The fault of a configuration beside the first node's. */
function faultOf(changed: string): string {
  const other = join(root, 'two', 'node0', 'other.toml')
  writeFileSync(other, changed)
  const read = readNodeSettings(other)
  return read.ok ? 'none' : read.fault.detail.replaceAll(other, 'other.toml')
}

test('a configuration is read with its chain, its keys, and defaults for the rest', () => {
  const read = readNodeSettings(file())
  if (!read.ok) throw new Error(read.fault.detail)
  const settings = read.value
  expect(settings.member).toBe(0)
  expect(settings.chain.committee.members).toHaveLength(2)
  expect(settings.dataFolder).toBe(join(root, 'two', 'node0', 'data'))
  expect(settings.listen).toEqual(['/ip4/127.0.0.1/tcp/4000', '/ip4/127.0.0.1/udp/4000/quic-v1'])
  expect(settings.network).toEqual({
    ...{ quic: true, encryption: ['noise', 'tls'], dht: true, mdns: true },
    ...{ connectionsMax: undefined, connectionsPerSecondMax: 25, gossip: {} },
  })
  expect(settings.peers).toEqual([
    expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/4002\/p2p\/12D3/),
  ])
  expect(settings.rpc).toEqual({ host: '127.0.0.1', port: 4_001 })
  expect(settings.tuning).toEqual(defaultTuning)
  expect(settings.log.level).toBe('info')
})

test('a data folder may be given besides', () => {
  const read = readNodeSettings(file(), '/elsewhere')
  expect(read.ok && read.value.dataFolder).toBe('/elsewhere')
})

test('tuning, limits and log are read in their own spelling', () => {
  const other = join(root, 'two', 'node0', 'tuned.toml')
  const log = text.replace('level = "info"', 'level = "warn"\nfile = "node.log"')
  const limits = log.replace('port = 4001', 'port = 4001\nrequests_per_second_max = 7')
  writeFileSync(other, `${limits}\n[tuning]\nsync_blocks_max = 2000\ndial_pause_ms_max = 900\n`)
  const read = readNodeSettings(other)
  if (!read.ok) throw new Error(read.fault.detail)
  expect(read.value.tuning).toEqual({ ...defaultTuning, syncBlocksMax: 2_000, dialPauseMsMax: 900 })
  expect(read.value.rpc).toEqual({ host: '127.0.0.1', port: 4_001, requestsPerSecondMax: 7 })
  expect(read.value.log).toEqual({ level: 'warn', file: join(root, 'two', 'node0', 'node.log') })
})

test('downloads adapt unless the file says otherwise', () => {
  const read = readNodeSettings(file())
  expect(read.ok && read.value.downloads).toBe('adaptive')
  for (const downloads of ['adaptive', 'fixed']) {
    const other = join(root, 'two', 'node0', 'downloads.toml')
    writeFileSync(other, `${text}\n[sync]\ndownloads = "${downloads}"\n`)
    const said = readNodeSettings(other)
    expect(said.ok && said.value.downloads).toBe(downloads)
  }
  expect(faultOf(`${text}\n[sync]\ndownloads = "fast"\n`)).toContain('sync.downloads is "fast"')
})

test.each([
  ['sync_bytes_max', 16_777_216],
  ['sync_blocks_max', 1_024],
])('what may be under way is bounded by %s, %i at least', (field, least) => {
  expect(faultOf(`${text}\n[tuning]\n${field} = ${least}\n`)).toBe('none')
  expect(faultOf(`${text}\n[tuning]\n${field} = ${least - 1}\n`)).toBe(
    `other.toml: tuning.${field} is ${least - 1}; expected ${least} at least`,
  )
})

test('places for peers fit together', () => {
  expect(faultOf(`${text}\n[tuning]\npeers_max = 20\npeers_target = 20\n`)).toBe('none')
  expect(faultOf(`${text}\n[tuning]\npeers_max = 20\npeers_target = 21\n`)).toBe(
    'other.toml: tuning.peers_target is larger than tuning.peers_max',
  )
  expect(faultOf(`${text}\n[tuning]\nfederation_peers_max = 10001\n`)).toBe(
    'other.toml: tuning.federation_peers_max is 10001; expected 10000 at most',
  )
  expect(faultOf(`${text}\n[tuning]\npeers_max = 0\n`)).toContain('tuning.peers_max is 0')
})

test('threads that validate are none in a new federation, and the default of the machine if absent', () => {
  const read = readNodeSettings(file())
  expect(read.ok && read.value.verifier).toEqual({ workers: 0 })
  const without = text.replace(/\n#[^\n]*\n#[^\n]*\n\[verifier\]\nworkers = 0\n/, '')
  expect(without).not.toContain('workers')
  const other = join(root, 'two', 'node0', 'threads.toml')
  writeFileSync(other, without)
  const absent = readNodeSettings(other)
  expect(absent.ok && absent.value.verifier).toEqual({ workers: defaultWorkers() })
  expect(faultOf(text.replace('workers = 0', `workers = ${workersMax}`))).toBe('none')
  expect(faultOf(text.replace('workers = 0', `workers = ${workersMax + 1}`))).toContain(
    `verifier.workers is ${workersMax + 1}`,
  )
  expect(faultOf(text.replace('workers = 0', 'threads = 0'))).toBe(
    'other.toml: unknown field verifier.threads',
  )
})

test('a misspelt field is an error wherever it is', () => {
  expect(faultOf(`${text}\n[tuning]\nsyncBatchSize = 9\n`)).toBe(
    'other.toml: unknown field tuning.syncBatchSize',
  )
  expect(faultOf(`peer = []\n${text}`)).toBe('other.toml: unknown field peer')
})

test('addresses are multiaddrs, and those of peers say who is there', () => {
  const noId = text.replace(/\/p2p\/\w+/, '')
  expect(faultOf(noId)).toBe(
    'other.toml: peers[0] is "/ip4/127.0.0.1/tcp/4002"; expected a multiaddr with a peer id, ' +
      'such as /ip4/10.0.0.1/tcp/30400/p2p/12D3KooW…',
  )
  expect(faultOf(text.replace('/ip4/127.0.0.1/tcp/4000', '127.0.0.1:4000'))).toContain(
    'listen[0] is "127.0.0.1:4000"; expected a multiaddr',
  )
})

test('the second node is the second member, and stranger keys follow', () => {
  const second = readNodeSettings(federation.configFiles[1] ?? '')
  expect(second.ok && second.value.member).toBe(1)
  const stranger = join(root, 'two', 'node0', 'stranger.toml')
  writeFileSync(stranger, text.replace('"keys.toml"', '"../account.toml"'))
  const read = readNodeSettings(stranger)
  expect(read.ok && read.value.member).toBe(undefined)
})

test("one member's author key with another's voting key is a mix-up", () => {
  const keys = [0, 1].map((index) => readKeys(join(root, 'two', `node${index}`, 'keys.toml')))
  const [a, b] = keys
  if (a?.ok !== true || b?.ok !== true) throw new Error('keys are there')
  writeKeys(join(root, 'two', 'node0', 'mixed.toml'), {
    ...a.value,
    voteSecret: b.value.voteSecret,
  })
  const detail = faultOf(text.replace('"keys.toml"', '"mixed.toml"'))
  expect(detail).toContain('author_secret is that of members[0], vote_secret that of members[1]')
  expect(detail).not.toContain(Buffer.from(a.value.authorSecret).toString('hex'))
})

test('a member among several may not forget its votes', () => {
  expect(faultOf(text.replace('data = "data"', 'data = ":memory:"'))).toBe(
    'other.toml: data is ":memory:"; expected a folder, since a member must not forget its votes',
  )
})

test('a trusted block is read from the file, or given besides', () => {
  const hash = 'ab'.repeat(32)
  const trusted = `${text}\n[sync]\ntrusted_checkpoint = "12:${hash}"\n`
  const other = join(root, 'two', 'node0', 'trusting.toml')
  writeFileSync(other, trusted)
  const read = readNodeSettings(other)
  expect(read.ok && read.value.trusted).toEqual({ height: 12, hash })
  const given = readNodeSettings(other, undefined, { height: 7, hash })
  expect(given.ok && given.value.trusted).toEqual({ height: 7, hash })
  const none = readNodeSettings(file())
  expect(none.ok && none.value.trusted).toBeUndefined()
})

test.each(['12', '0:00', `0:${'ab'.repeat(32)}`, `12:${'ab'.repeat(31)}`, `-1:${'ab'.repeat(32)}`])(
  'a trusted block is not %s',
  (value) => {
    expect(faultOf(`${text}\n[sync]\ntrusted_checkpoint = "${value}"\n`)).toBe(
      `other.toml: sync.trusted_checkpoint is "${value}"; expected HEIGHT:HASH, a height from 1 and ` +
        'the 64 digits of a block hash',
    )
  },
)

test('a trusted block may not contradict the one that the chain file names', () => {
  const [here, there] = ['ab'.repeat(32), 'cd'.repeat(32)]
  const chain = join(root, 'two', 'chain.toml')
  const before = readFileSync(chain, 'utf8')
  writeFileSync(chain, before.replace('slot_ms', `min_finalized = "12:${here}"\nslot_ms`))
  const detail = faultOf(`${text}\n[sync]\ntrusted_checkpoint = "12:${there}"\n`)
  const same = faultOf(`${text}\n[sync]\ntrusted_checkpoint = "12:${here}"\n`)
  writeFileSync(chain, before)
  expect(detail).toContain('sync.trusted_checkpoint contradicts the chain: block 12 is')
  expect(same).toBe('none')
})

test.each([1, 65])('%i checkpoints are not kept', (count) => {
  expect(faultOf(`${text}\n[tuning]\ncheckpoints_max = ${count}\n`)).toBe(
    `other.toml: tuning.checkpoints_max is ${count}; expected a whole number from 2 to 64`,
  )
})
