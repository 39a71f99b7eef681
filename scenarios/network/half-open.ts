import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'
import { honestOf, members, requirePace } from './attacked.ts'

const followers = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5']
const rounds = 3

/** Within so long a node finds that a connection is dead (`vigilTimes` in `src/platform/libp2p/node.ts`, held by a test). */
export const noticeMs = 44_000

export const halfOpen: Scenario = {
  name: 'half-open',
  title:
    'Five followers lose power without a sign, three times: members keep the pace, let the dead connections go, and are found again',
  world: () => ({ members: members.length, followers: followers.length, link: regional }),
  story: (net) => {
    const honest = honestOf(net)
    const victims = followers.filter((name) => name !== honest)
    net.run(10_000)
    for (let round = 0; round < rounds; round += 1) {
      for (const name of victims) {
        const { host } = net.machine(name)
        // Nobody resets its connections: the others have to find out.
        if (host.isRunning) host.crash('silence')
        host.restartAfter(noticeMs + 1_000)
      }
      requirePace(net, noticeMs)
      const { network } = net.simulation
      const held = members.flatMap((name) => {
        return network.peersOf(name).filter((peer) => victims.includes(peer))
      })
      net.require('let-go', held.length === 0, `${held.length} dead connections are held`)
      net.run(6_000)
    }
    net.requireProgress(followers, 5, 40_000)
  },
}
