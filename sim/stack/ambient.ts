/**
 * How a function of the runtime is given a second meaning. Who calls it on behalf of a host gets the host's
 * answer; who calls it on nobody's while a simulation runs is caught; everybody else gets the real one.
 *
 * Each is replaced once a process and stays so. What each one means is in `time.ts`, `chance.ts` and `forbidden.ts`.
 */
import type { Tripwire } from '../../src/tripwire/tripwire.ts'
import { presentHost, type StackHost } from './host.ts'

/** A host's answer to a call of the runtime. */
export type Answer = (host: StackHost, values: readonly unknown[], self: unknown) => unknown

/** What takes the place of the runtime's functions. */
export class Ambients {
  readonly wire: Tripwire
  readonly #except: ReadonlySet<string>
  #prelude: StackHost | undefined

  /** `except` names what is left as it is. */
  constructor(wire: Tripwire, except: readonly string[]) {
    this.wire = wire
    this.#except = new Set(except)
  }

  /** Whose world a call sees. */
  host(): StackHost | undefined {
    return presentHost() ?? this.#prelude
  }

  /** Who answers to code that runs on nobody's behalf, such as modules while they are loaded. */
  setPrelude(host: StackHost | undefined): void {
    this.#prelude = host
  }

  /** Gives `owner[name]` a second meaning, unless it is absent. `called` is its name for people. */
  replace(owner: object, name: string, called: string, answer: Answer): void {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)
    const real: unknown = descriptor?.value
    if (typeof real !== 'function' || this.#except.has(called)) return
    const ambients = this
    // A plain function, since a proxy costs ten times as much for each of a million calls.
    const virtual = function (this: unknown, ...values: unknown[]): unknown {
      const host = ambients.host()
      if (host !== undefined) return answer(host, values, this)
      ambients.wire.check(called)
      return Reflect.apply(real, this, values)
    }
    const properties = Object.getOwnPropertyDescriptors(real)
    Object.defineProperties(virtual, { ...properties, prototype: { value: undefined } })
    Object.defineProperty(owner, name, { ...descriptor, value: virtual })
  }

  /** As {@link replace}, for a property that is read. */
  replaceGetter(owner: object, name: string, called: string, answer: Answer): void {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)
    const real = descriptor?.get
    if (real === undefined || this.#except.has(called)) return
    const ambients = this
    Object.defineProperty(owner, name, {
      ...descriptor,
      get(this: unknown): unknown {
        const host = ambients.host()
        if (host !== undefined) return answer(host, [], this)
        ambients.wire.check(called)
        return Reflect.apply(real, this, [])
      },
    })
  }

  /** Whether this one is to be replaced. */
  isReplaced(called: string): boolean {
    return !this.#except.has(called)
  }

  /** Forbids functions of `owner` to hosts as well. */
  forbid(owner: object, label: string, names: readonly string[]): void {
    const isMeant = (name: string): boolean =>
      this.isReplaced(label === '' ? name : `${label}.${name}`)
    this.wire.trap(owner, label, names.filter(isMeant))
  }
}
