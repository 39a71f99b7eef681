import { watchCore } from '../../sim/cluster/liveness/watch-core.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { wideArea } from '../worlds.ts'

export const calm: Scenario = {
  name: 'calm',
  title: 'Four members on sound links commit a block in every slot, with what users send',
  world: () => ({ members: 4, link: wideArea }),
  story: (net) => {
    transfers(net, { everyMs: 500, untilMs: 60_000 })
    watchCore(net, net.members)
    net.run(63_000)
    // One block every two seconds from the third on; the last one may be on its way.
    for (const name of net.members) {
      net.require('every-slot', net.heightOf(name) >= 29, `${name} is at ${net.heightOf(name)}`)
    }
    net.require('no-slot-given-up', !net.goals.reached.includes('slots given up'), 'one was')
    const isUsed = net.goals.reached.includes('transactions committed')
    net.require('transactions', isUsed, 'no transaction was committed')
  },
}
