import { forgetful } from '../../sim/cluster/adversary/forgetful.ts'
import { oldVoter } from '../../sim/cluster/adversary/old-voter.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { wideArea } from '../worlds.ts'
import { Accusations } from './accusations.ts'

const liar = 1
const storyMs = 30_000

/** Odd seeds forget, and lose power about every three seconds; even ones vote in the past and the future. */
const forgets = (seed: number): boolean => seed % 2 === 1

export const untimelyVotes: Scenario = {
  name: 'untimely-votes',
  title:
    'One member of four forgets its last votes each time that its power fails, or repeats votes of old and signs for slots far ahead: never two histories, nobody else is accused, and the others go on',
  world: (_random, seed) => ({
    members: 4,
    link: wideArea,
    liars: new Map([[liar, forgets(seed) ? forgetful(5_000) : oldVoter]]),
  }),
  story: (net, random, seed) => {
    const accusations = new Accusations(net)
    transfers(net, { everyMs: 500, untilMs: storyMs })
    const crash = (): void => {
      if (net.nowMs > storyMs) return
      net.crash(`n${liar}`, 50 + random.below(400))
      net.simulation.after(1_500 + random.below(3_000), crash)
    }
    if (forgets(seed)) net.simulation.after(6_000, crash)
    net.run(storyMs)
    for (const name of net.correct) {
      net.require('progress', net.heightOf(name) >= 7, `${name} is at ${net.heightOf(name)}`)
    }
    net.requireProgress(net.correct, 3, 16_000)
    accusations.requireNoOther(liar)
  },
}
