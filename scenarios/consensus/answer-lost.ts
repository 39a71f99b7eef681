import { at, on, schedule } from '../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { only, slow } from '../../sim/rules.ts'
import { cut, heal, runToTurnOf } from '../byzantine/rounds.ts'
import { regional } from '../worlds.ts'

/** By then whoever has not heard of a slot's block has given the slot up, and will not help to commit it. */
const deafMs = 1_800
/** Longer than a block takes to be approved by who hears of it from its author. */
const slowByUs = 150_000
/** Longer than a block is waited for, whoever is asked. */
const cutOff = '5s'

export const answerLost: Scenario = {
  name: 'answer-lost',
  title:
    'A member learns that a quorum approved a block it has not heard of, asks for it, and is cut off before the answer; and one of the quorum is gone, so that no block can follow until it asks again',
  world: () => ({ members: 4, link: regional }),
  story: (net, random) => {
    net.run(8_000)
    const [late = '', gone = '', author = '', fourth = ''] = random.shuffle(net.members)
    const others = [author, fourth]
    const sides = [[late], [gone, ...others]]
    runToTurnOf(net, net.members.indexOf(author))
    cut(net, sides)
    const { rules } = net.simulation.network
    // Whoever is gone soon approves the block before it could hear that the fourth has.
    rules.add(
      'slow',
      only(({ from, to }) => from === fourth && to === author, slow(slowByUs)),
    )
    const silence = { from: others, to: [gone], for: '4s' }
    schedule(net, [
      at(`${net.nowMs}ms`, 'cut-one-way', { ...silence, from: [fourth] }),
      on({ event: 'vote-sent', node: gone }, 'cut-one-way', silence),
    ])
    net.run(deafMs)
    net.crash(gone)
    heal(net)
    rules.remove('slow')
    const apart = { groups: sides, for: cutOff }
    schedule(net, [on({ event: 'block-notarised', node: late }, 'partition', apart)])
    net.run(12_000)
    net.requireProgress([late, ...others], 2, 20_000)
  },
}
