/** The commands as a user types them, in this process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { toHex } from '../../../../src/base/bytes.ts'
import { main } from '../../../../src/cli/main.ts'
import { readKeys } from '../../../../src/platform/keys.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-commands-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

interface Said {
  readonly code: number
  readonly out: string
  readonly error: string
}

async function alys(...args: readonly string[]): Promise<Said> {
  const out: string[] = []
  const error: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line) => void out.push(String(line)))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => error.push(String(text)) > 0)
  process.exitCode = undefined
  const code = await main(args)
  process.exitCode = undefined
  vi.restoreAllMocks()
  return { code, out: out.join('\n'), error: error.join('') }
}

test('keys new writes a file once, and shows only what is public', async () => {
  const file = join(root, 'keys.toml')
  const made = await alys('keys', 'new', '--out', file)
  expect(made).toMatchObject({ code: 0, error: '' })
  expect(made.out).toMatch(/^peer_id = "12D3KooW\w+"\naddress = "[0-9a-f]{40}"\n/)
  const keys = readKeys(file)
  if (!keys.ok) throw new Error(keys.fault.detail)
  for (const secret of Object.values(keys.value)) expect(made.out).not.toContain(toHex(secret))

  expect(await alys('keys', 'show', file)).toMatchObject({ code: 0, out: made.out })
  const again = await alys('keys', 'new', '--out', file)
  expect(again.code).toBe(4)
  expect(again.error).toContain('keys are never overwritten')
  expect(readKeys(file)).toEqual(keys)
})

test('init says how to run what it has written', async () => {
  const dir = join(root, 'net')
  const made = await alys('init', '--nodes', '2', '--dir', dir, '--base-port', '5000')
  expect(made).toMatchObject({ code: 0, error: '' })
  expect(made.out).toContain(`alys node --config ${join(dir, 'node1', 'config.toml')}`)
  const second = readFileSync(join(dir, 'node1', 'config.toml'), 'utf8')
  expect(second).toContain(
    'listen = [\n  "/ip4/127.0.0.1/tcp/5002",\n  "/ip4/127.0.0.1/udp/5002/quic-v1",\n]',
  )
  expect(second).toContain('port = 5003')
  expect(second).toMatch(/"\/ip4\/127\.0\.0\.1\/tcp\/5000\/p2p\/12D3KooW\w+"/)
  expect((await alys('init', '--dir', dir)).code).toBe(4)
})

test.each([
  [['init', '--dir', join(root, 'x'), '--slot-ms', '2001'], 'a multiple of 4'],
  [['init', '--dir', join(root, 'x'), '--nodes', '65'], 'from 1 to 64'],
  [['init'], "required option '--dir <dir>'"],
  [['node'], 'expected either --config FILE or --preset NAME'],
  [['node', '--config', 'a', '--preset', 'dev'], 'expected either'],
  [['node', '--preset', 'prod'], 'Allowed choices are dev, local, testnet, mainnet'],
  [['node', '--config', join(root, 'none.toml')], 'there is no file'],
  [['node', '--confg', 'a'], "unknown option '--confg'"],
  [['send', '--rpc', 'x', '--key', 'y', '--to', '00', '--amount', '1'], 'Expected 20 bytes'],
  [['send', '--rpc', 'x', '--key', 'y', '--to', '00'.repeat(20), '--amount', '-1'], '2^64'],
  [['inspect', join(root, 'nowhere')], 'there is no'],
  [['inspect', root], 'holds no config.toml'],
])('alys %j is refused with a reason', async (args, reason) => {
  const said = await alys(...args)
  expect(said.code).toBe(4)
  expect(said.error).toContain(reason)
  expect(existsSync(join(root, 'x'))).toBe(false)
})

test('a transfer to a node that is not there is refused', async () => {
  const file = join(root, 'sender.toml')
  await alys('keys', 'new', '--out', file)
  const to = ['--to', '00'.repeat(20), '--amount', '1']
  const said = await alys('send', '--rpc', 'http://127.0.0.1:9', '--key', file, ...to)
  expect(said).toMatchObject({ code: 4, out: '' })
  expect(said.error).toContain('http://127.0.0.1:9')
})

test('a bundle is shown with the command that repeats its run', async () => {
  const file = join(root, 'calm-7.bundle.json')
  const bundle = {
    ...{ format: 'alys-bundle', version: 1, scenario: 'calm', seed: 7, crypto: 'ideal' },
    ...{ outcome: 'violated', violation: { property: 'agreement', detail: 'two', atMs: 12 } },
    ...{ digest: '0123456789abcdef', node: '26.10.0', command: 'alys replay calm --seed 7' },
  }
  writeFileSync(file, JSON.stringify(bundle))
  const said = await alys('inspect', file)
  expect(said.code).toBe(0)
  expect(said.out).toContain('calm, seed 7')
  expect(said.out).toContain('agreement at 12 ms: two')
  expect(said.out).toContain('alys replay calm --seed 7')
  writeFileSync(file, '{}')
  expect((await alys('inspect', file)).error).toContain('is not a bundle')
})
