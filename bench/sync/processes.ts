/** The processes of this suite: started, awaited, told to stop. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** What `meter-hook.ts` is to do. */
export const hookVariable = 'ALYS_BENCH_METER'

const flags = ['--no-warnings']
const stopMsMax = 15_000

/** A child process, and how it ends. */
export interface Running {
  readonly child: ChildProcess
  /** What it wrote to standard output. Rejects if it ends with an error. */
  readonly ended: Promise<string>
}

/** Runs a program of this folder. */
export function runProgram(file: string, ...args: readonly (string | number)[]): Running {
  return run([...flags, join(import.meta.dirname, file), ...args.map(String)], {})
}

/** Runs `alys node`; with an order for `meter-hook.ts`, one that is measured. */
export function runNode(configFile: string, order?: object): Running {
  const program = join(import.meta.dirname, '../../src/cli/alys.mjs')
  const hook = ['--import', join(import.meta.dirname, 'meter-hook.ts')]
  const hooked = order === undefined ? [] : hook
  const environment = order === undefined ? {} : { [hookVariable]: JSON.stringify(order) }
  return run([...flags, ...hooked, program, 'node', '--config', configFile], environment)
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const { promise: ended, resolve, reject } = Promise.withResolvers<string>()
  let [output, errors] = ['', '']
  child.stdout.on('data', (text) => {
    output += text
  })
  child.stderr.on('data', (text) => {
    errors += text
  })
  child.once('error', reject)
  child.once('close', (code, signal) => {
    if (code === 0 || signal === 'SIGTERM') resolve(output)
    else reject(new Error(`${args.at(-3)} … ended with ${code ?? signal}: ${errors.slice(-2_000)}`))
  })
  // Whoever started it may be busy elsewhere when it fails, and asks later.
  ended.catch(() => undefined)
  return { child, ended }
}

/** Tells a process to stop, and waits until it has. */
export async function stop({ child, ended }: Running): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
  await ended.catch(() => undefined)
  clearTimeout(late)
}
