/**
 * A node as a process: says where it listens, runs until it is told to stop or gives up, and ends in
 * good order. Log lines go to standard output, what is said to people to standard error.
 *
 * Exit codes: 0 stopped by a signal, 1 gave up, 4 could not start, 128 + n a second signal n.
 */
import { constants } from 'node:os'
import { toHex } from '../../base/bytes.ts'
import { giveBackMemory } from '../../platform/memory.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import type { NodeSettings } from './config-file.ts'
import { openNode, type RunningNode } from './open-node.ts'
import { valueOrEnd } from './setup-fault.ts'

/** Why the process ends. */
type Ending =
  | { readonly kind: 'asked'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: string }

const signals = ['SIGINT', 'SIGTERM'] as const
/** Wrappers such as npx pass on a signal that the terminal has sent to all: that is one, not two. */
const sameSignalMs = 300
/** By then a node that has nothing to catch up with is at rest, and what its start took is garbage. */
const startedMs = 5_000
/** Whatever hangs then, the operator has asked for the end. */
const closeMsMax = 20_000

/** Runs until the end; answers 0 or 1. What keeps it from starting is thrown as a usage error. */
export async function runNode(settings: NodeSettings): Promise<ExitCode> {
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>()
  const unlisten = onEnd(end)
  const opened = await openNode(settings, (error) => {
    end({ kind: 'failed', error: error instanceof Error ? error.message : String(error) })
  })
  if (!opened.ok) unlisten()
  const node = valueOrEnd(opened)
  announce(node, settings)
  const settling = setTimeout(giveBackMemory, startedMs)
  const onRejection = (error: unknown): void => {
    node.log({ kind: 'rejection-unhandled', error: String(error) })
  }
  // Actors know no promises, so what was rejected is libp2p's own: a lost connection, not a lost node.
  process.on('unhandledRejection', onRejection)
  const ending = await ended
  clearTimeout(settling)
  node.log(endingEvent(ending))
  if (ending.kind === 'failed') console.error(`the node gave up: ${ending.error}`)
  const watchdog = setTimeout(() => process.exit(1), closeMsMax)
  await node.close()
  clearTimeout(watchdog)
  process.off('unhandledRejection', onRejection)
  unlisten()
  return ending.kind === 'failed' ? exitCode.violated : exitCode.held
}

function endingEvent(ending: Ending): Parameters<RunningNode['log']>[0] {
  return ending.kind === 'failed'
    ? { kind: 'node-failed', error: ending.error }
    : { kind: 'node-stopping', reason: ending.reason }
}

function announce(node: RunningNode, { chain, dataFolder, member }: NodeSettings): void {
  const chainTag = toHex(chain.tag)
  const { peer, addresses, rpcUrl } = node
  node.log({ kind: 'node-started', peer, addresses, rpc: rpcUrl, chainTag, member })
  const count = chain.committee.members.length
  const role = member === undefined ? 'follower' : `member ${member} of ${count}`
  const lines = [
    `${peer}, ${role} of chain ${chain.spec.name} (${chainTag})`,
    ...addresses.map((address) => `listens on ${address}`),
    ...(addresses.length === 0 ? ['listens nowhere'] : []),
    rpcUrl === undefined ? 'answers no calls' : `answers JSON-RPC at ${rpcUrl}`,
    dataFolder === undefined ? 'keeps nothing' : `keeps its data in ${dataFolder}`,
  ]
  for (const line of lines) console.error(line)
}

/**
 * Ends at the first signal, or when the program that started this one over a channel is gone; a second
 * signal ends the process at once. Answers how to stop listening.
 */
function onEnd(end: (ending: Ending) => void): () => void {
  let firstMs: number | undefined
  const onSignal = (signal: (typeof signals)[number]): void => {
    const nowMs = performance.now()
    if (firstMs !== undefined && nowMs - firstMs > sameSignalMs) {
      process.exit(128 + constants.signals[signal])
    }
    firstMs ??= nowMs
    end({ kind: 'asked', reason: signal })
  }
  const onDisconnect = (): void => end({ kind: 'asked', reason: 'the parent process is gone' })
  for (const signal of signals) process.on(signal, onSignal)
  process.once('disconnect', onDisconnect)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
    process.off('disconnect', onDisconnect)
    if (process.connected) process.disconnect?.()
  }
}
