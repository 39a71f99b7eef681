/**
 * Memory that only the start of a program took. Loading it makes much garbage, so the engine makes much room for what is
 * new; it gives that back when it collects the whole heap, which a node that has little to do does hours later.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects all garbage of this thread now, which takes some ten milliseconds for a node that has just started. */
export function giveBackMemory(): void {
  // The engine has no other way to be asked for it than a function, for contexts that are made under this flag.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof collect === 'function') collect()
}
