import { refusal } from '../../sim/cluster/adversary/answer-rules.ts'
import { silentInGossip } from '../../sim/cluster/adversary/attacker.ts'
import { hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import type { HostileParts } from '../../sim/cluster/cluster.ts'
import type { WrapEnvironment } from '../../sim/cluster/machine.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { attacked, honestOf, members } from './attacked.ts'

const names = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7']

/** Tells the truth about where it stands, and gives neither blocks nor news. */
function withholder(parts: HostileParts): WrapEnvironment {
  const refuses = hostileServer(inSync(refusal))(parts)
  return (environment) => silentInGossip(refuses(environment))
}

export const eclipseAttempt: Scenario = {
  name: 'eclipse-attempt',
  title:
    'Eight neighbours keep all news from a follower, and the only member that it knew is lost: it finds the others',
  world: () => ({
    ...attacked(new Map(names.map((name) => [name, withholder]))),
    // The victim knows one member; those who lie in wait know everybody, and dial it.
    neighbours: (name, others) => {
      if (members.includes(name)) return others.filter((other) => members.includes(other))
      return name === `f${names.length}` ? ['n0'] : others
    },
  }),
  story: (net) => {
    const victim = honestOf(net)
    const { network } = net.simulation
    net.run(60_000)
    const around = network.peersOf(victim).filter((peer) => names.includes(peer)).length
    net.require('surrounded', around >= 4, `${around} attackers are its peers`)
    net.crash('n0')
    net.requireProgress([victim], 10, 90_000)
    const found = network.peersOf(victim).filter((peer) => members.includes(peer))
    net.require('found', found.length > 0, 'it knows no member')
  },
}
