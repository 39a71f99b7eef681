import { spawnSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'

/** Where and when figures were taken. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** In GiB. */
  readonly memory: number
  readonly node: string
  readonly v8: string
  /** Of the last 1, 5 and 15 minutes before the run began. Above 0, others were at work too. */
  readonly loadAverage: readonly number[]
  /** Of the working copy, with a plus if it has changes; absent outside of one. */
  readonly commit?: string
}

/** This machine, now. */
export function thisMachine(): Machine {
  const processors = cpus()
  const commit = commitHere()
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memory: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.versions.node,
    v8: process.versions.v8,
    loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
    ...(commit === undefined ? {} : { commit }),
  }
}

function commitHere(): string | undefined {
  const head = git('rev-parse', '--short=12', 'HEAD')
  if (head === undefined) return undefined
  return git('status', '--porcelain') === '' ? head : `${head}+`
}

function git(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
