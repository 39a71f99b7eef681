import { outOfTurn, stacker } from '../../sim/cluster/adversary/bad-proposer.ts'
import { type TurnFaultName, turnFaultNames } from '../../sim/cluster/adversary/block-faults.ts'
import type { LiarParts } from '../../sim/cluster/cluster.ts'
import type { WrapEnvironment } from '../../sim/cluster/machine.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'
import { setApart } from './distance.ts'

const liar = 0

export const outOfTurnScenario: Scenario = {
  name: 'out-of-turn',
  title:
    'Beside each block of others one member of four proposes its own, in slots that are not its turn, past, or far off, and a second one in its own slots: each of the others refuses and reports it, and blocks come as ever',
  world: (random) => ({
    members: 4,
    link: regional,
    liars: new Map([[liar, inEveryWay(random.shuffle(turnFaultNames))]]),
  }),
  story: (net) => {
    const reporters = new Set<string>()
    net.watch(({ node, event }) => {
      if (event.kind === 'peer-reported' && event.peer === `n${liar}`) reporters.add(node)
    })
    // It hears of approvals before others do: what it stacks on a block comes before that is committed.
    setApart(net)
    net.run(10_000)
    net.requireProgress(net.correct, 9, 20_000)
    const blind = net.correct.filter((name) => !reporters.has(name))
    net.require('reported', blind.length === 0, `${blind.join(', ')} did not report n${liar}`)
  },
}

function inEveryWay(faults: readonly TurnFaultName[]): (parts: LiarParts) => WrapEnvironment {
  return (parts) => {
    const wraps = [outOfTurn(faults), stacker].map((make) => make(parts))
    return (environment) => wraps.reduce((seen, wrap) => wrap(seen), environment)
  }
}
