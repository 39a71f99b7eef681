/** The files of a federation on this machine: made, found again, or thrown away. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { failed, ok, type Result } from '../../base/result.ts'
import { readChainFile } from './chain-file.ts'
import { readRpcSettings } from './config-file.ts'
import type { DevnetNode } from './devnet.ts'
import { type Federation, federationIn, initFederation } from './federation.ts'
import type { FederationFlags } from './federation-options.ts'
import { type SetupFault, valueOrEnd } from './setup-fault.ts'

/** A federation that is ready to run. */
export interface Devnet {
  readonly nodes: readonly DevnetNode[]
  readonly slotMs: number
  readonly accountFile: string
}

const chainName = 'devnet'

/** Writes a new federation that begins now. Ends the command if the folder holds anything. */
export async function makeFederation(dir: string, flags: FederationFlags): Promise<Federation> {
  const { nodes, slotMs, basePort } = flags
  const ports = Array.from({ length: nodes }, (_, index) => {
    return { p2p: basePort + 2 * index, rpc: basePort + 2 * index + 1 }
  })
  const plan = {
    dir,
    name: chainName,
    slotMs,
    ports,
    genesisMs: Date.now(),
    store: 'disk',
  } as const
  return valueOrEnd(await initFederation(plan))
}

/** The federation in a folder; a new one if there is none. Ends the command if its files are wrong. */
export async function findOrMakeDevnet(dir: string, flags: FederationFlags): Promise<Devnet> {
  if (!existsSync(federationIn(dir, 0).chainFile)) await makeFederation(dir, flags)
  return valueOrEnd(readDevnet(dir))
}

/** Deletes a federation's folder. Ends the command if it is not one: nothing else is ever deleted. */
export function removeDevnet(dir: string): void {
  if (!existsSync(dir)) return
  valueOrEnd(onlyFederation(dir))
  rmSync(dir, { recursive: true })
}

function onlyFederation(dir: string): Result<undefined, SetupFault> {
  const foreign = readdirSync(dir).find((name) => !/^(chain|account)\.toml$|^node\d+$/.test(name))
  if (foreign === undefined) return ok(undefined)
  const detail = `${dir} holds ${foreign}, which "alys init" did not write; nothing is deleted`
  return failed({ code: 'exists', detail })
}

/** The chain file is checked once, here; each node checks its own keys when it starts. */
function readDevnet(dir: string): Result<Devnet, SetupFault> {
  const names = readdirSync(dir).filter((name) => /^node\d+$/.test(name))
  const { chainFile, configFiles, accountFile } = federationIn(dir, names.length)
  const chain = readChainFile(chainFile)
  if (!chain.ok) return chain
  const nodes: DevnetNode[] = []
  for (const configFile of configFiles) {
    const read = readRpcSettings(configFile)
    if (!read.ok) return read
    const rpc = read.value
    if (rpc === undefined) return failed({ code: 'config', detail: `${configFile} has no [rpc]` })
    const name = basename(dirname(configFile))
    nodes.push({ name, configFile, rpcUrl: `http://${rpc.host}:${rpc.port}` })
  }
  if (nodes.length > 0) return ok({ nodes, slotMs: chain.value.slots.slotMs, accountFile })
  return failed({ code: 'missing', detail: `${join(dir, 'node0')} is missing` })
}
