/** Faults of the code, as opposed to faults of the world: always on, in production too. */

/** A broken assumption. It is thrown, never returned, and nothing but a supervisor catches it. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Throws unless `condition` holds. `message` says what was assumed, with the values at hand. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** The end of an exhaustive switch. It compiles only while every case above is handled. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`)
}

/** The value, or an assertion failure that says what is missing. */
export function present<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new AssertionError(`missing: ${what}`)
  return value
}
