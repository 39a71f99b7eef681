import { outOfTurn } from '../../sim/cluster/adversary/bad-proposer.ts'
import { turnFaultNames } from '../../sim/cluster/adversary/block-faults.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const liar = 0

export const outOfTurnScenario: Scenario = {
  name: 'out-of-turn',
  title:
    'Beside each block of others one member of four proposes its own, in slots that are not its turn, past, or far off: each of the others refuses and reports it, and blocks come as ever',
  world: (random) => ({
    members: 4,
    link: regional,
    liars: new Map([[liar, outOfTurn(random.shuffle(turnFaultNames))]]),
  }),
  story: (net) => {
    const reporters = new Set<string>()
    net.watch(({ node, event }) => {
      if (event.kind === 'peer-reported' && event.peer === `n${liar}`) reporters.add(node)
    })
    net.run(10_000)
    net.requireProgress(net.correct, 9, 20_000)
    const blind = net.correct.filter((name) => !reporters.has(name))
    net.require('reported', blind.length === 0, `${blind.join(', ')} did not report n${liar}`)
  },
}
