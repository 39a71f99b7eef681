import { attacker } from '../../sim/cluster/adversary/attacker.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { topicsOf } from '../../src/actors/network/topics.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { attacked, attackFromMs, bannersOf, members, offencesOf, requirePace } from './attacked.ts'

const gossipBytesMax = 16 * 1_024
const requestBytesMax = 2 * 1_024 * 1_024
/** For so long it sends a byte too many, and then as many as there may be. */
const overMs = 10_000

const stuffer = attacker({
  fromMs: attackFromMs,
  everyMs: 500,
  act: ({ network, peers, parts, random }) => {
    const extra = parts.nowMs() < attackFromMs + overMs ? 1 : 0
    const gossip = new Uint8Array(gossipBytesMax + extra).fill(random.below(256))
    network.publish(topicsOf(parts.chain).consensus, gossip)
    for (const peer of peers) {
      const body = new Uint8Array(requestBytesMax + extra).fill(random.below(256))
      const request = { peer, protocol: protocolId.exchange, body, deadlineMs: 1_000 }
      network.request(request, () => undefined)
    }
  },
})

export const framesAtTheLimit: Scenario = {
  name: 'frames-at-the-limit',
  title:
    'A follower sends frames of a byte too many, which arrive nowhere, and then of the most there may be, which cost it its place',
  world: () => attacked(new Map([['f0', stuffer]])),
  story: (net) => {
    const offences = offencesOf(net, ['f0'])
    const banners = bannersOf(net, 'f0')
    net.run(attackFromMs + overMs - 500)
    const blamed = [...offences].filter(([, list]) => list.length > 0).map(([name]) => name)
    net.require('nothing-arrives', blamed.length === 0, `${blamed.join(', ')} reported f0`)
    net.run(3_000)
    const missing = members.filter((name) => !banners.has(name))
    net.require('banned', missing.length === 0, `${missing.join(', ')} did not ban f0`)
    requirePace(net, 30_000)
  },
}
