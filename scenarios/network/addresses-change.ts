import type { Scenario } from '../../sim/cluster/scenario.ts'
import { type Flight, only } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'

/** Their routers let out whoever dials, and nobody in. */
const routed = ['f0', 'f1', 'f2']

const isFromOutside = ({ kind, to }: Flight): boolean => kind === 'dial' && routed.includes(to)

export const addressesChange: Scenario = {
  name: 'addresses-change',
  title:
    'Followers behind routers that nobody can dial follow all the same, and nobody is blamed for dialling them in vain; a member that comes back at another address is met again, and so is everybody after it, when the one that all knew is gone',
  world: () => ({
    members: 4,
    followers: routed.length,
    link: regional,
    neighbours: (name, others) =>
      routed.includes(name) ? ['n0'] : others.filter((other) => other.startsWith('n')),
  }),
  story: (net) => {
    const { network } = net.simulation
    network.rules.add(
      'routers',
      only(isFromOutside, () => ({ kind: 'drop' })),
    )
    const membersMetBy = (name: string): number =>
      network.peersOf(name).filter((peer) => net.members.includes(peer)).length
    const requireMet = (names: readonly string[], membersMin: number): void => {
      const isDone = (): boolean => names.every((name) => membersMetBy(name) >= membersMin)
      net.run(120_000, isDone)
      const found = names.map((name) => `${name} has met ${membersMetBy(name)}`)
      net.require('acquainted', isDone(), found.join(', '))
    }
    net.requireProgress(net.names, 3, 20_000)
    requireMet(routed, 3)

    // Its provider gives it another address. Behind a router that changes nothing for others.
    for (const name of ['n1', 'f1']) {
      net.crash(name)
      network.moveHost(name, `elsewhere-${name}`)
      net.run(1_000)
      net.restart(name)
      net.requireProgress(net.names, 3, 30_000)
    }
    requireMet(net.names, 3)
    // What they have learned is on their disks after half a minute.
    net.run(30_000)

    net.crash('n0')
    net.crash('f2', 1_000)
    const left = net.names.filter((name) => name !== 'n0')
    requireMet(left, 2)
    net.requireProgress(left, 10, 60_000)
    // Nobody came in.
    const within = routed.flatMap((name) =>
      network.peersOf(name).filter((peer) => routed.includes(peer)),
    )
    net.require('routed', within.length === 0, `${within.join(', ')} were dialled`)
  },
}
