/** Programs of this folder as processes that are told what to do, and tell what they did, over a channel. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { assert } from '../../src/base/assert.ts'

const flags = ['--no-warnings']
const answerMsMax = 120_000

export interface Child {
  readonly process: ChildProcess
  /** Tells it something, and waits for what it says next. Rejects if it ends, or says nothing for too long. */
  ask(order: unknown): Promise<unknown>
  /** What it says first. */
  readonly ready: Promise<unknown>
  /** It ends when the channel does. */
  end(): void
}

/** Starts a program of `bench/gossip`. What it writes is thrown away; its errors are shown. */
export function startChild(file: string, ...args: readonly (string | number)[]): Child {
  const path = join(import.meta.dirname, file)
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const
  const child = fork(path, args.map(String), { execArgv: flags, stdio: [...stdio] })
  return {
    process: child,
    ready: nextMessage(child),
    ask: (order) => {
      const answer = nextMessage(child)
      child.send(order as object)
      return answer
    },
    end: () => {
      if (child.connected) child.disconnect()
    },
  }
}

/** Runs in a child: calls `act` with each order, and sends what it answers. Ends with the channel. */
export function serveParent(act: (order: unknown) => unknown): void {
  process.on('disconnect', () => process.exit())
  process.on('message', async (order) => tellParent(await act(order)))
}

/** Runs in a child. */
export function tellParent(message: unknown): void {
  assert(process.send !== undefined, 'a parent')
  process.send({ message })
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const hear = (packet: unknown): void => {
    resolve((packet as { readonly message: unknown }).message)
  }
  const lose = (): void => reject(new Error('a process of the measurement has ended'))
  const timeout = setTimeout(() => reject(new Error('a process says nothing')), answerMsMax)
  child.once('message', hear)
  child.once('exit', lose)
  return promise.finally(() => {
    clearTimeout(timeout)
    child.off('message', hear)
    child.off('exit', lose)
  })
}
