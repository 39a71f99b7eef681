import { on, schedule } from '../../sim/cluster/fault/schedule.ts'
import { watchPunctuality } from '../../sim/cluster/liveness/on-time.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { runToTurnOf } from '../byzantine/rounds.ts'
import { regional } from '../worlds.ts'

/** Long enough to be back, and to have asked the others first, before the slot is over. */
const slotMs = 8_000
/** At each of these a vote is handed to the disk, of the one kind or the other. */
const moments = ['block-executed', 'block-notarised'] as const

export const unsentVotes: Scenario = {
  name: 'unsent-votes',
  title:
    'One of four is down, so that all others are needed, and the power of one of these fails when the disk has its vote and nobody has heard of it: it is back within the slot, signs the same again, and the block is committed in its slot',
  world: () => ({ members: 4, link: regional, slotMs }),
  story: (net, random) => {
    net.run(10_000)
    const [down = 0, ...others] = random.shuffle([0, 1, 2, 3])
    net.crash(`n${down}`)
    const nodes = others.map((member) => `n${member}`)
    runToTurnOf(net, down)
    const isFree = (slot: number): boolean => slot % net.members.length === down
    const end = watchPunctuality(net, {
      ...{ voters: [], voteMsMax: slotMs, nodes, commitMsMax: slotMs },
      isFree,
    })
    for (const event of [...moments, ...moments]) {
      const [author = 0, hapless = 0] = random.shuffle(others)
      const node = `n${hapless}`
      runToTurnOf(net, author)
      const facts = { node, keeps: 'all', for: '500ms' } as const
      schedule(net, [on({ event, node }, 'crash-keeps', facts)])
      net.run(slotMs)
    }
    end()
  },
}
