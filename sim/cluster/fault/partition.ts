/** Who can reach whom (N5). Each shape is a rule of the network, by the name of the fault, and ends with it. */
import { cutOneWay, isolate, type LinkRule, partition } from '../../rules.ts'
import { drawSpan, type FaultRule, type Lasting, someOf } from './fault.ts'
import { inForce } from './link.ts'

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

export const ringFault: FaultRule<
  'ring',
  Lasting & { readonly nodes: readonly string[]; readonly reach: number }
> = {
  kind: 'ring',
  ids: ['N5'],
  aliases: [],
  what: 'nodes stand in a ring, and each reaches so many on either side: no two see the same others',
  range: 'all nodes in any order, one on either side; 0.1 to 30 s',
  draw: (random, { names }) => ({ nodes: random.shuffle(names), reach: 1, ...drawSpan(random) }),
  strike: (cluster, { nodes, reach }, name) => inForce(cluster, name, ring(nodes, reach)),
}

/** Nothing gets farther than `reach` places along a ring of hosts. Others are as they were. */
function ring(nodes: readonly string[], reach: number): LinkRule {
  const places = new Map(nodes.map((node, place) => [node, place]))
  return ({ from, to }) => {
    const a = places.get(from)
    const b = places.get(to)
    if (a === undefined || b === undefined) return { kind: 'pass' }
    const apart = Math.abs(a - b)
    return Math.min(apart, nodes.length - apart) > reach ? { kind: 'drop' } : { kind: 'pass' }
  }
}

export const cutPairsFault: FaultRule<
  'cut-pairs',
  Lasting & { readonly pairs: readonly (readonly [from: string, to: string])[] }
> = {
  kind: 'cut-pairs',
  ids: ['N5'],
  aliases: [],
  what: 'nothing gets from one node to another, for each of some pairs',
  range: 'each way between two nodes with a chance of 10 to 60 %; 0.1 to 30 s',
  draw: (random, { names }) => {
    const percent = random.between(10, 60)
    const all = names.flatMap((from) => names.map((to) => [from, to] as const))
    const pairs = all.filter(([from, to]) => from !== to && random.chance(percent, 100))
    return { pairs, ...drawSpan(random) }
  },
  strike: (cluster, { pairs }, name) => {
    const cuts = pairs.map(([from, to]) => cutOneWay([from], [to]))
    const cut: LinkRule = (flight) =>
      cuts.some((each) => each(flight).kind === 'drop') ? { kind: 'drop' } : { kind: 'pass' }
    return inForce(cluster, name, cut)
  },
}
