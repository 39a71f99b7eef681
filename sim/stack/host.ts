/**
 * On whose behalf code runs. Code that waits comes back in pieces, between pieces of others; each piece carries, in
 * an `AsyncLocalStorage`, the host that it belongs to: one life of one machine, with its clock and its chance.
 *
 * Code with a host sees that host's world in place of the runtime's. Code without one, while a simulation
 * runs, belongs to the synchronous world, which may ask the runtime for nothing.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { Clock, Random } from '../../src/kernel/environment.ts'
import type { Life } from '../life.ts'

/** One life of a machine, as code that runs there sees it. */
export interface StackHost {
  readonly name: string
  /** Its timers die with the life, wait while it is paused, and run as fast as the machine's oscillator. */
  readonly clock: Clock
  readonly life: Life
  /** Behind `Math.random`. */
  readonly chance: Random
  /** Behind everything that is to be unpredictable: keys, nonces, identifiers. */
  readonly secrets: Random
}

const storage = new AsyncLocalStorage<StackHost | undefined>()

/** The host on whose behalf the present code runs; undefined if it runs on nobody's. */
export function presentHost(): StackHost | undefined {
  return storage.getStore()
}

/** Runs code on behalf of a host, and whatever that code waits for and comes back to. */
export function within<Value>(host: StackHost, run: () => Value): Value {
  return storage.run(host, run)
}

/** Runs code on nobody's behalf: the way back from a host into the synchronous world. */
export function outside<Value>(run: () => Value): Value {
  return storage.run(undefined, run)
}

/** The whole asynchronous context of a moment, the host included, for what runs later. */
export class Moment {
  // Cheaper than a snapshot of all storages, which binds a function besides.
  readonly #resource = new AsyncResource('alys.moment', { requireManualDestroy: true })

  /** Runs in that context. */
  run(run: () => void): void {
    this.#resource.runInAsyncScope(run)
  }
}
