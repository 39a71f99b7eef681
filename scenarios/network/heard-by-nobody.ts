import type { Scenario } from '../../sim/cluster/scenario.ts'
import { lose, only } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'

const members = 4
/** A slot and a half of another author, at least. */
const muteMs = 5_000
const rounds = 4
/** What is known is repeated as a slot begins; the turn after that may be that of the one that is down. */
const againMsMax = 6_500

export const heardByNobody: Scenario = {
  name: 'heard-by-nobody',
  title:
    'One of four is down, so that all others are needed, and of these one is not heard for five seconds: it alone has seen a quorum, and cannot give up what it has finalised; when it is heard again, it says so within a slot, and blocks come',
  world: () => ({ members, link: regional }),
  story: (net, random) => {
    net.run(8_000)
    const [down = '', ...others] = random.shuffle(net.members)
    net.crash(down)
    net.run(6_000)
    for (let round = 0; round < rounds; round += 1) {
      const mute = random.pick(others)
      net.run(random.below(4_000))
      const { rules } = net.simulation.network
      // The connections hold: nobody meets anew, and compares what is known, when it is over.
      rules.add(
        'mute',
        only(({ from }) => from === mute, lose(1_000_000, random.fork('loss'))),
      )
      net.run(muteMs)
      rules.remove('mute')
      net.requireProgress(others, 1, againMsMax)
    }
  },
}
