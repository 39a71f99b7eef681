import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SimRandom } from '../../sim/random.ts'
import { lose, only, touching } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'

const follower = 'f0'
/** What is asked meanwhile is not answered; the first time, when it is asked again. */
const deafMs = 12_000
/** A question waits for 5 s, and a dial that was lost for half of one. */
const meetMsMax = 10_000
const rounds = 4

export const metByOneSide: Scenario = {
  name: 'met-by-one-side',
  title:
    'One member, and a follower that alone knows the way to it: their first handshake is lost on the way, then the connection again and again: each time they meet anew, both of them',
  world: () => ({
    members: 1,
    followers: 1,
    link: regional,
    slotMs: 500,
    neighbours: (name) => (name === follower ? ['n0'] : []),
  }),
  story: (net) => {
    const { network } = net.simulation
    const met = new Set<string>()
    net.watch(({ node, event }) => {
      if (event.kind === 'peer-ready') met.add(node)
    })
    const requireMet = (when: string): void => {
      net.run(meetMsMax, () => met.size === net.names.length)
      const apart = net.names.filter((name) => !met.has(name))
      net.require('met', apart.length === 0, `${apart.join(', ')} met nobody ${when}`)
    }
    const loss = lose(1_000_000, new SimRandom('all'))
    network.rules.add('deaf', only(touching([follower]), loss))
    net.run(deafMs)
    network.rules.remove('deaf')
    requireMet('when messages came through')
    for (let round = 1; round <= rounds; round += 1) {
      net.run(3_000)
      met.clear()
      network.reset('n0', follower)
      requireMet(`after connection ${round} was lost`)
    }
    net.requireProgress(net.names, 3, 20_000)
  },
}
