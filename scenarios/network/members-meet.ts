import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const members = 10

export const membersMeet: Scenario = {
  name: 'members-meet',
  title:
    'Of ten members each knows one address, among twelve followers: in twenty seconds each is connected to all others',
  world: () => ({
    members,
    followers: 12,
    link: regional,
    neighbours: (name) => (name === 'n0' ? [] : ['n0']),
  }),
  story: (net) => {
    const { network } = net.simulation
    const apart = (names: readonly string[]): readonly string[] =>
      names.flatMap((one) => {
        const others = names.filter((other) => one < other && !network.isConnected(one, other))
        return others.map((other) => `${one}–${other}`)
      })
    net.run(20_000, () => apart(net.members).length === 0)
    net.require('full-mesh', apart(net.members).length === 0, apart(net.members).join(', '))
    net.run(5_000)
    // The one that they all knew is not needed any more, nor to find back whoever is restarted.
    net.crash('n0')
    net.crash('n5', 2_000)
    net.run(20_000)
    const left = net.members.filter((name) => name !== 'n0')
    net.require('full-mesh-again', apart(left).length === 0, apart(left).join(', '))
    net.requireProgress(left, 5, 30_000)
  },
}
