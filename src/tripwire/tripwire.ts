/**
 * How calls are caught that would make one run of a simulation differ from the next: functions of the runtime are
 * replaced by ones that first look whether such a call may be made at present, and if not throw an error
 * that names what was called and where.
 *
 * Which functions, and when, is a matter of who sets the wire: the lock-down for synchronous simulations, the
 * stack world for code that waits.
 */
import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Simulated code called what differs from run to run. */
export class NondeterminismError extends Error {
  override readonly name = 'NondeterminismError'
  /** What was called, for example `Math.random`. */
  readonly called: string
  /** The caller's file, relative to the working directory where it is below it, and line. */
  readonly caller: string

  constructor(called: string, caller: string) {
    super(`${called} was called in simulated code at ${caller}`)
    this.called = called
    this.caller = caller
  }
}

export interface TripwireOptions {
  /** Whether a trapped call throws at present. It is asked at each, so it must be quick. */
  readonly isArmed: () => boolean
  /** Told of each call that is caught, since whoever made it may swallow the error. */
  readonly onTrip: (error: NondeterminismError) => void
  /** URLs of the files that set the wire: their frames are not the caller. */
  readonly files: readonly string[]
}

const require = createRequire(import.meta.url)

export class Tripwire {
  readonly #options: TripwireOptions
  readonly #files: ReadonlySet<string>

  constructor(options: TripwireOptions) {
    this.#options = options
    this.#files = new Set([import.meta.url, ...options.files].map((url) => fileURLToPath(url)))
  }

  /** Throws if the wire is armed and the caller is not the library of Node.js itself. */
  check(called: string): void {
    const { isArmed, onTrip } = this.#options
    if (!isArmed()) return
    const stack = stackHere()
    if (blinding.test(stack)) return
    const caller = this.#callerIn(stack)
    if (caller === undefined) return
    const error = new NondeterminismError(called, caller)
    onTrip(error)
    throw error
  }

  /** Replaces functions of an object by ones that check first. What is absent is left out. */
  trap(owner: object, label: string, names: readonly string[]): void {
    for (const name of names) {
      const real: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value
      if (typeof real !== 'function') continue
      const called = label === '' ? name : `${label}.${name}`
      const guarded = new Proxy(real, {
        apply: (target, self, values) => {
          this.check(called)
          return Reflect.apply(target, self, values)
        },
        construct: (target, values, newTarget) => {
          this.check(called)
          return Reflect.construct(target, values, newTarget)
        },
      })
      Reflect.set(owner, name, guarded)
    }
  }

  /** Traps every plain function and class of a built-in module. */
  trapModule(name: string): void {
    const exports = builtIn(name)
    this.trap(exports, name, functionsOf(exports))
  }

  /** File and line of the code that made the trapped call; undefined if that is Node's own library. */
  #callerIn(stack: string): string | undefined {
    for (const line of stack.split('\n').slice(1)) {
      const found = /(?:\(|at )((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^()]*):(\d+):\d+\)?$/.exec(line)
      const file = found?.[1]
      if (file === undefined || this.#files.has(pathOf(file))) continue
      return file.startsWith('node:') ? undefined : `${shortPath(file)}:${found?.[2]}`
    }
    return 'an unknown place'
  }
}

/**
 * noble-curves blinds secret scalars while it signs, so that timing tells nothing about them. What it draws for
 * that cancels out: the signature is the same each time. Making a key is not exempt.
 */
const blinding = /at ScalarMultiplier\.\w+ \(.*@noble[/\\]curves[/\\]abstract[/\\]curve\.js/

/** The exports of a module of Node.js, as one object that can be changed. */
export function builtIn(name: string): object {
  return require(`node:${name}`) as object
}

/** Names of the plain functions and classes of an object. Getters are not touched, let alone called. */
export function functionsOf(owner: object): readonly string[] {
  const isFunction = (name: string): boolean =>
    typeof Object.getOwnPropertyDescriptor(owner, name)?.value === 'function'
  return Object.getOwnPropertyNames(owner).filter(
    (name) => name !== 'constructor' && isFunction(name),
  )
}

/** The stack as text, because whoever maps positions back to their sources maps them there. */
function stackHere(): string {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 20
  const { stack = '' } = new Error('here')
  Error.stackTraceLimit = limit
  return stack
}

function shortPath(file: string): string {
  const path = pathOf(file)
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

function pathOf(file: string): string {
  return file.startsWith('file://') ? fileURLToPath(file) : file
}
