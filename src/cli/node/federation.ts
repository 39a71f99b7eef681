/**
 * Writes a federation of members that run on one machine: a chain file, and for each member a folder
 * with its configuration and its keys. All keys are made here, which is right for trying things out
 * and wrong for real members: each of those makes its own and passes on the public parts.
 */
import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { failed, ok, type Result } from '../../base/result.ts'
import { generateKeys, type NodeKeys, writeKeys } from '../../platform/keys.ts'
import type { Allocation } from '../../protocol/execution/genesis.ts'
import { chainFileText } from './chain-file.ts'
import { configFileText, inMemory } from './config-file.ts'
import { type PublicIdentity, publicIdentity } from './identity.ts'
import type { SetupFault } from './setup-fault.ts'

/** Ports of one member on this machine. */
interface MemberPorts {
  readonly p2p: number
  readonly rpc: number
}

export interface FederationPlan {
  /** Created; must not hold anything yet. */
  readonly dir: string
  /** Printable, without spaces, 1 to 32 characters. */
  readonly name: string
  /** Unix milliseconds of slot 0. */
  readonly genesisMs: number
  readonly slotMs: number
  /** One entry for each member. */
  readonly ports: readonly MemberPorts[]
  /** `memory` only makes sense for a committee of one. */
  readonly store: 'disk' | 'memory'
}

/** Where a federation's files are. */
export interface Federation {
  readonly chainFile: string
  /** Keys of an account that holds the whole supply. */
  readonly accountFile: string
  /** One for each member, in the order of the committee. */
  readonly configFiles: readonly string[]
}

const supply = 1_000_000_000_000n
/** A clock on one machine is only off by the time a message takes. */
const toleranceMsMax = 500
const host = '127.0.0.1'

/** Where the files of a federation of `count` members in `dir` are, or will be. */
export function federationIn(dir: string, count: number): Federation {
  return {
    chainFile: join(dir, 'chain.toml'),
    accountFile: join(dir, 'account.toml'),
    configFiles: Array.from({ length: count }, (_, index) =>
      join(dir, `node${index}`, 'config.toml'),
    ),
  }
}

/** Writes the files. Nothing is ever overwritten. */
export async function initFederation(
  plan: FederationPlan,
): Promise<Result<Federation, SetupFault>> {
  const { dir, ports } = plan
  const free = emptyFolder(dir)
  if (!free.ok) return free
  const keys = ports.map(generateKeys)
  const members = await Promise.all(keys.map(publicIdentity))
  const accountKeys = generateKeys()
  const account = await publicIdentity(accountKeys)
  const files = federationIn(dir, ports.length)
  try {
    writeNew(files.chainFile, chainText(plan, members, account))
    mustWriteKeys(files.accountFile, accountKeys)
    files.configFiles.forEach((file, index) => {
      const folder = join(dir, `node${index}`)
      mkdirSync(folder)
      writeNew(file, configText(plan, members, index))
      const own = keys[index]
      if (own !== undefined) mustWriteKeys(join(folder, 'keys.toml'), own)
    })
    return ok(files)
  } catch (error) {
    return failed({ code: 'io', detail: `cannot write ${dir}: ${String(error)}` })
  }
}

function chainText(
  plan: FederationPlan,
  members: readonly PublicIdentity[],
  account: PublicIdentity,
): string {
  const { name, genesisMs, slotMs } = plan
  const toleranceMs = Math.min(toleranceMsMax, slotMs / 4)
  const allocations: readonly Allocation[] = [{ address: account.address, balance: supply }]
  return chainFileText({ name, genesisMs, slotMs, toleranceMs, members, allocations })
}

function configText(
  { ports, store }: FederationPlan,
  members: readonly PublicIdentity[],
  index: number,
): string {
  const addresses = ports.map(({ p2p }) => `/ip4/${host}/tcp/${p2p}`)
  const peers = addresses.map((address, at) => `${address}/p2p/${members[at]?.peerId}`)
  return configFileText({
    chain: '../chain.toml',
    keys: 'keys.toml',
    data: store === 'memory' ? inMemory : 'data',
    listen: listenOn(host, ports[index]?.p2p ?? 0),
    mdns: true,
    peers: peers.filter((_, at) => at !== index),
    rpc: { host, port: ports[index]?.rpc ?? 0 },
    logLevel: 'info',
    // Several nodes share a machine, and their chain has little in it.
    workers: 0,
  })
}

/** One port, over TCP and QUIC. */
export function listenOn(ip4: string, port: number): readonly string[] {
  return [`/ip4/${ip4}/tcp/${port}`, `/ip4/${ip4}/udp/${port}/quic-v1`]
}

/** Makes the folder if need be. A folder that holds anything is left as it is. */
function emptyFolder(dir: string): Result<undefined, SetupFault> {
  try {
    mkdirSync(dir, { recursive: true })
    const [found] = readdirSync(dir)
    if (found === undefined) return ok(undefined)
    const detail = `${dir} is not empty (it holds ${found}); nothing is overwritten`
    return failed({ code: 'exists', detail })
  } catch (error) {
    return failed({ code: 'io', detail: `cannot use ${dir}: ${String(error)}` })
  }
}

function mustWriteKeys(file: string, keys: NodeKeys): void {
  const written = writeKeys(file, keys)
  if (!written.ok) throw new Error(written.fault.detail)
}

function writeNew(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o644)
  try {
    writeSync(descriptor, text)
  } finally {
    closeSync(descriptor)
  }
}
