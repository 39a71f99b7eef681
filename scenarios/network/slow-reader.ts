import { attacker } from '../../sim/cluster/adversary/attacker.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { encodeBodiesRequest } from '../../src/protocol/wire/bodies.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { regional } from '../worlds.ts'
import { attacked, attackFromMs, members, requirePace } from './attacked.ts'

/** Within what is allowed, and far more than its link can take. */
const reader = attacker({
  fromMs: attackFromMs,
  everyMs: 100,
  act: ({ network, peers }) => {
    const body = encodeBodiesRequest({ fromHeight: 1, countMax: 1_024, bytesMax: 2_000_000 })
    for (const peer of peers) {
      const request = { peer, protocol: protocolId.bodies, body, deadlineMs: 60_000 }
      for (let i = 0; i < 8; i += 1) network.request(request, () => undefined)
    }
  },
})
const bytesPerSecond = 2_000

export const slowReader: Scenario = {
  name: 'slow-reader',
  title:
    'A follower asks for all that it may over a link of 2 kB/s: members neither wait for it nor hold much for it',
  world: () => attacked(new Map([['f0', reader]])),
  story: (net) => {
    const { network } = net.simulation
    for (const name of members) network.setLink(name, 'f0', { ...regional, bytesPerSecond })
    const given = new Map<string, number>()
    net.watch(({ node, event }) => {
      if (event.kind !== 'part-served' || event.peer !== 'f0') return
      given.set(node, (given.get(node) ?? 0) + event.bytes)
    })
    net.run(attackFromMs)
    requirePace(net, 40_000)
    // 64 MiB at once and 64 a second is what a peer may have; the chain is too short for it.
    const most = Math.max(0, ...given.values())
    net.require('work-bounded', most > 0 && most < 64 * 1_048_576, `${most} bytes`)
  },
}
