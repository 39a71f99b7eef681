import { plannedFailure } from '../../sim/cluster/checker/containment.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const hostName = 'n0'
const paths = ['storage/storage', 'chain/chain', 'network/peer', 'network/network', 'network/sync']
/** A multiple of all that a node does by the clock. */
const lookMs = 60_000
const rounds = 5
/** What is said and asked in a minute differs by chance. */
const morePercentMax = 25
const timersMoreMax = 15

export const failuresLeaveNothing: Scenario = {
  name: 'failures-leave-nothing',
  title:
    'Each actor of a node fails five times, two minutes apart: then the node says and asks as much as before, and as many timers wait: nothing of an old life lives on',
  world: () => ({ members: 3, link: regional, slotMs: 4_000 }),
  story: (net) => {
    let said = 0
    net.watchCrossings(({ kind, seat }) => {
      if (seat.node === hostName && (kind === 'published' || kind === 'asked')) said += 1
    })
    net.run(30_000)
    const measure = (): { said: number; timers: number } => {
      said = 0
      net.run(lookMs)
      return { said, timers: net.machine(hostName).host.timers }
    }
    const before = measure()
    for (let round = 0; round < rounds; round += 1) {
      for (const path of paths) {
        net.machine(hostName).node?.crashActor(path, plannedFailure)
        net.run(24_000)
      }
    }
    net.run(30_000)
    const after = measure()
    const isQuiet = 100 * after.said <= (100 + morePercentMax) * before.said
    net.require('as-quiet', isQuiet, `${after.said} in a minute, ${before.said} before`)
    const more = after.timers - before.timers
    net.require('as-few-timers', more <= timersMoreMax, `${more} more than ${before.timers}`)
  },
}
