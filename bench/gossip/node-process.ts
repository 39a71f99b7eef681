/** A process of `alys node` that can be asked what it has used. It ends with whoever started it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Reading, readProbe } from './probe.ts'

const program = join(import.meta.dirname, '../../src/cli/alys.mjs')
const hook = join(import.meta.dirname, 'probe-hook.ts')
const stopMsMax = 15_000

export interface NodeProcess {
  readonly child: ChildProcess
  /** What it has used so far. Rejects once it has ended. */
  read(): Promise<Reading>
  /** Tells it to stop, and waits until it has. */
  stop(): Promise<void>
  /** The last that it wrote to standard error. */
  lastWords(): string
}

/** Starts a node. Its log goes where its configuration says; what it writes to standard output is thrown away. */
export function startNodeProcess(configFile: string): NodeProcess {
  const flags = ['--no-warnings', '--import', hook]
  const args = [...flags, program, 'node', '--config', configFile]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let words = ''
  child.stderr?.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-2_000)
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  return {
    child,
    read: () => readProbe(child),
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
      await ended
      clearTimeout(late)
    },
    lastWords: () => words,
  }
}
