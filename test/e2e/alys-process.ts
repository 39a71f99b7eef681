/** The program `alys` as a process of its own, and free ports for it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../src/cli/alys.mjs', import.meta.url))

const brokenDisk = new URL('broken-disk.ts', import.meta.url).href

export interface AlysProcess {
  readonly child: ChildProcess
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  stdout(): string
  stderr(): string
}

/** What the process that spoke last has said, for a failure's message. */
let lastWords = ''
const started = new Set<ChildProcess>()

/** Starts `alys` with these arguments. */
export function startAlys(...args: readonly string[]): AlysProcess {
  return startProgram([], args)
}

/** Starts `alys` on a disk that breaks when it holds two blocks. */
export function startAlysOnBrokenDisk(...args: readonly string[]): AlysProcess {
  return startProgram(['--import', brokenDisk], args)
}

function startProgram(nodeArgs: readonly string[], args: readonly string[]): AlysProcess {
  const child = spawn(process.execPath, [...nodeArgs, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
    lastWords = stderr.slice(-1_000)
  })
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => {
      started.delete(child)
      resolve(code ?? String(signal))
    })
  })
  return { child, ended, stdout: () => stdout, stderr: () => stderr }
}

/** Ends whatever still runs, without asking. */
export function killAll(): void {
  for (const child of started) child.kill('SIGKILL')
}

/** Asks until the answer is defined. Fails with `what` when the time is over. */
export async function eventually<Value>(
  what: string,
  msMax: number,
  ask: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const endMs = performance.now() + msMax
  for (;;) {
    const value = await ask()
    if (value !== undefined) return value
    if (performance.now() > endMs) {
      throw new Error(`not within ${msMax} ms: ${what}; heard last: ${lastWords}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** The first of `count` ports in a row that nobody listens on. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    // Below the range from which the system takes ports for outgoing connections.
    const first = 20_000 + 2 * Math.floor(Math.random() * 5_000)
    const ports = Array.from({ length: count }, (_, index) => first + index)
    const free = await Promise.all(ports.map(isFree))
    if (free.every((each) => each)) return first
  }
  throw new Error(`no ${count} free ports in a row`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
