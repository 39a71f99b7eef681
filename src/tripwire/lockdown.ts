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
import { syncBuiltinESMExports } from 'node:module'
import { builtIn, functionsOf, type NondeterminismError, Tripwire } from './tripwire.ts'

export interface Lockdown {
  /** From now on a trapped call throws. Calls nest. */
  enter(): void
  /** Ends that, and throws the first trapped call again, in case the simulated code swallowed it. */
  leave(): void
  /** Lets calls pass for which this holds: those of code that runs under rules of its own. Replaces an earlier one. */
  exempt(isElsewhere: () => boolean): void
}

interface LockdownState extends Lockdown {
  /** How many `enter`s have no `leave` yet. */
  depth: number
  isElsewhere: () => boolean
  first: NondeterminismError | undefined
}

/** Under this name the one state of the process is kept, whoever loads this file how often. */
const stateKey = Symbol.for('alys.lockdown')

/** Installs the traps, once a process, and returns their switch. They cost nothing that matters while off. */
export function installLockdown(): Lockdown {
  const installed: unknown = Reflect.get(globalThis, stateKey)
  if (installed !== undefined) return installed as Lockdown
  const state: LockdownState = {
    depth: 0,
    isElsewhere: () => false,
    first: undefined,
    enter: () => {
      if (state.depth === 0) state.first = undefined
      state.depth += 1
    },
    leave: () => {
      state.depth -= 1
      if (state.depth === 0 && state.first !== undefined) throw state.first
    },
    exempt: (isElsewhere) => {
      state.isElsewhere = isElsewhere
    },
  }
  Reflect.set(globalThis, stateKey, state)
  const wire = new Tripwire({
    isArmed: () => state.depth > 0 && !state.isElsewhere(),
    onTrip: (error) => {
      state.first ??= error
    },
    files: [import.meta.url],
  })
  trapDate(wire)
  trapGlobals(wire)
  trapModules(wire)
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

function trapGlobals(wire: Tripwire): void {
  wire.trap(Math, 'Math', mathFunctions)
  wire.trap(globalThis, '', globalFunctions)
  wire.trap(process, 'process', processFunctions)
  wire.trap(process.hrtime, 'process.hrtime', ['bigint'])
  wire.trap(Performance.prototype, 'performance', ['now', 'mark', 'measure'])
  wire.trap(Crypto.prototype, 'crypto', ['getRandomValues', 'randomUUID'])
  wire.trap(SubtleCrypto.prototype, 'crypto.subtle', functionsOf(SubtleCrypto.prototype))
  wire.trap(Atomics, 'Atomics', ['wait', 'waitAsync'])
  wire.trap(Intl, 'Intl', functionsOf(Intl))
  wire.trap(AbortSignal, 'AbortSignal', ['timeout'])
  const localeText = ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase']
  wire.trap(String.prototype, 'String.prototype', localeText)
  for (const kind of [Number, BigInt, Array, Object]) {
    wire.trap(kind.prototype, `${kind.name}.prototype`, ['toLocaleString'])
  }
}

function trapModules(wire: Tripwire): void {
  for (const name of wholeModules) {
    wire.trapModule(name)
  }
  wire.trap(builtIn('crypto'), 'crypto', cryptoFunctions)
  // Compression on the thread pool finishes in any order; the synchronous functions are sound.
  const zlib = builtIn('zlib')
  const compressors = functionsOf(zlib).filter((name) => /^[a-z]/.test(name))
  const isSound = (name: string): boolean => name.endsWith('Sync') || name === 'crc32'
  wire.trap(
    zlib,
    'zlib',
    compressors.filter((name) => !isSound(name)),
  )
}

/** A date made from numbers is sound, one made from nothing is the present, and local time is local. */
function trapDate(wire: Tripwire): void {
  const RealDate = Date
  wire.trap(RealDate, 'Date', ['now'])
  wire.trap(RealDate.prototype, 'Date.prototype', localDateFunctions)
  const guarded = new Proxy(RealDate, {
    apply: () => {
      wire.check('Date')
      return RealDate()
    },
    construct: (target, values, newTarget) => {
      if (values.length === 0) wire.check('new Date')
      return Reflect.construct(target, values, newTarget)
    },
  })
  RealDate.prototype.constructor = guarded
  globalThis.Date = guarded
}
