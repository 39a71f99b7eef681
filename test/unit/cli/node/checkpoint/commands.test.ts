/** `alys checkpoint` as a user types it, on the data folder of a real node of one member. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { keys } from '../../../../../src/actors/storage/keys.ts'
import { main } from '../../../../../src/cli/main.ts'
import { type NodeSettings, readNodeSettings } from '../../../../../src/cli/node/config-file.ts'
import { initFederation } from '../../../../../src/cli/node/federation.ts'
import { openNode } from '../../../../../src/cli/node/open-node.ts'
import { callNode, isRecord } from '../../../../../src/cli/node/rpc-client.ts'
import { finalisedKey } from '../../../../../src/ledger/records.ts'
import { openLevelStore, type PlatformStore } from '../../../../../src/platform/store.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-checkpoint-'))
let config: string
let settings: NodeSettings
/** The highest block that was committed before the node stopped. */
let height: number

beforeAll(async () => {
  const made = await initFederation({
    ...{ dir: join(root, 'net'), name: 'one', genesisMs: Date.now() - 60_000, slotMs: 100 },
    ...{ ports: [{ p2p: 0, rpc: 0 }], store: 'disk' },
  })
  if (!made.ok) throw new Error(made.fault.detail)
  config = made.value.configFiles[0] ?? ''
  const text = readFileSync(config, 'utf8')
  writeFileSync(config, `${text}\n[tuning]\ncheckpoint_interval_blocks = 3\ncheckpoints_max = 3\n`)
  const read = readNodeSettings(config)
  if (!read.ok) throw new Error(read.fault.detail)
  settings = { ...read.value, log: { level: 'off', file: undefined } }
  height = await runTo(25)
}, 60_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

/** Runs the node until it has committed so many blocks and has as many checkpoints as it keeps, and stops it. */
async function runTo(blocks: number): Promise<number> {
  const node = await openNode(settings, () => undefined)
  if (!node.ok) throw new Error(node.fault.detail)
  const url = node.value.rpcUrl ?? ''
  let at = 0
  let kept = 0
  for (let tries = 0; (at < blocks || kept < 3) && tries < 1_000; tries += 1) {
    const head = await callNode(url, 'alys_getHead')
    const committed = head.ok && isRecord(head.value) ? head.value.committed : undefined
    at = isRecord(committed) ? Number(committed.height) : 0
    const checkpoints = await callNode(url, 'alys_getCheckpoints')
    kept = checkpoints.ok && Array.isArray(checkpoints.value) ? checkpoints.value.length : 0
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await node.value.close()
  return at
}

async function withNode<Value>(use: (url: string) => Promise<Value>): Promise<Value> {
  const node = await openNode(settings, () => undefined)
  if (!node.ok) throw new Error(node.fault.detail)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const value = await use(node.value.rpcUrl ?? '')
  await node.value.close()
  return value
}

/** Hashes of the committed blocks above a height, in order. */
async function hashesAbove(url: string, height: number): Promise<readonly unknown[]> {
  const head = await callNode(url, 'alys_getHead')
  const committed = head.ok && isRecord(head.value) ? head.value.committed : undefined
  const top = isRecord(committed) ? Number(committed.height) : 0
  const hashes: unknown[] = []
  for (let at = height + 1; at <= top; at += 1) {
    const block = await callNode(url, 'alys_getBlock', [at])
    hashes.push(block.ok && isRecord(block.value) ? block.value.hash : undefined)
  }
  return hashes
}

interface Said {
  readonly code: number
  readonly out: string
  readonly error: string
}

async function alys(...args: readonly string[]): Promise<Said> {
  const out: string[] = []
  const error: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line) => void out.push(String(line)))
  vi.spyOn(console, 'error').mockImplementation((line) => void error.push(String(line)))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => error.push(String(text)) > 0)
  process.exitCode = undefined
  const code = await main(args)
  process.exitCode = undefined
  vi.restoreAllMocks()
  return { code, out: out.join('\n'), error: error.join('\n') }
}

interface Listed {
  readonly id: string
  readonly height: number
  readonly hash: string
  readonly fault?: { readonly code: string }
}

async function listed(): Promise<readonly Listed[]> {
  return JSON.parse((await alys('checkpoint', 'list', config, '--json')).out)
}

async function withStore<Value>(use: (store: PlatformStore) => Promise<Value>): Promise<Value> {
  const store = await openLevelStore(settings.dataFolder ?? '')
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

function topBlock(store: PlatformStore): Promise<string | undefined> {
  return new Promise((resolve) =>
    store.scan({ from: 'block/', to: 'block0', limit: 1, reverse: true }, (found) =>
      resolve(found.ok ? found.value[0]?.key : undefined),
    ),
  )
}

test('a node that ran has made checkpoints, and kept the newest', async () => {
  const all = await listed()
  expect(all).toHaveLength(3)
  expect(all[0]?.height).toBeLessThanOrEqual(height + 1)
  const table = await alys('checkpoint', 'list', dirname(config))
  expect(table).toMatchObject({ code: 0, error: '' })
  expect(table.out.split('\n')).toHaveLength(4)
  expect(table.out).toContain(`${all[0]?.id}`)
})

test('one is made at rest, of the last committed block, once', async () => {
  const made = await alys('checkpoint', 'create', config)
  expect(made).toMatchObject({ code: 0, error: '' })
  expect(made.out).toMatch(/^(made|is there already): [0-9a-f]{64} at height \d+$/)
  expect((await alys('checkpoint', 'create', config)).out).toMatch(/^is there already/)
  const [newest] = await listed()
  const key = await withStore(topBlock)
  expect(keys.blockAt(newest?.height ?? 0)).toBe(key)
})

test('each is good at every level', async () => {
  for (const level of ['checksum', 'certificate', 'full']) {
    const verified = await alys('checkpoint', 'verify', config, '--level', level)
    expect(verified.code).toBe(0)
    expect(verified.out.split('\n')).toHaveLength(3)
    expect(verified.out).toContain(`good (${level})`)
  }
})

test('one is shown by the first digits of its id', async () => {
  const [newest] = await listed()
  const shown = await alys('checkpoint', 'show', config, newest?.id.slice(0, 10) ?? '')
  expect(shown.code).toBe(0)
  expect(shown.out).toContain(`--trusted-checkpoint ${newest?.height}:${newest?.hash}`)
  const json = await alys('checkpoint', 'show', config, newest?.id ?? '', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ id: newest?.id, verified: true, signers: [0] })
  const none = await alys('checkpoint', 'show', config, 'ffffffffffff')
  expect(none.code).toBe(4)
  expect(none.error).toContain('no checkpoint here has an id that begins with ffffffffffff')
})

describe('an exported one', () => {
  test.each([[[]], [['--plain']]])(
    '(%j) is verified anywhere, and names what to trust',
    async (flags) => {
      const [newest] = await listed()
      const file = join(root, `kept${flags.length}.checkpoint`)
      const out = ['--out', file, ...flags]
      const written = await alys('checkpoint', 'export', config, newest?.id ?? '', ...out)
      expect(written).toMatchObject({ code: 0, error: '' })
      expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([])
      const again = await alys('checkpoint', 'export', config, newest?.id ?? '', ...out)
      expect(again.code).toBe(4)
      expect(again.error).toContain('is not overwritten')

      const chain = join(root, 'net', 'chain.toml')
      const verified = await alys('checkpoint', 'verify', file, '--chain', chain)
      expect(verified.code).toBe(0)
      expect(verified.out).toContain(`--trusted-checkpoint ${newest?.height}:${newest?.hash}`)
      expect((await alys('checkpoint', 'verify', file)).error).toContain('expected --chain FILE')

      const bytes = readFileSync(file)
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
      writeFileSync(file, bytes)
      const spoilt = await alys('checkpoint', 'verify', file, '--chain', chain)
      expect(spoilt.code).toBe(4)
      expect(spoilt.error).toContain(file)
    },
  )

  test('of another chain is none of this one', async () => {
    const made = await initFederation({
      ...{ dir: join(root, 'other'), name: 'other', genesisMs: Date.now(), slotMs: 100 },
      ...{ ports: [{ p2p: 0, rpc: 0 }], store: 'disk' },
    })
    expect(made.ok).toBe(true)
    const [newest] = await listed()
    const file = join(root, 'foreign.checkpoint')
    await alys('checkpoint', 'export', config, newest?.id ?? '', '--out', file)
    const chain = join(root, 'other', 'chain.toml')
    const verified = await alys('checkpoint', 'verify', file, '--chain', chain)
    expect(verified.code).toBe(1)
    expect(verified.out).toContain('other-chain')
  })
})

test('a node whose trusted block is another does not start, and says why', async () => {
  const hash = 'ab'.repeat(32)
  const refused = await openNode({ ...settings, trusted: { height: 2, hash } }, () => undefined)
  expect(refused).toMatchObject({ ok: false, fault: { code: 'data' } })
  expect(refused.ok ? '' : refused.fault.detail).toContain(`and ${hash} is trusted`)
  const [newest] = await listed()
  const right = { height: newest?.height ?? 0, hash: newest?.hash ?? '' }
  const node = await openNode({ ...settings, trusted: right }, () => undefined)
  expect(node.ok).toBe(true)
  if (node.ok) await node.value.close()
})

test('what changes the folder respects its lock', async () => {
  const [, older] = await listed()
  await withStore(async () => {
    for (const args of [['create'], ['recover', older?.id ?? '', '--yes']]) {
      const [command = '', ...rest] = args
      const said = await alys('checkpoint', command, config, ...rest)
      expect(said.code).toBe(4)
      expect(said.error).toContain('is in use')
    }
    // Looking is allowed: it is done on a copy.
    expect((await alys('checkpoint', 'list', config)).code).toBe(0)
  })
})

describe('recovery', () => {
  test('says first what it would do, and changes nothing', async () => {
    const [newest, older] = await listed()
    const before = await withStore(topBlock)
    const said = await alys('checkpoint', 'recover', config, older?.id ?? '')
    expect(said.code).toBe(0)
    expect(said.error).toContain(`committed blocks above height ${older?.height}`)
    expect(said.error).toContain('What this member has voted is kept.')
    expect(said.out).toContain('repeat it with --yes')
    expect(await withStore(topBlock)).toBe(before)
    expect((await listed())[0]).toEqual(newest)
  })

  test('from one that is not good is refused, and the one before it is there still', async () => {
    const [newest, older] = await listed()
    const key = keys.checkpointAt(newest?.height ?? 0)
    const sound = await withStore(
      (store) =>
        new Promise<Uint8Array>((resolve) =>
          store.get(key, (found) =>
            resolve((found.ok ? found.value : undefined) ?? new Uint8Array(0)),
          ),
        ),
    )
    await withStore((store) => write(store, key, sound.subarray(0, 100)))
    const list = await alys('checkpoint', 'list', config)
    expect(list.code).toBe(1)
    expect(list.out).toContain('damaged')
    expect((await alys('checkpoint', 'verify', config)).code).toBe(1)
    expect((await alys('checkpoint', 'verify', config, older?.id ?? '')).code).toBe(0)
    await withStore((store) => write(store, key, sound))
    expect((await alys('checkpoint', 'verify', config)).code).toBe(0)
  })

  test('takes the folder back; a node goes on from there, its accounts made anew', async () => {
    const [, older] = await listed()
    const at = older?.height ?? 0
    const before = await withNode((url) => hashesAbove(url, at))
    expect(before.length).toBeGreaterThan(2)
    const done = await alys('checkpoint', 'recover', config, older?.id ?? '', '--yes')
    expect(done).toMatchObject({ code: 0 })
    expect(done.out).toContain(`ends at height ${at} now`)
    expect(await withStore(topBlock)).toBe(keys.blockAt(at))
    expect((await listed()).map((each) => each.height)[0]).toBe(at)
    const ledger = await withStore(
      (store) =>
        new Promise((resolve) =>
          store.get(finalisedKey, (found) => resolve(found.ok && found.value === undefined)),
        ),
    )
    expect(ledger).toBe(true)
    const inspected = await alys('inspect', config)
    expect(inspected.code).toBe(0)
    expect(inspected.out).toContain(`height ${at},`)
    expect(inspected.out).toContain('certificate genuine')

    // It has finalised later slots, and can neither vote on them again nor pass them by: what it has
    // above the checkpoint is what it had before, as far as its open blocks bring that back.
    const again = await withNode((url) => hashesAbove(url, at))
    expect(again).toEqual(before.slice(0, again.length))
  })
})
