import { badProposer } from '../../sim/cluster/adversary/bad-proposer.ts'
import { blockFaultNames } from '../../sim/cluster/adversary/block-faults.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const liar = 2
const members = 4
/** Seven of the liar's turns. */
const storyMs = 30_000

export const invalidBlocks: Scenario = {
  name: 'invalid-blocks',
  title:
    'Each block of one member of four breaks another rule: none is committed, the others go on, and they blame nobody else',
  world: (random) => ({
    members,
    link: regional,
    slotMs: 1_000,
    liars: new Map([[liar, badProposer(random.shuffle(blockFaultNames))]]),
  }),
  story: (net) => {
    const refused = new Map<string, Set<string>>()
    net.watch(({ node, event }) => {
      if (event.kind === 'block-refused') {
        refused.set(event.code, (refused.get(event.code) ?? new Set()).add(node))
      }
      const isBad = event.kind === 'block-committed' && event.slot % members === liar
      net.require('none-committed', !isBad, `${node} committed a block of n${liar}`)
    })
    net.run(storyMs)
    for (const name of net.correct) {
      // Three slots in four can bring a block; the one after a slot that brought none may be late.
      net.require('progress', net.heightOf(name) >= 18, `${name} is at ${net.heightOf(name)}`)
    }
    const deaf = [...refused].filter(([, nodes]) => nodes.size < net.correct.length)
    const codes = deaf.map(([code, nodes]) => `${code} by ${[...nodes].join(', ')}`)
    net.require('refused-by-all', deaf.length === 0, `only ${codes.join('; ')}`)
    // Seven of fourteen faults, some of which are refused for the same reason.
    net.require('refused', refused.size >= 4, `${[...refused.keys()].join(', ')}`)
  },
}
