/**
 * Ticks and microtasks of a host are the real ones, but for what becomes of an error that one of them throws. It must not
 * reach the loop that runs them: that loop is run from within a call here, which it would leave half done.
 */
import type { Ambients, Answer } from './ambient.ts'

type Task = (...values: readonly unknown[]) => void

/** Hands errors that a tick or a microtask throws to `fail`, instead of ending the process. */
export function replaceTasks(ambients: Ambients, fail: (error: unknown) => void): void {
  const { nextTick } = process
  const { queueMicrotask: enqueue } = globalThis
  ambients.replace(process, 'nextTick', 'process.nextTick', (_host, [task, ...values]) =>
    nextTick(failing(task, fail), ...values),
  )
  const microtask: Answer = (_host, [task]) => enqueue(failing(task, fail))
  ambients.replace(globalThis, 'queueMicrotask', 'queueMicrotask', microtask)
}

function failing(task: unknown, fail: (error: unknown) => void): Task {
  const run = task as Task
  if (typeof run !== 'function') throw new TypeError('The "callback" argument must be a function')
  return (...values) => {
    try {
      run(...values)
    } catch (error) {
      fail(error)
    }
  }
}
