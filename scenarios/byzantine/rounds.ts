/** Stories that are told slot by slot: when slots begin, and who can hear whom in them. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import { partition } from '../../sim/rules.ts'
import type { Millis } from '../../src/base/units.ts'
import { authorOf } from '../../src/protocol/committee.ts'
import { slotAt, slotMoment } from '../../src/protocol/slots.ts'

const ruleName = 'cut'

/** How long it is until the next slot begins. */
export function untilSlotMs({ chain, simulation }: Cluster): Millis {
  const { slots } = chain
  return slotMoment(slots, slotAt(slots, simulation.wallMs) + 1) - simulation.wallMs
}

/** Lets time pass to the beginning of the next slot that is `member`'s turn. */
export function runToTurnOf(net: Cluster, member: number): void {
  const { slots, committee } = net.chain
  const next = slotAt(slots, net.simulation.wallMs) + 1
  const turn = committee.members.findIndex((_, at) => authorOf(committee, next + at) === member)
  net.run(untilSlotMs(net) + turn * slots.slotMs)
}

/** From now on nothing gets from one of these sides to another. One side alone is no cut. */
export function cut(net: Cluster, sides: readonly (readonly string[])[]): void {
  heal(net)
  if (sides.length > 1) net.simulation.network.rules.add(ruleName, partition(sides))
}

export function heal(net: Cluster): void {
  net.simulation.network.rules.remove(ruleName)
}
