/**
 * Faults of machines and links as a plan: drawn from a seed as plain data, printed if need be, and then let happen.
 * Each kind is left out of a world altogether half of the time (swarm testing, Groce et al., ISSTA 2012), so
 * that what needs one kind alone is not drowned by the others.
 *
 * Does not know what runs on the machines. What a program itself can suffer (a service that is down, an actor that
 * fails) is a plan of the program's owner.
 */
import type { Millis } from '../src/base/units.ts'
import { soundDisk } from './disk-faults.ts'
import type { SimRandom } from './random.ts'
import { cutOneWay, isolate, type LinkRule, lose, partition, slow } from './rules.ts'
import type { Simulation } from './simulation.ts'
import { soundVerifier } from './verifier.ts'

/** What befalls a world, and when (virtual milliseconds). */
export type WorldFault = { readonly atMs: Millis; readonly forMs: Millis } & (
  | { readonly kind: 'crash' | 'pause'; readonly host: string }
  | { readonly kind: 'isolate'; readonly hosts: readonly string[] }
  | { readonly kind: 'partition'; readonly groups: readonly (readonly string[])[] }
  | {
      readonly kind: 'cut-one-way'
      readonly from: readonly string[]
      readonly to: readonly string[]
    }
  | { readonly kind: 'lose'; readonly perMillion: number }
  | { readonly kind: 'slow-links'; readonly byMs: Millis }
  /** Connections break; they may be made again at once. */
  | { readonly kind: 'reset'; readonly a: string; readonly b: string }
  /** The wall clock is wrong by so much. */
  | { readonly kind: 'clock'; readonly host: string; readonly errorMs: Millis }
  | { readonly kind: 'slow-disk'; readonly host: string; readonly percent: number }
  | { readonly kind: 'disk-errors'; readonly host: string; readonly perMillion: number }
)

export type WorldFaultKind = WorldFault['kind']

export const worldFaultKinds: readonly WorldFaultKind[] = [
  'crash',
  'pause',
  'isolate',
  'partition',
  'cut-one-way',
  'lose',
  'slow-links',
  'reset',
  'clock',
  'slow-disk',
  'disk-errors',
]

export interface FaultOptions {
  /** Whom faults befall: two at least. Their links with other hosts suffer too, where a fault is of all links. */
  readonly hosts: readonly string[]
  /** Faults begin within so many milliseconds. They may last longer. */
  readonly durationMs: Millis
  /** All of them, if this is absent. */
  readonly kinds?: readonly WorldFaultKind[]
  /** The longest that one fault lasts; 10 s, if this is absent. */
  readonly forMsMax?: Millis
}

const defaultForMsMax = 10_000
/** On average one fault of a kind in so many milliseconds, drawn for each kind. */
const everyMsMin = 2_000
const everyMsMax = 15_000
const clockErrorMsMax = 500

/** Draws which kinds of fault there are, how often, and each one of them; in order of time. */
export function drawFaults(random: SimRandom, options: FaultOptions): readonly WorldFault[] {
  const { kinds = worldFaultKinds } = options
  return kinds
    .filter((kind) => random.fork(`has ${kind}`).chance(1, 2))
    .flatMap((kind) => drawKind(random.fork(kind), kind, options))
    .toSorted((a, b) => a.atMs - b.atMs)
}

function drawKind(
  random: SimRandom,
  kind: WorldFaultKind,
  { hosts, durationMs, forMsMax = defaultForMsMax }: FaultOptions,
): readonly WorldFault[] {
  const everyMs = random.between(everyMsMin, everyMsMax)
  const faults: WorldFault[] = []
  let atMs = random.below(everyMs)
  while (atMs < durationMs) {
    // Most are short: what is over before anybody noticed is a fault too.
    const forMs = random.between(1, random.chance(1, 4) ? forMsMax : Math.ceil(forMsMax / 10))
    faults.push({ atMs, forMs, ...drawFault(random, kind, hosts) })
    atMs += random.between(1, 2 * everyMs)
  }
  return faults
}

/** A fault without its time. */
type Harm = WorldFault extends infer Each
  ? Each extends WorldFault
    ? Omit<Each, 'atMs' | 'forMs'>
    : never
  : never

function drawFault(random: SimRandom, kind: WorldFaultKind, hosts: readonly string[]): Harm {
  const [host, other] = random.shuffle(hosts) as [string, string]
  switch (kind) {
    case 'crash':
    case 'pause':
      return { kind, host }
    case 'isolate':
      return { kind, hosts: someOf(random, hosts) }
    case 'partition': {
      const one = someOf(random, hosts)
      return { kind, groups: [one, hosts.filter((name) => !one.includes(name))] }
    }
    case 'cut-one-way':
      return { kind, from: someOf(random, hosts), to: someOf(random, hosts) }
    case 'lose':
      return { kind, perMillion: random.between(10_000, 300_000) }
    case 'slow-links':
      return { kind, byMs: random.between(50, 1_000) }
    case 'reset':
      return { kind, a: host, b: other }
    case 'clock':
      return { kind, host, errorMs: random.between(-clockErrorMsMax, clockErrorMsMax) }
    case 'slow-disk':
      return { kind, host, percent: random.between(200, 20_000) }
    case 'disk-errors':
      return { kind, host, perMillion: random.between(1_000, 200_000) }
    default:
      return kind satisfies never
  }
}

/** At least one and not all. */
function someOf(random: SimRandom, hosts: readonly string[]): readonly string[] {
  return random.shuffle(hosts).slice(0, random.between(1, Math.max(1, hosts.length - 1)))
}

/** Lets a plan happen, from now on. `onFault` is told of each fault as it begins. */
export function unleash(
  world: Simulation,
  faults: readonly WorldFault[],
  onFault: (fault: WorldFault) => void = () => undefined,
): void {
  faults.forEach((fault, number) => {
    world.after(fault.atMs, () => {
      onFault(fault)
      inflict(world, fault, `fault ${number}`)
    })
  })
}

/** Strikes, as told to whoever looks on. */
function inflict(world: Simulation, fault: WorldFault, name: string): void {
  const { tracer } = world
  if (tracer === undefined) return strike(world, fault, name)
  const { kind, atMs: _, ...rest } = fault
  const { host = '', ...facts } = rest as { readonly host?: string }
  tracer.fault(host, kind, facts, () => strike(world, fault, name))
}

function strike(world: Simulation, fault: WorldFault, name: string): void {
  const { rules } = world.network
  const rule = (linkRule: LinkRule): void => {
    rules.add(name, linkRule)
    world.after(fault.forMs, () => rules.remove(name))
  }
  switch (fault.kind) {
    case 'crash':
      return crash(world, fault.host, fault.forMs)
    case 'pause':
      return pause(world, fault.host, fault.forMs)
    case 'isolate':
      return rule(isolate(fault.hosts))
    case 'partition':
      return rule(partition(fault.groups))
    case 'cut-one-way':
      return rule(cutOneWay(fault.from, fault.to))
    case 'lose':
      // By its own name, so that it loses the same whichever other faults there are.
      return rule(lose(fault.perMillion, world.random.fork(`lose at ${fault.atMs}`)))
    case 'slow-links':
      return rule(slow(fault.byMs * 1_000))
    case 'reset':
      return world.network.reset(fault.a, fault.b)
    case 'clock':
      setClock(world, fault.host, fault.errorMs)
      world.after(fault.forMs, () => setClock(world, fault.host, 0))
      return
    case 'slow-disk':
    case 'disk-errors':
      return worsenDisk(world, fault)
    default:
      return fault satisfies never
  }
}

function crash(world: Simulation, name: string, forMs: Millis): void {
  const host = world.host(name)
  if (!host.isRunning) return
  host.crash()
  host.restartAfter(forMs)
}

function pause(world: Simulation, name: string, forMs: Millis): void {
  const host = world.host(name)
  if (!host.isRunning || host.isPaused) return
  const { lives } = host
  host.pause()
  world.after(forMs, () => {
    if (host.isPaused && host.lives === lives) host.resume()
  })
}

function setClock(world: Simulation, name: string, errorMs: Millis): void {
  const { oscillator } = world.host(name)
  oscillator.jump(world.wallMs + errorMs - oscillator.wallMs)
}

function worsenDisk(
  world: Simulation,
  fault: Extract<WorldFault, { kind: 'slow-disk' | 'disk-errors' }>,
): void {
  const { disk } = world.host(fault.host)
  const isSlow = fault.kind === 'slow-disk'
  const { slownessPercent, ioErrorPerMillion } = soundDisk
  const change = isSlow
    ? { slownessPercent: fault.percent }
    : { ioErrorPerMillion: fault.perMillion }
  disk.faults = { ...disk.faults, ...change }
  world.after(fault.forMs, () => {
    disk.faults = { ...disk.faults, ...(isSlow ? { slownessPercent } : { ioErrorPerMillion }) }
  })
}

/**
 * Ends all of it, and whatever else a world's hosts and links can be told to suffer from: links, disks and pools are
 * sound, clocks right, and every machine that ever ran a program runs it. What must come about in the end can be asked
 * for after this. It opens no gate, whose holder does.
 */
export function heal(world: Simulation): void {
  world.network.rules.clear()
  world.network.linkChanges.clear()
  for (const host of world.hosts) {
    world.network.limitConnections(host.name, undefined)
    host.disk.mend()
    host.verifierFaults = soundVerifier
    host.oscillator.setTick(0)
    setClock(world, host.name, 0)
    if (host.isPaused) host.resume()
    if (!host.isRunning && host.lives > 0) host.boot()
  }
}
