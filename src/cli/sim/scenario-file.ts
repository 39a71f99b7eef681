/** Scenarios in files of their own, which no catalogue lists. A name that ends like a program is the path of one. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { UsageError } from '../exit.ts'

export function isScenarioFile(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name)
}

/** The one scenario that a file exports, by any name; a usage error if there is none, or several. */
export async function scenarioIn(file: string): Promise<Scenario> {
  const path = resolve(file)
  if (!existsSync(path)) throw new UsageError(`${file}: expected a file with a scenario in it`)
  let exported: Readonly<Record<string, unknown>>
  try {
    exported = await import(pathToFileURL(path).href)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${file} cannot be loaded: ${why}`)
  }
  const found = Object.values(exported).filter(isScenario)
  const [scenario] = found
  if (scenario !== undefined && found.length === 1) return scenario
  const have =
    found.length === 0
      ? `it exports ${Object.keys(exported).join(', ') || 'nothing'}`
      : `it has ${found.map(({ name }) => name).join(' and ')}`
  throw new UsageError(
    `${file}: expected one exported scenario, with name, title, world and story; ${have}`,
  )
}

function isScenario(value: unknown): value is Scenario {
  if (typeof value !== 'object' || value === null) return false
  const { name, title, world, story } = value as Readonly<Record<string, unknown>>
  const isNamed = typeof name === 'string' && typeof title === 'string'
  return isNamed && typeof world === 'function' && typeof story === 'function'
}
