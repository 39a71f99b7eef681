/** What befalls clocks (C1–C6). Monotonic time stays monotonic, whatever the wall clock does. */
import type { Millis } from '../../../src/base/units.ts'
import type { Cluster } from '../cluster.ts'
import { drawNode, type FaultRule, type OnNode } from './fault.ts'

/** No fault makes a wall clock more wrong than this. */
export const clockErrorMsMax = 400

export const clockJumpFault: FaultRule<'clock-jump', OnNode & { readonly errorMs: Millis }> = {
  kind: 'clock-jump',
  ids: ['C1', 'C2', 'C4'],
  aliases: ['TimingAttack'],
  what: 'a wall clock is set, forward or back, and is wrong by so much from then on',
  range: '±400 ms',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    errorMs: random.between(-clockErrorMsMax, clockErrorMsMax),
  }),
  strike: (cluster, { node, errorMs }) => {
    setClock(cluster, node, errorMs)
    return () => setClock(cluster, node, 0)
  },
}

/** Sets how wrong a node's wall clock is; its drift goes on from there. */
export function setClock(cluster: Cluster, node: string, errorMs: Millis): void {
  const { oscillator } = cluster.machine(node).host
  oscillator.jump(cluster.simulation.wallMs + errorMs - oscillator.wallMs)
}
