/** Where a scenario is written, so that another can be told by its code. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { scenarios } from '../../../../scenarios/catalogue.ts'
import { projectRoot } from '../../project-root.ts'
import { isScenarioFile } from '../../sim/scenario-file.ts'

export interface Origin {
  /** An absolute path. */
  readonly file: string
  /** What it is exported as. */
  readonly exported: string
}

/** Of a scenario in the catalogue by its name, or in a file; undefined if it cannot be found. */
export async function originOf(scenario: string): Promise<Origin | undefined> {
  const isFile = isScenarioFile(scenario)
  const wanted = scenarios.find(({ name }) => name === scenario)
  if (!isFile && wanted === undefined) return undefined
  for (const file of isFile ? [resolve(scenario)] : catalogued()) {
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href)
    const found = Object.entries(module).find(([, value]) =>
      isFile ? hasStory(value) : value === wanted,
    )
    if (found !== undefined) return { file, exported: found[0] }
  }
  return undefined
}

function hasStory(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'story' in value
}

/** Files that the catalogue imports scenarios from. */
function catalogued(): readonly string[] {
  const folder = join(projectRoot, 'scenarios')
  const text = readFileSync(join(folder, 'catalogue.ts'), 'utf8')
  return [...text.matchAll(/^import \{[^}]*\} from '(\.\/[^']+)'/gm)].map(([, path = '']) =>
    join(folder, path),
  )
}
