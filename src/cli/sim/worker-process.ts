/** The parent's end of a worker: one question at a time, and the death of the process is an answer too. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { WorkerAnswer, WorkerRequest } from './worker.ts'

/** How a worker's process differs from this one. */
export interface WorkerSettings {
  /** Options of Node.js and V8. */
  readonly nodeOptions?: readonly string[]
  /** Variables set beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>
}

/** The process ended before it answered. */
export interface WorkerDeath {
  /** In words: an exit code, or a signal. */
  readonly died: string
}

export function isDeath(answer: WorkerAnswer | WorkerDeath): answer is WorkerDeath {
  return 'died' in answer
}

export interface Worker {
  /** To be asked again only after it has answered. */
  ask(request: WorkerRequest): Promise<WorkerAnswer | WorkerDeath>
  /** Ends the process at once. What was asked is answered by its death. */
  kill(): void
}

export function startWorker(settings: WorkerSettings = {}): Worker {
  const { nodeOptions = [], environment = {} } = settings
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
    execArgv: [...nodeOptions],
    env: { ...process.env, ...environment },
    // Standard output belongs to the reporter.
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  let death: WorkerDeath | undefined
  let settle: ((answer: WorkerAnswer | WorkerDeath) => void) | undefined
  const die = (died: string): void => {
    death ??= { died }
    settle?.(death)
  }
  child.on('message', (answer) => settle?.(answer as unknown as WorkerAnswer))
  child.on('error', (error) => die(error.message))
  child.on('exit', (code, signal) => die(signal === null ? `exit code ${code}` : signal))
  return {
    ask: (request) => {
      const { promise, resolve } = Promise.withResolvers<WorkerAnswer | WorkerDeath>()
      settle = resolve
      if (death === undefined) child.send(request)
      else resolve(death)
      return promise
    },
    kill: () => child.kill('SIGKILL'),
  }
}
