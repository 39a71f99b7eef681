/** What befalls connections, and the ways in which nodes find each other (N9, N11, N12). */
import type { Millis } from '../../../src/base/units.ts'
import { addressOf } from '../../address.ts'
import { type Flight, only, slow } from '../../rules.ts'
import { drawNode, drawSpan, type FaultRule, type Lasting, type OnNode } from './fault.ts'
import { inForce } from './link.ts'

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

/** What a connection begins with. */
const isHandshake = ({ kind }: Flight): boolean => kind === 'dial' || kind === 'accept'

export const noNewConnectionsFault: FaultRule<'no-new-connections', Lasting> = {
  kind: 'no-new-connections',
  ids: ['N9'],
  aliases: [],
  what: 'whoever dials hears nothing; connections that there are hold',
  range: '0.1 to 30 s',
  draw: (random) => drawSpan(random),
  strike: (cluster, _facts, name) =>
    inForce(
      cluster,
      name,
      only(isHandshake, () => ({ kind: 'drop' })),
    ),
}

export const slowHandshakesFault: FaultRule<
  'slow-handshakes',
  Lasting & { readonly byMs: Millis }
> = {
  kind: 'slow-handshakes',
  ids: ['N9'],
  aliases: [],
  what: 'connections take longer to be made, by so much each way',
  range: '0.1 to 8 s; 0.1 to 30 s',
  draw: (random) => ({ byMs: 100 + random.below(8_000), ...drawSpan(random) }),
  strike: (cluster, { byMs }, name) =>
    inForce(cluster, name, only(isHandshake, slow(byMs * 1_000))),
}

export const falseAddressFault: FaultRule<'false-address', OnNode & { readonly of: string }> = {
  kind: 'false-address',
  ids: ['N11'],
  aliases: [],
  what: 'a node comes upon an address at which nobody is',
  range: 'any node, any of a hundred addresses',
  draw: (random, realm) => ({ ...drawNode(random, realm), of: `nobody${random.below(100)}` }),
  strike: ({ simulation }, { node, of }) => {
    simulation.network.find(node, addressOf(of))
    return undefined
  },
}

export const resetAllFault: FaultRule<'reset-all', object> = {
  kind: 'reset-all',
  ids: ['N12'],
  aliases: ['PeerDisconnection'],
  what: 'every connection breaks at one instant, and everybody connects again',
  range: 'all nodes',
  draw: () => ({}),
  strike: ({ simulation, names }) => {
    for (const a of names) for (const b of names) if (a < b) simulation.network.reset(a, b)
    return undefined
  },
}
