/** What ends a sweep from outside: the time that it was given, or an interruption from the terminal. */
import type { EventEmitter } from 'node:events'
import type { Millis } from '../../base/units.ts'

export interface Stops {
  readonly signal: AbortSignal
  /** Why the signal fired; undefined if it has not. */
  readonly reason: () => 'time' | 'interrupted' | undefined
  /** Forgets the time, and lets an interruption end the process again. */
  readonly release: () => void
}

/** Whoever says that the terminal interrupts: this process, but for tests. */
type Interrupts = Pick<EventEmitter, 'once' | 'off'>

/** Begins to watch. A second interruption ends the process at once. */
export function watchStops(
  timeBudgetMs: Millis | undefined,
  interrupts: Interrupts = process,
): Stops {
  const controller = new AbortController()
  let reason: 'time' | 'interrupted' | undefined
  const stop = (why: 'time' | 'interrupted'): void => {
    reason ??= why
    controller.abort()
  }
  const interrupt = (): void => stop('interrupted')
  interrupts.once('SIGINT', interrupt)
  const cancel =
    timeBudgetMs === undefined ? () => undefined : callAfter(timeBudgetMs, () => stop('time'))
  return {
    signal: controller.signal,
    reason: () => reason,
    release: () => {
      cancel()
      interrupts.off('SIGINT', interrupt)
    },
  }
}

/** The longest that a timer of Node.js can wait. */
const timerMsMax = 2 ** 31 - 1

/** Calls `act` after any time, however long; the result cancels that. */
function callAfter(ms: Millis, act: () => void): () => void {
  const dueMs = performance.now() + ms
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const leftMs = dueMs - performance.now()
    timer = leftMs > timerMsMax ? setTimeout(wait, timerMsMax) : setTimeout(act, leftMs)
  }
  wait()
  return () => clearTimeout(timer)
}
