/** What befalls messages on their way (N1–N8, N10). Each is a rule of the network, by the name of the fault, and ends with it. */
import type { Millis } from '../../../src/base/units.ts'
import { Gate } from '../../gate.ts'
import { between, clog, corrupt, hold, type LinkRule, lose, only, slow } from '../../rules.ts'
import type { Cluster } from '../cluster.ts'
import { drawSpan, type FaultRule, type Lasting, type Mend, someOf } from './fault.ts'

/** Puts a rule in force, and says how to take it away. */
export function inForce({ simulation }: Cluster, name: string, rule: LinkRule): Mend {
  const { rules } = simulation.network
  rules.add(name, rule)
  return () => rules.remove(name)
}

export const loseFault: FaultRule<'lose', Lasting & { readonly perMillion: number }> = {
  kind: 'lose',
  ids: ['N2'],
  aliases: ['PacketLoss'],
  what: 'messages are lost, each by itself',
  range: '1 to 31 %; 0.1 to 30 s',
  draw: (random) => ({ perMillion: 10_000 + random.below(300_000), ...drawSpan(random) }),
  strike: (cluster, { perMillion }, name) =>
    inForce(cluster, name, lose(perMillion, cluster.simulation.random.fork(name))),
}

export const slowLinksFault: FaultRule<'slow-links', Lasting & { readonly byMs: Millis }> = {
  kind: 'slow-links',
  ids: ['N1'],
  aliases: ['NetworkLatencyInjection'],
  what: 'everything takes longer, by so much',
  range: '50 to 950 ms; 0.1 to 30 s',
  draw: (random) => ({ byMs: 50 + random.below(900), ...drawSpan(random) }),
  strike: (cluster, { byMs }, name) => inForce(cluster, name, slow(byMs * 1_000)),
}

export const corruptFault: FaultRule<'corrupt', Lasting & { readonly perMillion: number }> = {
  kind: 'corrupt',
  ids: ['N10'],
  aliases: ['MessageCorruption'],
  what: 'messages are damaged on their way, which encryption turns into broken connections',
  range: '0.01 to 2 % of messages; 0.1 to 30 s',
  draw: (random) => ({ perMillion: 100 + random.below(20_000), ...drawSpan(random) }),
  strike: (cluster, { perMillion }, name) =>
    inForce(cluster, name, corrupt(perMillion, cluster.simulation.random.fork(name))),
}

export const clogFault: FaultRule<'clog', Lasting & { readonly nodes: readonly string[] }> = {
  kind: 'clog',
  ids: ['N6'],
  aliases: [],
  what: 'whatever leaves some nodes, or is for them, is held, and arrives at once when it is over',
  range: 'one node or more; 0.1 to 30 s',
  draw: (random, { names }) => ({ nodes: someOf(random, names), ...drawSpan(random) }),
  strike: (cluster, { nodes, forMs }, name) => {
    const { nowUs } = cluster.simulation.timeline
    const untilUs = nowUs + forMs * 1_000
    return inForce(cluster, name, clogged(nodes.map((node) => ({ node, fromUs: nowUs, untilUs }))))
  },
}

export const holdFault: FaultRule<'hold', Lasting & { readonly nodes: readonly string[] }> = {
  kind: 'hold',
  ids: ['N7'],
  aliases: [],
  what: 'whatever passes between some nodes and the others is queued, and comes in the order of sending when it is over',
  range: 'one node or more; 0.1 to 30 s',
  draw: (random, { names }) => ({ nodes: someOf(random, names), ...drawSpan(random) }),
  strike: (cluster, { nodes }, name) => {
    const gate = new Gate()
    const others = cluster.names.filter((other) => !nodes.includes(other))
    const mend = inForce(cluster, name, only(between(nodes, others), hold(gate)))
    return () => {
      mend()
      gate.open()
    }
  },
}

/**
 * The "swizzle-clogging" of FoundationDB's simulation. `nodes` are in the order in which they are clogged, `release` in
 * that in which they are let go; a step lies between one and the next.
 */
export const swizzleClogFault: FaultRule<
  'swizzle-clog',
  Lasting & {
    readonly nodes: readonly string[]
    readonly release: readonly string[]
    readonly stepMs: Millis
  }
> = {
  kind: 'swizzle-clog',
  ids: ['N6'],
  aliases: [],
  what: 'some nodes are clogged one after another, and let go one after another in another order',
  range: 'one node or more, a step of 50 to 1,050 ms, at most 5 s more than that takes',
  draw: (random, { names }) => {
    const nodes = someOf(random, names)
    const stepMs = 50 + random.below(1_000)
    const forMs = 2 * nodes.length * stepMs + random.below(5_000)
    return { nodes, release: random.shuffle(nodes), stepMs, forMs }
  },
  strike: (cluster, { nodes, release, stepMs, forMs }, name) => {
    const { nowUs } = cluster.simulation.timeline
    const held = nodes.map((node, place) => {
      const stepsLeft = release.length - 1 - release.indexOf(node)
      const fromUs = nowUs + 1_000 * place * stepMs
      return { node, fromUs, untilUs: nowUs + 1_000 * (forMs - stepsLeft * stepMs) }
    })
    return inForce(cluster, name, clogged(held))
  },
}

/** A node of which nothing gets away, nor to it, for a while. */
interface Clogged {
  readonly node: string
  readonly fromUs: number
  readonly untilUs: number
}

function clogged(nodes: readonly Clogged[]): LinkRule {
  const rules = nodes.map(({ node, fromUs, untilUs }) =>
    only(({ from, to, atUs }) => (from === node || to === node) && atUs >= fromUs, clog(untilUs)),
  )
  return (flight) => {
    const delaysUs = rules
      .map((rule) => rule(flight))
      .map((fate) => (fate.kind === 'delay' ? fate.us : 0))
    const us = Math.max(0, ...delaysUs)
    return us === 0 ? { kind: 'pass' } : { kind: 'delay', us }
  }
}
