/** From a configuration file, or a preset, to a node that runs in this process. */
import type { ExitCode } from '../exit.ts'
import { readNodeSettings } from './config-file.ts'
import { type PresetName, usePreset } from './presets.ts'
import { runNode } from './run-node.ts'
import { valueOrEnd } from './setup-fault.ts'

/** Runs the node of a configuration file, with another data folder if one is given. */
export async function runConfig(file: string, dataFolder?: string): Promise<ExitCode> {
  return await runNode(valueOrEnd(readNodeSettings(file, dataFolder)))
}

/** Runs a preset, whose files are kept in `dir`. */
export async function runPreset(name: PresetName, dir?: string): Promise<ExitCode> {
  const preset = valueOrEnd(await usePreset(name, dir))
  const { configFile, accountFile, clear } = preset
  try {
    console.error(`configuration: ${configFile}`)
    if (accountFile !== undefined) console.error(`account with funds: ${accountFile}`)
    return await runConfig(configFile)
  } finally {
    clear()
  }
}
