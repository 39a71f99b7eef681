/**
 * A federation of real node processes on this machine, watched from one terminal. Starts them, shows
 * how far each has come whenever that changes, and stops them when it is stopped. A node that ends is
 * reported and not started again: that it stays down is what one wants to see.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { callNode, isRecord } from './rpc-client.ts'

/** One member: what it is called, its configuration, and where it answers. */
export interface DevnetNode {
  readonly name: string
  readonly configFile: string
  readonly rpcUrl: string
}

export interface DevnetOptions {
  readonly nodes: readonly DevnetNode[]
  /** How often each is asked where it stands. */
  readonly pollMs: number
  /** Writes one line for people. */
  readonly say: (line: string) => void
}

interface Running {
  readonly node: DevnetNode
  readonly child: ChildProcess
  /** Undefined while it runs. */
  exitCode: number | undefined
  readonly ended: Promise<void>
}

const program = fileURLToPath(new URL('../alys.mjs', import.meta.url))

/** Runs all nodes until every one has ended; answers 0 if they were asked to end and did so in order. */
export async function runDevnet({ nodes, pollMs, say }: DevnetOptions): Promise<number> {
  const running = nodes.map((node) => start(node, say))
  let isStopping = false
  const stop = (): void => {
    for (const { child } of running) child.kill(isStopping ? 'SIGKILL' : 'SIGINT')
    isStopping = true
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const done = new AbortController()
  const watching = watch(running, { pollMs, say, signal: done.signal })
  await Promise.all(running.map(({ ended }) => ended))
  done.abort()
  await watching
  process.off('SIGINT', stop)
  process.off('SIGTERM', stop)
  return isStopping && running.every(({ exitCode }) => exitCode === 0) ? 0 : 1
}

/**
 * In a process group of its own, so that the terminal's interrupt reaches only this process, which passes
 * it on; with a channel, by whose end the node notices that this process is gone.
 */
function start(node: DevnetNode, say: (line: string) => void): Running {
  const { name, configFile } = node
  const logFile = join(dirname(configFile), 'node.log')
  const log = openSync(logFile, 'a')
  const child = spawn(
    process.execPath,
    [...process.execArgv, program, 'node', '--config', configFile],
    { detached: true, stdio: ['ignore', log, 'pipe', 'ipc'] },
  )
  closeSync(log)
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const running: Running = { node, child, exitCode: undefined, ended }
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => say(`${name}  ${line}`))
  }
  child.on('error', (error) => {
    say(`${name}  cannot be started: ${error.message}`)
    running.exitCode ??= 1
    resolve()
  })
  child.on('exit', (code, signal) => {
    running.exitCode ??= code ?? 1
    say(`${name}  has ended (${signal ?? `exit code ${code}`}); its log is ${logFile}`)
    resolve()
  })
  return running
}

interface WatchOptions {
  readonly pollMs: number
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** Says where the nodes stand, each time that it differs from what was said last. */
async function watch(running: readonly Running[], options: WatchOptions): Promise<void> {
  const { pollMs, say, signal } = options
  let last = ''
  while (!signal.aborted) {
    const places = await Promise.all(running.map(placeOf))
    const line = running.map(({ node }, index) => `${node.name} ${places[index]}`).join('  ')
    if (line !== last && !signal.aborted) say(`${new Date().toISOString().slice(11, 19)}  ${line}`)
    last = line
    await pause(pollMs, signal)
  }
}

/** The committed height; `…` while it starts, `–` if it has ended. */
async function placeOf({ node, exitCode }: Running): Promise<string> {
  if (exitCode !== undefined) return '–'
  const head = await callNode(node.rpcUrl, 'alys_getHead')
  const committed = head.ok && isRecord(head.value) ? head.value.committed : undefined
  return isRecord(committed) ? String(committed.height) : '…'
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = (): void => {
    clearTimeout(timeout)
    signal.removeEventListener('abort', wake)
    resolve()
  }
  const timeout = setTimeout(wake, ms)
  signal.addEventListener('abort', wake, { once: true })
  return promise
}
