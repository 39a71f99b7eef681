/** What a file imports, and what it needs of it at run time. */
import { dirname, join } from 'node:path/posix'
import type { SourceFile } from './source.ts'

export interface Import {
  /** A path from the root of the project, or the name of a package. */
  readonly target: string
  readonly isPackage: boolean
  /** Erased before the program runs. */
  readonly isType: boolean
  readonly offset: number
}

const statement = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g

export function importsOf(file: SourceFile): readonly Import[] {
  const found: Import[] = []
  for (const match of file.code.matchAll(statement)) {
    found.push(importOf(file, match[2] ?? '', match.index, match[1] !== undefined))
  }
  for (const match of file.code.matchAll(dynamic)) {
    found.push(importOf(file, match[1] ?? '', match.index, false))
  }
  return found
}

function importOf(file: SourceFile, name: string, offset: number, isType: boolean): Import {
  const isPackage = !name.startsWith('.')
  const target = isPackage ? name : join(dirname(file.path), name)
  return { target, isPackage, isType, offset }
}
