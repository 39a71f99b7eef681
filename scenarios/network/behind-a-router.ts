import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const hidden = 'f0'
const relay = 'f1'
/** Whom each keeps: a line, from the member to who is hidden. */
const neighbours: Readonly<Record<string, readonly string[]>> = {
  n0: [relay],
  [relay]: ['n0', hidden],
  [hidden]: [relay],
}
/** A dial that answered once waits for 0.6 s at most, and then there are two roads for it and the handshake. */
const meetMsMax = 3_000
const rounds = 4

export const behindARouter: Scenario = {
  name: 'behind-a-router',
  title:
    'A follower that nobody can dial loses its connection to the one peer that it knows, again and again, and neither has a place for strangers: it dials that peer anew each time, and follows',
  world: () => ({
    members: 1,
    followers: 2,
    link: regional,
    slotMs: 500,
    neighbours: (name) => neighbours[name] ?? [],
    // Whoever is not of the configuration is not dialled, though its address is in the book.
    tuning: { peersMax: 0, peersTarget: 0 },
  }),
  story: (net, random) => {
    const { network } = net.simulation
    network.rules.add('router', ({ kind, to }) =>
      kind === 'dial' && to === hidden ? { kind: 'drop' } : { kind: 'pass' },
    )
    const met = new Set<string>()
    net.watch(({ node, event }) => {
      if (event.kind === 'peer-ready' && event.peer === relay) met.add(node)
    })
    net.run(10_000)
    for (let round = 1; round <= rounds; round += 1) {
      net.run(random.below(3_000))
      met.clear()
      network.reset(hidden, relay)
      net.run(meetMsMax, () => met.has(hidden))
      net.require('met', met.has(hidden), `${hidden} met nobody after connection ${round} was lost`)
    }
    net.requireProgress(net.names, 3, 10_000)
  },
}
