/** What befalls the programs that serve a node from outside (X9). */
import { soundServices } from '../../services.ts'
import { drawNode, drawSpan, type FaultRule, type Lasting, type OnNode } from './fault.ts'

export const engineDownFault: FaultRule<'engine-down', OnNode & Lasting> = {
  kind: 'engine-down',
  ids: ['X9'],
  aliases: [],
  what: 'nobody answers at the execution engine',
  range: '0.1 to 30 s',
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => {
    const machine = cluster.machine(node)
    machine.engineFaults = { ...soundServices, down: ['engine'] }
    return () => {
      machine.engineFaults = soundServices
    }
  },
}
