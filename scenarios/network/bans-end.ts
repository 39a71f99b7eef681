/** Long enough for what was done to be forgotten. */
import { attacker } from '../../sim/cluster/adversary/attacker.ts'
import { madeUpVote } from '../../sim/cluster/adversary/made-up.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { topicsOf } from '../../src/actors/network/topics.ts'
import { encodeGossip } from '../../src/protocol/wire/gossip.ts'
import { regional } from '../worlds.ts'
import { bannersOf } from './attacked.ts'

const slotMs = 8_000
const fromMs = 10_500
/** The shortest ban, until it is lifted, and a dial. */
const banMsMax = 600_000 + 120_000
const conductHalfLifeMs = 40_000
/** Nearly all is forgotten in between. */
const seldomMs = 3 * conductHalfLifeMs

/** One forged vote every so often: as many as make a ban, if none were forgotten; until a time. */
function forger(everyMs: number, untilMs: number): ReturnType<typeof attacker> {
  return attacker({
    fromMs,
    everyMs,
    act: ({ network, parts, slot }) => {
      if (parts.nowMs() > untilMs) return
      const vote = madeUpVote(parts, slot)
      network.publish(topicsOf(parts.chain).consensus, encodeGossip({ kind: 'vote', vote }))
    },
  })
}

export const bansEnd: Scenario = {
  name: 'bans-end',
  title:
    'One follower forges five votes in a row, and is banned for ten minutes; another forges as many, two minutes apart, and is not: when the ban is over both are connected, and one that forges nothing was heard all the time',
  world: () => ({
    members: 2,
    // With few peers bans are over sooner by another rule.
    followers: 5,
    link: regional,
    slotMs,
    hostile: new Map([
      ['f0', forger(500, fromMs + 2_500)],
      ['f1', forger(seldomMs, Number.MAX_SAFE_INTEGER)],
    ]),
    tuning: { conductHalfLifeMs },
  }),
  story: (net) => {
    const { network } = net.simulation
    const [often, seldom] = [bannersOf(net, 'f0'), bannersOf(net, 'f1')]
    net.run(fromMs + slotMs)
    net.require('banned', often.size >= net.members.length, `only ${[...often].join(', ')} ban f0`)
    const before = net.heightOf('f2')
    net.run(banMsMax)
    net.require('forgiven', seldom.size === 0, `${[...seldom].join(', ')} banned f1`)
    for (const name of ['f0', 'f1', 'f2', 'f3', 'f4']) {
      const isBack = net.members.some((member) => network.isConnected(member, name))
      net.require('connected', isBack, `no member is connected to ${name}`)
    }
    const blocks = net.heightOf('f2') - before
    net.require('pace', blocks >= (0.95 * banMsMax) / slotMs, `f2 committed ${blocks} blocks`)
  },
}
