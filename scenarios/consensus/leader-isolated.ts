import type { Scenario } from '../../sim/cluster/scenario.ts'
import { isolate } from '../../sim/rules.ts'
import { regional } from '../worlds.ts'

export const leaderIsolated: Scenario = {
  name: 'leader-isolated',
  title: 'Whoever is to propose is cut off in its slot, five times: the others skip it and go on',
  world: () => ({ members: 4, link: regional }),
  story: (net) => {
    const { rules } = net.simulation.network
    const { slotMs } = net.chain.slots
    net.run(21_000)
    for (let round = 0; round < 5; round += 1) {
      const slot = Math.floor((net.simulation.wallMs - net.chain.slots.genesisMs) / slotMs) + 1
      const leader = `n${slot % 4}`
      rules.add('leader', isolate([leader]))
      net.run(1.5 * slotMs)
      rules.remove('leader')
      net.run(1.5 * slotMs)
    }
    net.requireProgress(net.members, 3, 15_000)
    const skipped = net.goals.reached.includes('slots given up')
    net.require('slots-skipped', skipped, 'no slot was given up')
  },
}
