/** The runtime's clocks and timers as a host sees them: `Date`, `performance.now`, `setTimeout` and their kin. */
import { builtIn } from '../../src/tripwire/tripwire.ts'
import type { Ambients, Answer } from './ambient.ts'
import type { StackHost } from './host.ts'
import { clearVirtual, VirtualImmediate, VirtualTimer } from './timers.ts'

type Callback = (...values: unknown[]) => void
type Abortable = { readonly signal?: AbortSignal } | undefined

const nanosPerMilli = 1_000_000
const nanosPerSecond = 1_000_000_000

/** Gives every clock and timer of the runtime its second meaning. */
export function replaceTime(ambients: Ambients): void {
  replaceDate(ambients)
  replaceMonotonic(ambients)
  replaceTimers(ambients)
  replaceTimerPromises(ambients)
  replaceAbortTimeout(ambients)
}

// ----- clocks -----

/** A date made of nothing is the host's wall clock; of numbers, what it always was. */
function replaceDate(ambients: Ambients): void {
  const RealDate = Date
  const wall = (host: StackHost): number => Math.floor(host.clock.wall())
  ambients.replace(RealDate, 'now', 'Date.now', wall)
  if (!ambients.isReplaced('Date')) return
  const virtual = new Proxy(RealDate, {
    apply: (target) => {
      const host = ambients.host()
      if (host !== undefined) return new target(wall(host)).toString()
      ambients.wire.check('Date')
      return target()
    },
    construct: (target, values, newTarget) => {
      if (values.length > 0) return Reflect.construct(target, values, newTarget)
      const host = ambients.host()
      if (host !== undefined) return Reflect.construct(target, [wall(host)], newTarget)
      ambients.wire.check('new Date')
      return Reflect.construct(target, values, newTarget)
    },
  })
  RealDate.prototype.constructor = virtual
  globalThis.Date = virtual
}

function replaceMonotonic(ambients: Ambients): void {
  const nanos = ({ clock }: StackHost): number => Math.round(clock.now() * nanosPerMilli)
  ambients.replace(Performance.prototype, 'now', 'performance.now', ({ clock }) => clock.now())
  ambients.replaceGetter(
    Performance.prototype,
    'timeOrigin',
    'performance.timeOrigin',
    ({ clock }) => clock.wall() - clock.now(),
  )
  ambients.replace(process.hrtime, 'bigint', 'process.hrtime.bigint', (host) => BigInt(nanos(host)))
  ambients.replace(process, 'hrtime', 'process.hrtime', (host, [since]) => {
    const now = nanos(host)
    const before = since as readonly [number, number] | undefined
    const past = before === undefined ? now : now - (before[0] * nanosPerSecond + before[1])
    const seconds = Math.floor(past / nanosPerSecond)
    return [seconds, past - seconds * nanosPerSecond]
  })
  ambients.replace(process, 'uptime', 'process.uptime', ({ clock }) => clock.now() / 1_000)
}

// ----- timers -----

function replaceTimers(ambients: Ambients): void {
  const timeout: Answer = (host, [run, delay, ...rest]) =>
    new VirtualTimer(host, calling(run, rest), delay, false)
  const interval: Answer = (host, [run, delay, ...rest]) =>
    new VirtualTimer(host, calling(run, rest), delay, true)
  const immediate: Answer = (host, [run, ...rest]) => new VirtualImmediate(host, calling(run, rest))
  const both = [globalThis, builtIn('timers')]
  for (const owner of both) {
    ambients.replace(owner, 'setTimeout', 'setTimeout', timeout)
    ambients.replace(owner, 'setInterval', 'setInterval', interval)
    ambients.replace(owner, 'setImmediate', 'setImmediate', immediate)
    for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'])
      replaceClear(owner, name)
  }
}

/** Whoever clears a timer need not know of which world it is. */
function replaceClear(owner: object, name: string): void {
  const real = Reflect.get(owner, name) as (timer: unknown) => void
  Reflect.set(owner, name, (timer: unknown) => {
    if (!clearVirtual(timer)) real(timer)
  })
}

function calling(run: unknown, values: readonly unknown[]): () => void {
  const callback = run as Callback
  if (typeof callback !== 'function')
    throw new TypeError('The "callback" argument must be a function')
  return () => callback(...values)
}

// ----- timers that are waited for -----

function replaceTimerPromises(ambients: Ambients): void {
  const owner = builtIn('timers/promises')
  const label = 'timers/promises'
  const later: Answer = (host, [delay, value, options]) =>
    delayed(host, delay, { value, signal: (options as Abortable)?.signal })
  ambients.replace(owner, 'setTimeout', `${label}.setTimeout`, later)
  ambients.replace(owner, 'setImmediate', `${label}.setImmediate`, (host, [value]) => {
    return new Promise((resolve) => new VirtualImmediate(host, () => resolve(value)))
  })
  ambients.replace(owner, 'setInterval', `${label}.setInterval`, (host, [delay, value, options]) =>
    repeated(host, delay, { value, signal: (options as Abortable)?.signal }),
  )
  const { scheduler } = owner as { readonly scheduler: object }
  const prototype = Object.getPrototypeOf(scheduler) as object
  ambients.replace(prototype, 'wait', `${label}.scheduler.wait`, (host, [delay, options]) =>
    delayed(host, delay, { value: undefined, signal: (options as Abortable)?.signal }),
  )
  ambients.replace(prototype, 'yield', `${label}.scheduler.yield`, (host) => {
    return new Promise<void>((resolve) => new VirtualImmediate(host, () => resolve()))
  })
}

interface Waiting {
  readonly value: unknown
  readonly signal: AbortSignal | undefined
}

function delayed(host: StackHost, delay: unknown, { value, signal }: Waiting): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timer.clear()
      reject(abortError(signal?.reason))
    }
    const wake = (): void => {
      signal?.removeEventListener('abort', abort)
      resolve(value)
    }
    const timer = new VirtualTimer(host, wake, delay, false)
    if (signal?.aborted === true) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

/** A value each so many milliseconds, until the signal is aborted. */
async function* repeated(
  host: StackHost,
  delay: unknown,
  waiting: Waiting,
): AsyncGenerator<unknown> {
  for (;;) yield await delayed(host, delay, waiting)
}

function abortError(cause: unknown): Error {
  const error = new Error('The operation was aborted', { cause })
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}

/** The real one counts on a timer inside the runtime, which nobody can reach. */
function replaceAbortTimeout(ambients: Ambients): void {
  ambients.replace(AbortSignal, 'timeout', 'AbortSignal.timeout', (host, [delay]) => {
    const controller = new AbortController()
    const message = 'The operation was aborted due to timeout'
    const abort = (): void => controller.abort(new DOMException(message, 'TimeoutError'))
    new VirtualTimer(host, abort, delay, false)
    return controller.signal
  })
}
