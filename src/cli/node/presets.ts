/**
 * Nodes by name. `dev` and `local` are chains of one member, made on the spot: the first is gone when
 * it ends, the second continues. `testnet` and `mainnet` are other people's chains: nothing about them
 * can be made up here, so what a node of them needs is listed, and it runs once that is there.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { failed, ok, type Result } from '../../base/result.ts'
import { configFileText } from './config-file.ts'
import { federationIn, initFederation, listenOn } from './federation.ts'
import type { SetupFault } from './setup-fault.ts'

export type PresetName = 'dev' | 'local' | 'testnet' | 'mainnet'

/** A configuration to run, and what to do when the node has ended. */
export interface Preset {
  readonly configFile: string
  /** Keys of an account with the whole supply, on chains that were made here. */
  readonly accountFile: string | undefined
  clear(): void
}

/** Ports of the one member of `dev` and `local`, and what networks of several hosts listen on. */
const defaultPorts = { p2p: 30_400, rpc: 30_401 } as const

const localFolder = '.devnet/local'

/** Finds or makes the configuration of a preset. `dir` is the folder to keep it in. */
export async function usePreset(
  name: PresetName,
  dir: string | undefined,
): Promise<Result<Preset, SetupFault>> {
  switch (name) {
    case 'dev':
      return dir === undefined ? await temporaryChain() : await lastingChain('dev', dir, 1_000)
    case 'local':
      return await lastingChain('local', dir ?? localFolder, 2_000)
    case 'testnet':
    case 'mainnet':
      return joinedChain(name, dir)
    default:
      return name satisfies never
  }
}

async function temporaryChain(): Promise<Result<Preset, SetupFault>> {
  const root = mkdtempSync(join(tmpdir(), 'alys-dev-'))
  const clear = (): void => rmSync(root, { recursive: true, force: true })
  const dir = join(root, 'chain')
  const plan = { dir, name: 'dev', slotMs: 1_000, store: 'memory' } as const
  const made = await initFederation({ ...plan, genesisMs: Date.now(), ports: [defaultPorts] })
  if (made.ok) return ok({ ...onlyMember(dir), clear })
  clear()
  return made
}

async function lastingChain(
  name: string,
  dir: string,
  slotMs: number,
): Promise<Result<Preset, SetupFault>> {
  const found = { ...onlyMember(dir), clear: () => undefined }
  if (existsSync(found.configFile)) return ok(found)
  const plan = { dir: resolve(dir), name, slotMs, store: 'disk' } as const
  const made = await initFederation({ ...plan, genesisMs: Date.now(), ports: [defaultPorts] })
  return made.ok ? ok(found) : made
}

function onlyMember(dir: string): Pick<Preset, 'configFile' | 'accountFile'> {
  const { configFiles, accountFile } = federationIn(dir, 1)
  return { configFile: configFiles[0] ?? '', accountFile }
}

// ----- chains of others -----

function joinedChain(
  name: 'testnet' | 'mainnet',
  dir: string | undefined,
): Result<Preset, SetupFault> {
  const folder = dir ?? name
  const configFile = join(folder, 'config.toml')
  if (existsSync(configFile)) {
    return ok({ configFile, accountFile: undefined, clear: () => undefined })
  }
  return failed({ code: 'missing', detail: instructions(name, folder) })
}

function instructions(name: 'testnet' | 'mainnet', folder: string): string {
  const state = (file: string): string => (existsSync(join(folder, file)) ? 'there' : 'missing')
  const template = configFileText({
    chain: 'chain.toml',
    keys: 'keys.toml',
    data: 'data',
    listen: listenOn('0.0.0.0', defaultPorts.p2p),
    mdns: false,
    peers: [],
    rpc: { host: '127.0.0.1', port: defaultPorts.rpc },
    logLevel: name === 'mainnet' ? 'warn' : 'info',
    workers: undefined,
  })
  return [
    `No ${name} comes with this program. A node of it needs, in ${folder}:`,
    `  chain.toml   (${state('chain.toml')}) the chain file that its federation has published`,
    `  keys.toml    (${state('keys.toml')}) alys keys new --out ${join(folder, 'keys.toml')}`,
    '  config.toml  (missing) as follows, with the addresses of one or more members in peers:',
    '',
    ...template.split('\n').map((line) => (line === '' ? '' : `    ${line}`)),
  ].join('\n')
}
