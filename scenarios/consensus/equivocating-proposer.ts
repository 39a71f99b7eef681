import { equivocator } from '../../sim/cluster/adversary/equivocator.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { wideArea } from '../worlds.ts'

export const equivocatingProposer: Scenario = {
  name: 'equivocating-proposer',
  title:
    'One member of four proposes two blocks in each of its slots: no two are committed, and the proof is kept',
  world: () => ({ members: 4, link: wideArea, liars: new Map([[2, equivocator]]) }),
  story: (net) => {
    net.run(120_000)
    for (const name of net.correct) {
      // Three slots in four are honest; of the liar's own, some bring a block and some bring none.
      net.require('progress', net.heightOf(name) >= 40, `${name} is at ${net.heightOf(name)}`)
    }
    const isFound = net.goals.reached.includes('evidence of a liar found')
    net.require('evidence', isFound, 'nobody noticed the liar')
    const asked = net.machine('n0').node
    let proofs = 0
    asked?.call('alys_getEvidence', [], (answer) => {
      if ('result' in answer && Array.isArray(answer.result)) proofs = answer.result.length
    })
    net.run(1_000)
    net.require('proof-kept', proofs > 0, 'no proof against the liar is on the disk')
  },
}
