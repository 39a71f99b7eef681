import { at, schedule } from '../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { wideArea } from '../worlds.ts'

/** With four members one may be silent. */
export const quorumLost: Scenario = {
  name: 'quorum-lost',
  title:
    'Two of four members are down for good: nothing is committed, nobody halts nor gives up, and when one of them is back all go on',
  world: () => ({ members: 4, link: wideArea }),
  story: (net, random) => {
    const [lost = '', back = '', ...left] = random.shuffle(net.members)
    schedule(net, [at('20s', 'crash', { node: lost }), at('20s', 'crash', { node: back })])
    // What was under way at that moment may yet be committed.
    net.run(25_000)
    const heights = left.map((name) => net.heightOf(name))
    net.run(120_000)
    left.forEach((name, index) => {
      const height = net.heightOf(name)
      net.require('nothing-committed', height === heights[index], `${name} is at ${height}`)
      net.require('still-there', !net.hasStopped(name), `${name} gave up`)
    })
    net.restart(back)
    net.requireProgress([...left, back], 5, 60_000)
  },
}
