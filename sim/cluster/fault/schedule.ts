/**
 * Faults written by hand, in a story: when, what, and the facts, with durations as people write them.
 *
 *     schedule(net, [
 *       at('12s', 'partition', { groups: [['n0'], ['n1', 'n2']], for: '5s' }),
 *       on({ event: 'vote-sent', node: 'n1', nth: 3 }, 'crash', { node: 'n1', for: '2s' }),
 *     ])
 */
import { assert } from '../../../src/base/assert.ts'
import { parseDuration } from '../../../src/base/duration.ts'
import type { Millis } from '../../../src/base/units.ts'
import type { Cluster } from '../cluster.ts'
import type { Fault, FaultName } from './catalogue.ts'
import { sourcesOf } from './nemesis.ts'
import type { Point } from './point.ts'

type FactsOf<Kind extends FaultName> = Omit<
  Extract<Fault, { readonly kind: Kind }>,
  'kind' | 'atMs' | 'on'
>

/** Facts as they are written: what ends in `Ms` is named without that, and is text such as `500ms`, `90s`, `-2s`. */
export type Written<Facts> = {
  readonly [Name in keyof Facts as Name extends `${infer Stem}Ms`
    ? Stem
    : Name]: Name extends `${string}Ms` ? string : Facts[Name]
}

/** A fault as it is written in a story. */
export interface WrittenFault {
  readonly kind: FaultName
  readonly facts: object
  /** Virtual time since the world began, as text, or what has to happen. */
  readonly when: string | Point
  /** From when on what has to happen is counted: virtual time since the world began. */
  readonly since?: string
}

/** At so much virtual time since the world began. */
export function at<Kind extends FaultName>(
  time: string,
  kind: Kind,
  facts: Written<FactsOf<Kind>>,
): WrittenFault {
  return { kind, facts, when: time }
}

/** When something happens, from the moment on when this is scheduled, or from a later virtual time on. */
export function on<Kind extends FaultName>(
  point: Point,
  kind: Kind,
  facts: Written<FactsOf<Kind>>,
  since?: string,
): WrittenFault {
  return { kind, facts, when: point, ...(since === undefined ? {} : { since }) }
}

/**
 * Lets these faults happen, unless a plan was wished for, which happens instead. Asserts that durations are durations,
 * that nodes exist, and that no time is over.
 */
export function schedule(net: Cluster, faults: readonly WrittenFault[]): void {
  net.nemesis.follow(() => sourcesOf(faults.map((written) => readFault(net, written))))
}

/** Lets these faults happen instead of those that the story draws or schedules from here on. Asserts what {@link schedule} does. */
export function scheduleInstead(net: Cluster, faults: readonly WrittenFault[]): void {
  net.nemesis.settle(faults.map((written) => readFault(net, written)))
}

/** What is written as a duration, whatever the kind. */
const durations: ReadonlySet<string> = new Set([
  'for',
  'by',
  'error',
  'step',
  'every',
  'age',
  'stall',
  'tick',
])

/** What names nodes, whatever the kind. */
const namingNodes: ReadonlySet<string> = new Set([
  'node',
  'nodes',
  'groups',
  'from',
  'to',
  'a',
  'b',
])

function readFault(net: Cluster, { kind, facts, when, since }: WrittenFault): Fault {
  const read = Object.entries(facts).map(([name, value]): readonly [string, unknown] => {
    if (namingNodes.has(name)) requireNodes(net, `${name} of ${kind}`, value)
    if (!durations.has(name)) return [name, value]
    return [`${name}Ms`, requireDuration(`${name} of ${kind}`, `${value}`)]
  })
  const fault = { ...Object.fromEntries(read), kind }
  if (typeof when !== 'string') {
    if (when.node !== undefined) requireNodes(net, `the point of ${kind}`, when.node)
    const atMs = since === undefined ? net.nowMs : requireTime(net, kind, since)
    return { ...fault, atMs, on: when } as Fault
  }
  return { ...fault, atMs: requireTime(net, kind, when) } as Fault
}

/** Asserts that what is written is a time to come. */
function requireTime({ nowMs }: Cluster, kind: string, text: string): Millis {
  const atMs = requireDuration(`the time of ${kind}`, text)
  const now = `it is ${nowMs / 1_000} s already`
  assert(atMs >= nowMs, `the time of ${kind} is "${text}": expected a time to come, and ${now}`)
  return atMs
}

/** Asserts that what is written is a duration, which may be negative. */
function requireDuration(what: string, text: string): Millis {
  const isNegative = text.startsWith('-')
  const read = parseDuration(isNegative ? text.slice(1) : text)
  assert(read.ok, `${what} is "${text}": ${read.ok ? '' : read.fault}`)
  return isNegative ? -read.value : read.value
}

function requireNodes(net: Cluster, what: string, value: unknown): void {
  for (const name of [value].flat(3)) {
    const isKnown = typeof name === 'string' && net.names.includes(name)
    assert(isKnown, `${what} is "${name}": expected one of ${net.names.join(', ')}`)
  }
}
