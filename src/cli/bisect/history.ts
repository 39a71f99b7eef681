/**
 * The commits between two revisions of a repository, and trees of their files. Of a merge only the first parent is
 * followed, so that the commits are in a row: what a branch brought in came with its merge.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../exit.ts'

export interface Commit {
  /** The whole hash. */
  readonly hash: string
  /** The first line of its message. */
  readonly subject: string
}

export class History {
  /** Where the repository's files are. */
  readonly folder: string

  /** The repository that `folder` is in. A usage error if it is in none. */
  constructor(folder: string) {
    this.folder = gitIn(folder, 'bisect', 'rev-parse', '--show-toplevel')
  }

  /** From the good one to the bad one, both included. A usage error if the one does not lead to the other. */
  between(good: string, bad: string): readonly Commit[] {
    const from = this.#commit('--good', good)
    const to = this.#commit('--bad', bad)
    const list = ['rev-list', '--first-parent', '--reverse', `${from.hash}..${to.hash}`]
    const hashes = gitIn(this.folder, '--good', ...list)
      .split('\n')
      .filter(Boolean)
    const [first] = hashes
    const parent = first === undefined ? undefined : this.#parentOf(first)
    if (parent !== from.hash) {
      throw new UsageError(
        `--good ${good}: expected a commit before ${bad} on its line of first parents, ` +
          (first === undefined ? 'and it is the same or comes after it' : 'and it is not on it'),
      )
    }
    return [from, ...hashes.map((hash) => this.#commit('--bad', hash))]
  }

  /** Calls `use` with a folder that has the files of a commit, and is taken away again whatever happens. */
  async withTree<Value>({ hash }: Commit, use: (folder: string) => Promise<Value>): Promise<Value> {
    const scratch = mkdtempSync(join(tmpdir(), 'alys-bisect-'))
    try {
      const tree = join(scratch, 'tree')
      mkdirSync(tree)
      // An index of its own: that of the repository, and its files, are left alone.
      const index = { GIT_INDEX_FILE: join(scratch, 'index') }
      git(this.folder, index, 'read-tree', hash)
      git(this.folder, index, 'checkout-index', '--all', `--prefix=${tree}/`)
      const modules = join(this.folder, 'node_modules')
      if (existsSync(modules)) symlinkSync(modules, join(tree, 'node_modules'), 'dir')
      return await use(tree)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }

  #commit(flag: string, revision: string): Commit {
    const text = gitIn(
      this.folder,
      `${flag} ${revision}`,
      'log',
      '-1',
      '--format=%H %s',
      revision,
      '--',
    )
    const [hash = ''] = text.split(' ', 1)
    return { hash, subject: text.slice(hash.length + 1) }
  }

  #parentOf(hash: string): string | undefined {
    try {
      return git(this.folder, {}, 'rev-parse', '--verify', '--quiet', `${hash}^1`)
    } catch {
      return undefined
    }
  }
}

/** What git says; a usage error that begins with `what` if it refuses. */
function gitIn(folder: string, what: string, ...args: readonly string[]): string {
  try {
    return git(folder, {}, ...args)
  } catch (error) {
    const { stderr } = error as { readonly stderr?: unknown }
    const [why = ''] = String(stderr ?? error)
      .trim()
      .split('\n')
    throw new UsageError(`${what}: git says: ${why}`)
  }
}

function git(
  folder: string,
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): string {
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 256 * 1_048_576,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}
