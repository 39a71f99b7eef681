/** Lays source out as the project's formatter does, if that is installed. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { projectRoot } from '../../project-root.ts'

const formatter = join(projectRoot, 'node_modules/@biomejs/biome/bin/biome')

/** The text with its imports in order, lines broken, quotes of one kind; as it was where there is no formatter. */
export function laidOut(text: string, file: string): string {
  if (!existsSync(formatter)) return text
  // By the rules for scenarios, wherever the file is to lie.
  const path = join(projectRoot, 'scenarios/found', basename(file))
  const where = ['--vcs-enabled=false', `--stdin-file-path=${path}`]
  const args = [formatter, 'check', '--write', ...where]
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: projectRoot,
    input: text,
    encoding: 'utf8',
  })
  return status === 0 && stdout !== '' ? stdout : text
}
