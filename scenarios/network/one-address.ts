import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const followers = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5']
const acquaintances = 3

export const oneAddress: Scenario = {
  name: 'one-address',
  title: 'Followers that know one member find others within two minutes, and do without that one',
  world: () => ({
    members: 4,
    followers: followers.length,
    link: regional,
    neighbours: (name, others) =>
      name.startsWith('f') ? ['n0'] : others.filter((other) => other.startsWith('n')),
  }),
  story: (net) => {
    const { network } = net.simulation
    const peersOf = (name: string): number => network.peersOf(name).length
    net.run(120_000, () => followers.every((name) => peersOf(name) > acquaintances))
    const lonely = followers.filter((name) => peersOf(name) <= acquaintances)
    net.require('acquainted', lonely.length === 0, `${lonely.join(', ')} know too few`)
    net.crash('n0')
    net.requireProgress([...followers, 'n1', 'n2', 'n3'], 10, 60_000)
    // What they have learned is on their disks after half a minute, and outlives them.
    net.run(30_000)
    net.crash('f0', 1_000)
    net.run(30_000, () => peersOf('f0') > acquaintances)
    net.require('recalled', peersOf('f0') > acquaintances, `f0 knows ${peersOf('f0')}`)
    net.requireProgress(['f0'], 5, 60_000)
  },
}
