/** From a configuration file, or a preset, to a node that runs in this process. */
import type { TrustedPlace } from '../../protocol/chain.ts'
import type { ExitCode } from '../exit.ts'
import { readNodeSettings } from './config-file.ts'
import { type PresetName, usePreset } from './presets.ts'
import { runNode } from './run-node.ts'
import { valueOrEnd } from './setup-fault.ts'

/** Runs the node of a configuration file, with another data folder or trusted block if one is given. */
export async function runConfig(
  file: string,
  dataFolder?: string,
  trusted?: TrustedPlace,
): Promise<ExitCode> {
  return await runNode(valueOrEnd(readNodeSettings(file, dataFolder, trusted)))
}

/** Runs a preset, whose files are kept in `dir`; what is only for now goes when the process ends. */
export async function runPreset(name: PresetName, dir?: string): Promise<ExitCode> {
  const { configFile, accountFile, clear } = valueOrEnd(await usePreset(name, dir))
  // However it ends: a second signal, too, leaves nothing behind.
  process.once('exit', clear)
  console.error(`configuration: ${configFile}`)
  if (accountFile !== undefined) console.error(`account with funds: ${accountFile}`)
  return await runConfig(configFile)
}
