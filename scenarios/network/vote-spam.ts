import { attacker } from '../../sim/cluster/adversary/attacker.ts'
import { madeUpVote } from '../../sim/cluster/adversary/made-up.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { topicsOf } from '../../src/actors/network/topics.ts'
import { encodeGossip } from '../../src/protocol/wire/gossip.ts'
import { attacked, attackFromMs, bannersOf, members, offencesOf, requirePace } from './attacked.ts'

/** Early in a slot, when nothing is settled and a vote for anything is counted. */
const fromMs = attackFromMs + 1_050

/** Ten votes at a time, 200 a second, each well-formed and none genuine. */
const spammer = attacker({
  fromMs,
  everyMs: 50,
  act: ({ network, parts, slot }) => {
    const { consensus } = topicsOf(parts.chain)
    for (let i = 0; i < 10; i += 1) {
      network.publish(consensus, encodeGossip({ kind: 'vote', vote: madeUpVote(parts, slot) }))
    }
  },
})

/** And two a second about slots that are long settled: nobody looks at those, and nobody passes them on. */
const lateSpammer = attacker({
  fromMs,
  everyMs: 500,
  act: ({ network, parts, slot }) => {
    const { consensus } = topicsOf(parts.chain)
    const vote = madeUpVote(parts, Math.max(1, slot - slotsAgo))
    network.publish(consensus, encodeGossip({ kind: 'vote', vote }))
  },
})
const slotsAgo = 5

export const voteSpam: Scenario = {
  name: 'vote-spam',
  title:
    'A follower floods four members with forged votes: three of them, and each member bans it and lets go of it',
  world: () =>
    attacked(
      new Map([
        ['f0', spammer],
        ['f1', lateSpammer],
      ]),
    ),
  story: (net) => {
    const offences = offencesOf(net, ['f0'])
    const banners = bannersOf(net, 'f0')
    net.run(fromMs + 2_000)
    const missing = members.filter((name) => !banners.has(name))
    net.require('banned', missing.length === 0, `${missing.join(', ')} did not ban f0`)
    // What was under way when the third was refused was looked at too, and not what came after.
    const counts = [...offences].map(([name, list]) => `${name} ${list.length}`)
    const isBounded = [...offences.values()].every((list) => list.length <= 20)
    net.require('work-bounded', isBounded, counts.join(', '))
    requirePace(net, 40_000)
    const held = members.filter((name) => net.simulation.network.isConnected(name, 'f0'))
    net.require('let-go', held.length === 0, `${held.join(', ')} held on to f0`)
  },
}
