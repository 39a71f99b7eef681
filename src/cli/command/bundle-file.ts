/** A bundle in a file, for the commands that take one. */
import { readFileSync } from 'node:fs'
import { UsageError } from '../exit.ts'
import type { Bundle } from '../sim/bundle-schema.ts'

/** The bundle; a usage error if the file cannot be read, or holds none. What reads it is loaded only now. */
export async function readBundle(file: string): Promise<Bundle> {
  const { parseBundle } = await import('../sim/bundle-schema.ts')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`)
  }
  const bundle = parseBundle(text)
  if (!bundle.ok) throw new UsageError(`${file} is not a bundle: ${bundle.fault}`)
  return bundle.value
}
