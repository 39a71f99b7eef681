import { mutator } from '../../sim/cluster/adversary/mutator.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { regional } from '../worlds.ts'
import { Accusations } from './accusations.ts'
import { cut, heal, untilSlotMs } from './rounds.ts'

const members = 4
const slots = 10

/** As ByzzFuzz has it: a few messages are changed, and in a few rounds somebody is cut off. */
export const mutatedMessages: Scenario = {
  name: 'mutated-messages',
  title:
    'One member of four changes one field of a dozen of its messages and of those of others, and in three slots of ten the network is cut in two: never two histories, nobody else is accused, and then all go on',
  world: (random) => ({
    members,
    link: regional,
    liars: new Map([[random.below(members), mutator]]),
  }),
  story: (net, random) => {
    const [liar = 0] = net.options.liars?.keys() ?? []
    const accusations = new Accusations(net)
    transfers(net, { everyMs: 300, untilMs: 30_000 })
    net.run(6_000)
    for (let slot = 0; slot < slots; slot += 1) {
      const one = net.members.filter(() => random.chance(1, 2))
      const sides = [one, net.members.filter((name) => !one.includes(name))]
      if (random.chance(3, 10)) cut(net, sides)
      else heal(net)
      net.run(untilSlotMs(net))
    }
    heal(net)
    net.requireProgress(net.correct, 4, 20_000)
    accusations.requireNoOther(liar)
  },
}
