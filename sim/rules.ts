/**
 * Faults of links as rules: functions that look at one flight and decide its fate. Rules are asked in the order
 * in which they were added, and the first that does not let pass decides. Each has a name, by which it
 * is taken away again.
 *
 * A rule may hold a random stream of its own. It must decide by the flight, its stream, what it decided before, and
 * nothing else. What is wrong with single messages is in `message-rules.ts`.
 */
import { assert } from '../src/base/assert.ts'
import type { Gate } from './gate.ts'
import type { SimRandom } from './random.ts'

/**
 * `cancel` says that the answer to a request is not wanted any more. `keepalive` is never sent: it asks whether a
 * connection would still carry anything. `bytes` are a piece of a stream, where a network carries nothing else.
 */
export type FlightKind =
  | 'gossip'
  | 'request'
  | 'answer'
  | 'cancel'
  | 'dial'
  | 'accept'
  | 'close'
  | 'keepalive'
  | 'bytes'

/** Flights that may get lost one by one. What keeps a connection as such cannot. */
const messages: ReadonlySet<FlightKind> = new Set(['gossip', 'request', 'answer', 'bytes'])

/** Whether a flight may get lost by itself. */
export function isMessage({ kind }: Cargo): boolean {
  return messages.has(kind)
}

/** What a flight carries, for the rules to judge and the link to time. */
export interface Cargo {
  readonly kind: FlightKind
  /** The topic or protocol; empty where there is none. */
  readonly label: string
  readonly bytes: number
}

/** Something on its way from one host to another. */
export interface Flight extends Cargo {
  readonly from: string
  readonly to: string
  readonly atUs: number
}

export type Fate =
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop' }
  /** Arrives so much later than it would have. What is sent in order behind it waits for it. */
  | { readonly kind: 'delay'; readonly us: number }
  /** Arrives when the gate is opened. */
  | { readonly kind: 'hold'; readonly gate: Gate }
  /** Breaks the connection that carries it, as damaged bytes under encryption do; of a dial, that is a refusal. */
  | { readonly kind: 'reset' }
  | MessageFate

/** What can befall a message alone, so that it has no meaning for bytes of a stream. */
export type MessageFate =
  /** Arrives as other bytes, which its sender is then supposed to have sent. */
  | { readonly kind: 'change'; readonly change: (bytes: Uint8Array) => Uint8Array }
  /** Gossip arrives, and so much later once more: by then whoever has not seen it for `memoryUs` has forgotten it. */
  | { readonly kind: 'replay'; readonly us: number; readonly memoryUs: number }
  /** The stream of a request is reset when half of its answer has come. */
  | { readonly kind: 'abort' }

export interface LinkRule {
  (flight: Flight): Fate
  /** It decides of single messages, so it cannot be in force where only bytes can be seen. */
  readonly isOfMessages?: boolean
}

/** What a network carries that its rules can see. */
export type Carriage = 'messages' | 'bytes'

/** Told of rules that come and go. */
export interface RuleWatch {
  ruleAdded(name: string): void
  ruleRemoved(name: string): void
}

/** Nothing befalls it. */
export const pass: Fate = { kind: 'pass' }
const drop: Fate = { kind: 'drop' }

/** The rules in force. */
export class RuleList {
  readonly #rules = new Map<string, LinkRule>()
  readonly #carriage: Carriage
  readonly #onChange: () => void
  #watch: RuleWatch | undefined = undefined
  #decided = ''

  /** `onChange` is called after each addition and removal. */
  constructor(carriage: Carriage, onChange: () => void) {
    this.#carriage = carriage
    this.#onChange = onChange
  }

  /** What the rules can see. */
  get carriage(): Carriage {
    return this.#carriage
  }

  get size(): number {
    return this.#rules.size
  }

  get names(): readonly string[] {
    return [...this.#rules.keys()]
  }

  /** The rule that decided last. */
  get decided(): string {
    return this.#decided
  }

  /** From now on `watch` is told of each rule that comes or goes. It must not act on the world. */
  watchBy(watch: RuleWatch): void {
    this.#watch = watch
  }

  /** Adds a rule behind the others. Asserts that the name is free, and that this network can keep the rule. */
  add(name: string, rule: LinkRule): void {
    assert(!this.#rules.has(name), `one rule named ${name}`)
    const isKept = this.#carriage === 'messages' || rule.isOfMessages !== true
    assert(isKept, `${name} is about messages, and this network shows only bytes`)
    this.#rules.set(name, rule)
    this.#watch?.ruleAdded(name)
    this.#onChange()
  }

  /** Takes a rule away. Does nothing if there is none of that name. */
  remove(name: string): void {
    if (!this.#rules.delete(name)) return
    this.#watch?.ruleRemoved(name)
    this.#onChange()
  }

  clear(): void {
    for (const name of this.#rules.keys()) this.#watch?.ruleRemoved(name)
    this.#rules.clear()
    this.#onChange()
  }

  judge(flight: Flight): Fate {
    for (const [name, rule] of this.#rules) {
      const fate = rule(flight)
      if (fate.kind === 'pass') continue
      this.#decided = name
      return fate
    }
    return pass
  }
}

/** Nothing gets from one of `from` to one of `to`. The other direction is as it was. */
export function cutOneWay(from: readonly string[], to: readonly string[]): LinkRule {
  const sources = new Set(from)
  const targets = new Set(to)
  return (flight) => (sources.has(flight.from) && targets.has(flight.to) ? drop : pass)
}

/** Nothing gets from one group to another, either way. Hosts in no group are as they were. */
export function partition(groups: readonly (readonly string[])[]): LinkRule {
  const groupOf = new Map<string, number>()
  groups.forEach((group, number) => {
    for (const host of group) groupOf.set(host, number)
  })
  return (flight) => {
    const from = groupOf.get(flight.from)
    const to = groupOf.get(flight.to)
    return from !== undefined && to !== undefined && from !== to ? drop : pass
  }
}

/** Nothing gets in or out of this set of hosts. */
export function isolate(hosts: readonly string[]): LinkRule {
  const inside = new Set(hosts)
  return (flight) => (inside.has(flight.from) !== inside.has(flight.to) ? drop : pass)
}

/** Loses so many of a million messages. Connections as such hold, as those of TCP do. */
export function lose(perMillion: number, random: SimRandom): LinkRule {
  return (flight) => (isMessage(flight) && random.chance(perMillion, 1_000_000) ? drop : pass)
}

/** Everything takes so much longer. */
export function slow(us: number): LinkRule {
  return () => ({ kind: 'delay', us })
}

/** Nothing arrives before `untilUs`; then everything that was held does, at once. */
export function clog(untilUs: number): LinkRule {
  return ({ atUs }) => (atUs < untilUs ? { kind: 'delay', us: untilUs - atUs } : pass)
}

/** Damages so many of a million messages, which encryption turns into a broken connection. */
export function corrupt(perMillion: number, random: SimRandom): LinkRule {
  return (flight) =>
    isMessage(flight) && random.chance(perMillion, 1_000_000) ? { kind: 'reset' } : pass
}

/** Whoever dials these hosts is refused, as by a machine with nobody behind the port. */
export function refuse(hosts: readonly string[]): LinkRule {
  const refusing = new Set(hosts)
  return ({ kind, to }) => (kind === 'dial' && refusing.has(to) ? { kind: 'reset' } : pass)
}

/** Each half of a handshake takes so much longer. */
export function slowHandshake(us: number): LinkRule {
  return only(({ kind }) => kind === 'dial' || kind === 'accept', slow(us))
}

/**
 * Everything stays on its way until the gate is opened; then it arrives at once, in the order of sending. If the rule is
 * taken away before that, what is sent later does not wait.
 */
export function hold(gate: Gate): LinkRule {
  return () => (gate.isOpen ? pass : { kind: 'hold', gate })
}

/** A rule for those flights only that `applies` picks. */
export function only(applies: (flight: Flight) => boolean, rule: LinkRule): LinkRule {
  const { isOfMessages = false } = rule
  const limited = (flight: Flight): Fate => (applies(flight) ? rule(flight) : pass)
  return Object.assign(limited, { isOfMessages })
}

/** For {@link only}: what goes from one of `some` to one of `others`, or back. With one host each, a connection. */
export function between(
  some: readonly string[],
  others: readonly string[],
): (flight: Flight) => boolean {
  const [one, other] = [new Set(some), new Set(others)]
  return ({ from, to }) => (one.has(from) && other.has(to)) || (other.has(from) && one.has(to))
}

/** For {@link only}: what comes from these hosts or goes to them. */
export function touching(hosts: readonly string[]): (flight: Flight) => boolean {
  const touched = new Set(hosts)
  return ({ from, to }) => touched.has(from) || touched.has(to)
}
