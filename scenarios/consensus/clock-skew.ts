import { setClock } from '../../sim/cluster/fault/clock.ts'
import { watchPunctuality } from '../../sim/cluster/liveness/on-time.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { wideArea } from '../worlds.ts'

const skewMs = [-400, 400, -200, 300]

export const clockSkew: Scenario = {
  name: 'clock-skew',
  title: 'Clocks up to 0.4 s wrong, drifting and stepping: nearly every slot still has its block',
  world: () => ({
    members: 4,
    link: wideArea,
    clockOffsetMs: (name) => skewMs[Number(name.slice(1))] ?? 0,
    clockDriftPpm: (name) => (Number(name.slice(1)) - 1) * 50,
    clockErrorMsMax: 450,
  }),
  story: (net, random) => {
    // A proposal that comes before its slot is kept until then, and nobody misses it.
    const [voters, nodes] = [net.members, net.members]
    const end = watchPunctuality(net, { voters, nodes, voteMsMax: 900, commitMsMax: 1_400 })
    net.run(60_000)
    end()
    for (const name of net.members) {
      net.require('most-slots', net.heightOf(name) >= 25, `${name} is at ${net.heightOf(name)}`)
    }
    for (let step = 0; step < 10; step += 1) {
      setClock(net, random.pick(net.members), random.between(-400, 400))
      net.run(4_000)
    }
    net.requireProgress(net.members, 3, 20_000)
  },
}
