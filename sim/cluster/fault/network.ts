/** What befalls links and connections (N1–N9). Each is a rule of the network, by the name of the fault, and ends with it. */
import type { Millis } from '../../../src/base/units.ts'
import { cutOneWay, isolate, type LinkRule, lose, partition, slow } from '../../rules.ts'
import type { Cluster } from '../cluster.ts'
import { drawNode, drawSpan, type FaultRule, type Lasting, type Mend, someOf } from './fault.ts'

/** Puts a rule in force, and says how to take it away. */
function inForce({ simulation }: Cluster, name: string, rule: LinkRule): Mend {
  const { rules } = simulation.network
  rules.add(name, rule)
  return () => rules.remove(name)
}

export const isolateFault: FaultRule<'isolate', Lasting & { readonly nodes: readonly string[] }> = {
  kind: 'isolate',
  ids: ['N5'],
  aliases: [],
  what: 'nothing gets in or out of some nodes; among themselves all is well',
  range: 'one node or more; 0.1 to 30 s',
  draw: (random, { names }) => ({ nodes: someOf(random, names), ...drawSpan(random) }),
  strike: (cluster, { nodes }, name) => inForce(cluster, name, isolate(nodes)),
}

export const partitionFault: FaultRule<
  'partition',
  Lasting & { readonly groups: readonly (readonly string[])[] }
> = {
  kind: 'partition',
  ids: ['N5'],
  aliases: ['NetworkPartition'],
  what: 'nothing gets from one group of nodes to another',
  range: 'two groups of any size; 0.1 to 30 s',
  draw: (random, { names }) => {
    const one = someOf(random, names)
    return { groups: [one, names.filter((name) => !one.includes(name))], ...drawSpan(random) }
  },
  strike: (cluster, { groups }, name) => inForce(cluster, name, partition(groups)),
}

export const cutOneWayFault: FaultRule<
  'cut-one-way',
  Lasting & { readonly from: readonly string[]; readonly to: readonly string[] }
> = {
  kind: 'cut-one-way',
  ids: ['N5'],
  aliases: [],
  what: 'nothing gets from some nodes to others; the other way is open',
  range: 'any two sets; 0.1 to 30 s',
  draw: (random, { names }) => ({
    from: someOf(random, names),
    to: someOf(random, names),
    ...drawSpan(random),
  }),
  strike: (cluster, { from, to }, name) => inForce(cluster, name, cutOneWay(from, to)),
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

export const resetFault: FaultRule<'reset', { readonly a: string; readonly b: string }> = {
  kind: 'reset',
  ids: ['N9'],
  aliases: [],
  what: 'what connects two nodes breaks, at both ends; they may connect again',
  range: 'any two nodes',
  draw: (random, realm) => {
    const { node: a } = drawNode(random, realm)
    return { a, b: random.pick(realm.names.filter((name) => name !== a)) }
  },
  strike: ({ simulation }, { a, b }) => {
    simulation.network.reset(a, b)
    return undefined
  },
}
