import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readChainFile } from '../../../../src/cli/node/chain-file.ts'
import { removeDevnet } from '../../../../src/cli/node/devnet-files.ts'
import { type FederationPlan, initFederation } from '../../../../src/cli/node/federation.ts'
import { publicIdentity } from '../../../../src/cli/node/identity.ts'
import { usePreset } from '../../../../src/cli/node/presets.ts'
import { readKeys } from '../../../../src/platform/keys.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-federation-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function plan(name: string): FederationPlan {
  const ports = [{ p2p: 4_000, rpc: 4_001 }]
  return {
    dir: join(root, name),
    name,
    genesisMs: 1_790_000_000_000,
    slotMs: 400,
    ports,
    store: 'disk',
  }
}

test('a federation has a chain file, and keys that only their owner may read', async () => {
  const made = await initFederation(plan('one'))
  if (!made.ok) throw new Error(made.fault.detail)
  const { chainFile, accountFile, configFiles } = made.value
  const chain = readChainFile(chainFile)
  if (!chain.ok) throw new Error(chain.fault.detail)
  expect(chain.value.slots).toEqual({ genesisMs: 1_790_000_000_000, slotMs: 400, toleranceMs: 100 })
  expect(configFiles).toEqual([join(root, 'one', 'node0', 'config.toml')])
  for (const file of [accountFile, join(root, 'one', 'node0', 'keys.toml')]) {
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
  // The account that has the money is the one whose keys were written.
  const keys = readKeys(accountFile)
  if (!keys.ok) throw new Error(keys.fault.detail)
  const { address } = await publicIdentity(keys.value)
  expect(chain.value.spec.allocations).toEqual([{ address, balance: 1_000_000_000_000n }])
})

test('nothing is overwritten', async () => {
  const { dir } = plan('used')
  mkdirSync(dir)
  writeFileSync(join(dir, 'notes.txt'), 'mine')
  const made = await initFederation(plan('used'))
  expect(made).toEqual({
    ok: false,
    fault: {
      code: 'exists',
      detail: `${dir} is not empty (it holds notes.txt); nothing is overwritten`,
    },
  })
  expect(existsSync(join(dir, 'chain.toml'))).toBe(false)
})

test('only what init has written is ever deleted', async () => {
  const { dir } = plan('fresh')
  await initFederation(plan('fresh'))
  writeFileSync(join(dir, 'notes.txt'), 'mine')
  expect(() => removeDevnet(dir)).toThrow('holds notes.txt')
  expect(existsSync(join(dir, 'chain.toml'))).toBe(true)
  rmSync(join(dir, 'notes.txt'))
  removeDevnet(dir)
  expect(existsSync(dir)).toBe(false)
})

test('the preset local makes a chain once, and continues it', async () => {
  const dir = join(root, 'local')
  const first = await usePreset('local', dir)
  const chain = readFileSync(join(dir, 'chain.toml'), 'utf8')
  const second = await usePreset('local', dir)
  expect(first.ok && second.ok && second.value.configFile).toBe(join(dir, 'node0', 'config.toml'))
  expect(readFileSync(join(dir, 'chain.toml'), 'utf8')).toBe(chain)
})

test('the preset dev leaves nothing behind', async () => {
  const dev = await usePreset('dev', undefined)
  if (!dev.ok) throw new Error(dev.fault.detail)
  expect(existsSync(dev.value.configFile)).toBe(true)
  dev.value.clear()
  expect(existsSync(join(dev.value.configFile, '..', '..', '..'))).toBe(false)
})

test("other people's networks are not made up: what is missing is listed", async () => {
  const dir = join(root, 'testnet')
  const missing = await usePreset('testnet', dir)
  const detail = missing.ok ? '' : missing.fault.detail
  expect(detail).toContain('chain.toml   (missing)')
  expect(detail).toContain('peers = [')
  expect(detail).not.toMatch(/12D3KooW/)
  mkdirSync(dir)
  writeFileSync(join(dir, 'config.toml'), '')
  const found = await usePreset('testnet', dir)
  expect(found.ok && found.value.configFile).toBe(join(dir, 'config.toml'))
})
