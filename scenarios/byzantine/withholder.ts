import {
  bodyWithholder,
  selectiveDelayer,
  voteWithholder,
} from '../../sim/cluster/adversary/withholder.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { wideArea } from '../worlds.ts'

const liar = 3
const storyMs = 30_000
/** Each three seeds are one of each. */
const kinds = [bodyWithholder, voteWithholder, selectiveDelayer]

export const withholder: Scenario = {
  name: 'withholder',
  title:
    'One member of four keeps back the bodies of its blocks, or its votes, or says everything up to a slot late, to some sooner: the others go on without it',
  world: (_random, seed) => ({
    members: 4,
    link: wideArea,
    liars: new Map([[liar, kinds[seed % kinds.length] ?? bodyWithholder]]),
  }),
  story: (net) => {
    transfers(net, { everyMs: 500, untilMs: storyMs })
    net.run(storyMs)
    for (const name of net.correct) {
      // Of fourteen slots each fourth is the liar's; and where its vote is missing, the three others must all be in time.
      net.require('progress', net.heightOf(name) >= 8, `${name} is at ${net.heightOf(name)}`)
    }
    net.requireProgress(net.correct, 3, 16_000)
  },
}
