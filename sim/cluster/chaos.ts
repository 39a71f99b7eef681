/**
 * A plan of faults, drawn from a seed as plain data, and its execution. Each kind of fault is left out
 * of a world altogether half of the time (swarm testing, Groce et al., ISSTA 2012), so that what needs
 * one kind alone is not drowned by the others. The plan is what a shrinker takes apart.
 */
import type { Millis } from '../../src/base/units.ts'
import { soundDisk } from '../disk.ts'
import type { SimRandom } from '../random.ts'
import { cutOneWay, isolate, type LinkRule, lose, partition, slow } from '../rules.ts'
import { soundServices } from '../services.ts'
import { plannedFailure } from './checker/containment.ts'
import type { Cluster } from './cluster.ts'

/** What befalls a cluster, and when (virtual milliseconds). */
export type Fault = { readonly atMs: Millis } & (
  | { readonly kind: 'crash'; readonly node: string; readonly downMs: Millis }
  | { readonly kind: 'pause'; readonly node: string; readonly forMs: Millis }
  | { readonly kind: 'isolate'; readonly nodes: readonly string[]; readonly forMs: Millis }
  | {
      readonly kind: 'partition'
      readonly groups: readonly (readonly string[])[]
      readonly forMs: Millis
    }
  | {
      readonly kind: 'cut-one-way'
      readonly from: readonly string[]
      readonly to: readonly string[]
      readonly forMs: Millis
    }
  | { readonly kind: 'lose'; readonly perMillion: number; readonly forMs: Millis }
  | { readonly kind: 'slow-links'; readonly byMs: Millis; readonly forMs: Millis }
  | { readonly kind: 'reset'; readonly a: string; readonly b: string }
  /** The wall clock is set to be wrong by so much. */
  | { readonly kind: 'clock'; readonly node: string; readonly errorMs: Millis }
  | {
      readonly kind: 'slow-disk'
      readonly node: string
      readonly percent: number
      readonly forMs: Millis
    }
  | {
      readonly kind: 'disk-errors'
      readonly node: string
      readonly perMillion: number
      readonly forMs: Millis
    }
  | { readonly kind: 'engine-down'; readonly node: string; readonly forMs: Millis }
  | { readonly kind: 'actor-crash'; readonly node: string; readonly path: string }
)

export type FaultKind = Fault['kind']

export const faultKinds: readonly FaultKind[] = [
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
  'engine-down',
  'actor-crash',
]

/** The wall clock of no node is ever wrong by more than this. */
export const clockErrorMsMax = 400

const actorPaths = [
  'storage/storage',
  'chain/engine',
  'chain/chain',
  'network/peer',
  'network/network',
  'network/sync',
  'api',
]

/** Draws which kinds of fault there are, how often, and each one of them, over `durationMs`. */
export function drawPlan(
  random: SimRandom,
  names: readonly string[],
  durationMs: Millis,
): readonly Fault[] {
  const kinds = faultKinds.filter((kind) => random.fork(`has ${kind}`).chance(1, 2))
  return kinds
    .flatMap((kind) => drawKind(random.fork(kind), kind, names, durationMs))
    .toSorted((a, b) => a.atMs - b.atMs)
}

function drawKind(
  random: SimRandom,
  kind: FaultKind,
  names: readonly string[],
  durationMs: Millis,
): readonly Fault[] {
  const everyMs = 2_000 + random.below(20_000)
  const faults: Fault[] = []
  let atMs = random.below(everyMs)
  while (atMs < durationMs) {
    faults.push(drawFault(random, kind, names, atMs))
    atMs += 1 + random.below(2 * everyMs)
  }
  return faults
}

function drawFault(
  random: SimRandom,
  kind: FaultKind,
  names: readonly string[],
  atMs: Millis,
): Fault {
  const node = random.pick(names)
  const forMs = 100 + random.below(random.chance(1, 4) ? 30_000 : 6_000)
  switch (kind) {
    case 'crash':
      return { atMs, kind, node, downMs: forMs }
    case 'pause':
    case 'engine-down':
      return { atMs, kind, node, forMs }
    case 'isolate':
      return { atMs, kind, nodes: someOf(random, names), forMs }
    case 'partition': {
      const one = someOf(random, names)
      return { atMs, kind, groups: [one, names.filter((name) => !one.includes(name))], forMs }
    }
    case 'cut-one-way':
      return { atMs, kind, from: someOf(random, names), to: someOf(random, names), forMs }
    case 'lose':
      return { atMs, kind, perMillion: 10_000 + random.below(300_000), forMs }
    case 'slow-links':
      return { atMs, kind, byMs: 50 + random.below(900), forMs }
    case 'reset':
      return { atMs, kind, a: node, b: random.pick(names.filter((name) => name !== node)) }
    case 'clock':
      return { atMs, kind, node, errorMs: random.between(-clockErrorMsMax, clockErrorMsMax) }
    case 'slow-disk':
      return { atMs, kind, node, percent: 200 + random.below(20_000), forMs }
    case 'disk-errors':
      return { atMs, kind, node, perMillion: 1_000 + random.below(200_000), forMs }
    case 'actor-crash':
      return { atMs, kind, node, path: random.pick(actorPaths) }
    default:
      return kind satisfies never
  }
}

/** At least one and not all. */
function someOf(random: SimRandom, names: readonly string[]): readonly string[] {
  return random.shuffle(names).slice(0, 1 + random.below(Math.max(1, names.length - 1)))
}

/** Lets a plan happen, from now on. */
export function unleash(cluster: Cluster, plan: readonly Fault[]): void {
  const fromMs = cluster.nowMs
  cluster.recordPlan(plan.map((fault) => ({ ...fault, atMs: fromMs + fault.atMs })))
  plan.forEach((fault, index) => {
    cluster.simulation.at(fromMs + fault.atMs, () => strike(cluster, fault, `fault ${index}`))
  })
}

function strike(cluster: Cluster, fault: Fault, name: string): void {
  const { simulation } = cluster
  switch (fault.kind) {
    case 'crash':
      return cluster.machine(fault.node).host.isRunning
        ? cluster.crash(fault.node, fault.downMs)
        : undefined
    case 'pause':
      return pause(cluster, fault.node, fault.forMs)
    case 'isolate':
      return rule(cluster, name, isolate(fault.nodes), fault.forMs)
    case 'partition':
      return rule(cluster, name, partition(fault.groups), fault.forMs)
    case 'cut-one-way':
      return rule(cluster, name, cutOneWay(fault.from, fault.to), fault.forMs)
    case 'lose':
      return rule(cluster, name, lose(fault.perMillion, simulation.random.fork(name)), fault.forMs)
    case 'slow-links':
      return rule(cluster, name, slow(fault.byMs * 1_000), fault.forMs)
    case 'reset':
      return simulation.network.reset(fault.a, fault.b)
    case 'clock':
      return setClock(cluster, fault.node, fault.errorMs)
    case 'slow-disk':
    case 'disk-errors':
      return worsenDisk(cluster, fault)
    case 'engine-down':
      return engineDown(cluster, fault.node, fault.forMs)
    case 'actor-crash':
      return cluster.machine(fault.node).node?.crashActor(fault.path, plannedFailure)
    default:
      return fault satisfies never
  }
}

function rule(cluster: Cluster, name: string, linkRule: LinkRule, forMs: Millis): void {
  const { simulation } = cluster
  simulation.network.rules.add(name, linkRule)
  simulation.after(forMs, () => simulation.network.rules.remove(name))
}

function pause(cluster: Cluster, node: string, forMs: Millis): void {
  const { host } = cluster.machine(node)
  if (!host.isRunning || host.isPaused) return
  const { lives } = host
  host.pause()
  cluster.simulation.after(forMs, () => {
    if (host.isRunning && host.lives === lives && host.isPaused) host.resume()
  })
}

/** Sets how wrong a node's wall clock is; its drift goes on from there. */
export function setClock(cluster: Cluster, node: string, errorMs: Millis): void {
  const { oscillator } = cluster.machine(node).host
  oscillator.jump(cluster.simulation.wallMs + errorMs - oscillator.wallMs)
}

function worsenDisk(
  cluster: Cluster,
  fault: Extract<Fault, { kind: 'slow-disk' | 'disk-errors' }>,
): void {
  const { disk } = cluster.machine(fault.node).host
  const change =
    fault.kind === 'slow-disk'
      ? { slownessPercent: fault.percent }
      : { ioErrorPerMillion: fault.perMillion }
  const mend =
    fault.kind === 'slow-disk'
      ? { slownessPercent: soundDisk.slownessPercent }
      : { ioErrorPerMillion: soundDisk.ioErrorPerMillion }
  disk.faults = { ...disk.faults, ...change }
  cluster.simulation.after(fault.forMs, () => {
    disk.faults = { ...disk.faults, ...mend }
  })
}

function engineDown(cluster: Cluster, node: string, forMs: Millis): void {
  const machine = cluster.machine(node)
  machine.engineFaults = { ...soundServices, down: ['engine'] }
  cluster.simulation.after(forMs, () => {
    machine.engineFaults = soundServices
  })
}

/**
 * Ends the chaos: the nodes of `core` are made well and stay so, the others are broken for good, half
 * of them down and half cut off.
 */
export function healCore(cluster: Cluster, core: readonly string[]): void {
  const { simulation } = cluster
  const { rules } = simulation.network
  rules.clear()
  const others = cluster.names.filter((name) => !core.includes(name))
  others.forEach((name, index) => {
    if (index % 2 === 0 && cluster.machine(name).host.isRunning) cluster.crash(name)
    else if (index % 2 === 1) rules.add(`broken ${name}`, isolate([name]))
  })
  for (const name of core) {
    const machine = cluster.machine(name)
    machine.host.disk.faults = { ...machine.host.disk.faults, ...soundDisk }
    machine.engineFaults = soundServices
    setClock(cluster, name, 0)
    if (machine.host.isPaused) machine.host.resume()
    // A node whose root supervisor gave up is started again, as an operator would.
    if (machine.host.isRunning && cluster.hasStopped(name)) machine.host.crash()
    cluster.restart(name)
  }
}
