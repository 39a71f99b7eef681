/** What a run follows from besides its job: the program, its dependencies, and what runs it. */
import { createHash, type Hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import { currentRevision, type Revision } from '../revision.ts'

export interface Maker {
  /** Versions of Node.js, V8 and this program. */
  readonly node: string
  readonly v8: string
  readonly alys: string
  /** 16 hexadecimal digits each: of `package-lock.json`, and of the sources that decide what happens in a run. */
  readonly lock: string | undefined
  readonly sources: string
  readonly revision: Revision | undefined
}

/** Folders whose files decide what happens in a run, and those in them whose files only look on. */
const deciding = ['src', 'sim', 'scenarios']
const lookingOn: readonly string[] = ['src/cli', 'src/viewer']

let maker: Maker | undefined

/** This program, as it was when it was first asked for. */
export function thisMaker(): Maker {
  maker ??= {
    node: process.versions.node,
    v8: process.versions.v8,
    alys: (
      JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }
    ).version,
    lock: hashOf((hash) => addFile(hash, 'package-lock.json')),
    sources: hashOf((hash) => deciding.map((folder) => addFolder(hash, folder)).length > 0) ?? '',
    revision: currentRevision(),
  }
  return maker
}

/** Undefined if there was nothing to add. */
function hashOf(add: (hash: Hash) => boolean): string | undefined {
  const hash = createHash('sha256')
  return add(hash) ? hash.digest('hex').slice(0, 16) : undefined
}

/** Names and contents, in the order of the names. */
function addFolder(hash: Hash, folder: string): void {
  const entries = readdirSync(join(projectRoot, folder), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`
    if (lookingOn.includes(path)) continue
    if (entry.isDirectory()) addFolder(hash, path)
    else if (entry.isFile()) addFile(hash, path)
  }
}

function addFile(hash: Hash, path: string): boolean {
  const file = join(projectRoot, path)
  if (!existsSync(file)) return false
  const bytes = readFileSync(file)
  hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  return true
}
