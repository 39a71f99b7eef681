/** Plants a bug: copies the project to a folder of its own and changes places in it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Edit, Mutant } from '../../../test/mutants/mutant.ts'
import { projectRoot } from '../project-root.ts'

const folders = ['src', 'sim', 'scenarios', 'examples', 'bench', 'test']
const copied = [...folders, 'package.json', 'tsconfig.json']

/** The text with the bug in it. Throws if the place is not there, or there more than once. */
function mutated(source: string, { file, find, replace }: Edit): string {
  const places = source.split(find).length - 1
  if (places !== 1) throw new Error(`${file} has the place to change ${places} times: ${find}`)
  return source.replace(find, () => replace)
}

/** Whatever changes places. */
type Edited = Pick<Mutant, 'edits'>

/** Every file that a bug changes, as it is then. Later changes of a file stand on earlier ones. */
export function mutatedFiles(mutant: Edited, folder = projectRoot): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const edit of mutant.edits) {
    const source = files.get(edit.file) ?? readFileSync(join(folder, edit.file), 'utf8')
    files.set(edit.file, mutated(source, edit))
  }
  return files
}

/** Plants a bug in a copy of the project. */
export function plant(folder: string, mutant: Edited): void {
  for (const [file, text] of mutatedFiles(mutant, folder)) writeFileSync(join(folder, file), text)
}

/** Calls `use` with a copy of the project, which is taken away again whatever happens. */
export async function withCopy<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'alys-mutant-'))
  try {
    for (const path of copied)
      cpSync(join(projectRoot, path), join(folder, path), { recursive: true })
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'dir')
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
