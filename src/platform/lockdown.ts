/**
 * The ambient lock-down: while simulated code runs, whatever could make one run differ from the next (time,
 * randomness, timers, files, sockets, locales, transcendental functions) throws an error that names
 * what was called and where.
 *
 * The compiler and the linter keep the pure layers clean; this catches what they cannot see: packages, and
 * code of the embedding program. One boolean suffices, because a simulation is one synchronous call.
 *
 * It is a tripwire, not a sandbox. `**` on fractions, promises and `async` functions pass, and so does what Node's own
 * library does on behalf of a call that is harmless in itself.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'
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

export interface Lockdown {
  /** From now on a trapped call throws. Calls nest. */
  enter(): void
  /** Ends that, and throws the first trapped call again, in case the simulated code swallowed it. */
  leave(): void
}

interface LockdownState extends Lockdown {
  /** How many `enter`s have no `leave` yet. */
  depth: number
  first: NondeterminismError | undefined
}

const require = createRequire(import.meta.url)

/** Under this name the one state of the process is kept, whoever loads this file how often. */
const stateKey = Symbol.for('alys.lockdown')

/** Installs the traps, once a process, and returns their switch. They cost nothing that matters while off. */
export function installLockdown(): Lockdown {
  const installed: unknown = Reflect.get(globalThis, stateKey)
  if (installed !== undefined) return installed as Lockdown
  const state: LockdownState = {
    depth: 0,
    first: undefined,
    enter: () => {
      if (state.depth === 0) state.first = undefined
      state.depth += 1
    },
    leave: () => {
      state.depth -= 1
      if (state.depth === 0 && state.first !== undefined) throw state.first
    },
  }
  Reflect.set(globalThis, stateKey, state)
  trapDate(state)
  trapGlobals(state)
  trapModules(state)
  // Named imports of built-in modules, past and future, see the traps too.
  syncBuiltinESMExports()
  return state
}

// ----- what is trapped -----

const mathFunctions = [
  ...['random', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh'],
  ...['asinh', 'acosh', 'atanh', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'pow', 'cbrt'],
  'hypot',
]
const globalFunctions = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'WeakRef'],
  ...['FinalizationRegistry', 'MessageChannel', 'BroadcastChannel', 'WebSocket', 'EventSource'],
]
const processFunctions = [
  ...['hrtime', 'nextTick', 'uptime', 'memoryUsage', 'cpuUsage', 'threadCpuUsage'],
  ...['resourceUsage', 'availableMemory', 'constrainedMemory', 'emitWarning'],
]
const localDateFunctions = [
  ...['getDate', 'getDay', 'getFullYear', 'getHours', 'getMinutes', 'getMonth', 'toString'],
  ...['getTimezoneOffset', 'toDateString', 'toTimeString'],
  ...['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'],
]
const cryptoFunctions = [
  ...['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync', 'generateKey'],
  ...['generateKeySync', 'generateKeyPair', 'generateKeyPairSync', 'generatePrime', 'pbkdf2'],
  ...['generatePrimeSync', 'checkPrime', 'hkdf', 'scrypt', 'pseudoRandomBytes', 'getRandomValues'],
]
/** Modules of which every function and class reaches out of the process, or into its machinery. */
const wholeModules = [
  ...['fs', 'fs/promises', 'net', 'tls', 'dgram', 'dns', 'dns/promises', 'http', 'https', 'http2'],
  ...['child_process', 'cluster', 'worker_threads', 'os', 'timers', 'timers/promises', 'readline'],
]

function trapGlobals(state: LockdownState): void {
  trapAll(state, Math, 'Math', mathFunctions)
  trapAll(state, globalThis, '', globalFunctions)
  trapAll(state, process, 'process', processFunctions)
  trapAll(state, process.hrtime, 'process.hrtime', ['bigint'])
  trapAll(state, Performance.prototype, 'performance', ['now', 'mark', 'measure'])
  trapAll(state, Crypto.prototype, 'crypto', ['getRandomValues', 'randomUUID'])
  trapAll(state, SubtleCrypto.prototype, 'crypto.subtle', functionsOf(SubtleCrypto.prototype))
  trapAll(state, Atomics, 'Atomics', ['wait', 'waitAsync'])
  trapAll(state, Intl, 'Intl', functionsOf(Intl))
  trapAll(state, AbortSignal, 'AbortSignal', ['timeout'])
  const localeText = ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase']
  trapAll(state, String.prototype, 'String.prototype', localeText)
  for (const kind of [Number, BigInt, Array, Object]) {
    trapAll(state, kind.prototype, `${kind.name}.prototype`, ['toLocaleString'])
  }
}

function trapModules(state: LockdownState): void {
  for (const name of wholeModules) {
    const exports = moduleOf(name)
    trapAll(state, exports, name, functionsOf(exports))
  }
  trapAll(state, moduleOf('crypto'), 'crypto', cryptoFunctions)
  // Compression on the thread pool finishes in any order; the synchronous functions are sound.
  const zlib = moduleOf('zlib')
  const compressors = functionsOf(zlib).filter((name) => /^[a-z]/.test(name))
  const isSound = (name: string): boolean => name.endsWith('Sync') || name === 'crc32'
  trapAll(
    state,
    zlib,
    'zlib',
    compressors.filter((name) => !isSound(name)),
  )
}

/** A date made from numbers is sound, one made from nothing is the present, and local time is local. */
function trapDate(state: LockdownState): void {
  const RealDate = Date
  trapAll(state, RealDate, 'Date', ['now'])
  trapAll(state, RealDate.prototype, 'Date.prototype', localDateFunctions)
  const guarded = new Proxy(RealDate, {
    apply: () => {
      check(state, 'Date')
      return RealDate()
    },
    construct: (target, values, newTarget) => {
      if (values.length === 0) check(state, 'new Date')
      return Reflect.construct(target, values, newTarget)
    },
  })
  RealDate.prototype.constructor = guarded
  globalThis.Date = guarded
}

// ----- how -----

/** Replaces functions of an object by ones that look at the switch first. What is absent is left out. */
function trapAll(
  state: LockdownState,
  owner: object,
  label: string,
  names: readonly string[],
): void {
  for (const name of names) {
    const real: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value
    if (typeof real !== 'function') continue
    const called = label === '' ? name : `${label}.${name}`
    const guarded = new Proxy(real, {
      apply: (target, self, values) => {
        check(state, called)
        return Reflect.apply(target, self, values)
      },
      construct: (target, values, newTarget) => {
        check(state, called)
        return Reflect.construct(target, values, newTarget)
      },
    })
    Reflect.set(owner, name, guarded)
  }
}

function moduleOf(name: string): object {
  return require(`node:${name}`) as object
}

/** Names of the plain functions and classes of an object. Getters are not touched, let alone called. */
function functionsOf(owner: object): readonly string[] {
  const isFunction = (name: string): boolean =>
    typeof Object.getOwnPropertyDescriptor(owner, name)?.value === 'function'
  return Object.getOwnPropertyNames(owner).filter(
    (name) => name !== 'constructor' && isFunction(name),
  )
}

function check(state: LockdownState, called: string): void {
  if (state.depth === 0) return
  const stack = stackHere()
  if (blinding.test(stack)) return
  const caller = callerIn(stack)
  if (caller === undefined) return
  const error = new NondeterminismError(called, caller)
  state.first ??= error
  throw error
}

/**
 * noble-curves blinds secret scalars while it signs, so that timing tells nothing about them. What it draws for
 * that cancels out: the signature is the same each time. Making a key is not exempt.
 */
const blinding = /at ScalarMultiplier\.\w+ \(.*@noble[/\\]curves[/\\]abstract[/\\]curve\.js/

/** The stack as text, because whoever maps positions back to their sources maps them there. */
function stackHere(): string {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 20
  const { stack = '' } = new Error('here')
  Error.stackTraceLimit = limit
  return stack
}

/** File and line of the code that made the trapped call; undefined if that is Node's own library. */
function callerIn(stack: string): string | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const found = /(?:\(|at )((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^()]*):(\d+):\d+\)?$/.exec(line)
    const file = found?.[1]
    if (file === undefined || isThisFile(file)) continue
    return file.startsWith('node:') ? undefined : `${shortPath(file)}:${found?.[2]}`
  }
  return 'an unknown place'
}

function isThisFile(file: string): boolean {
  return pathOf(file) === fileURLToPath(import.meta.url)
}

function shortPath(file: string): string {
  const path = pathOf(file)
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

function pathOf(file: string): string {
  return file.startsWith('file://') ? fileURLToPath(file) : file
}
