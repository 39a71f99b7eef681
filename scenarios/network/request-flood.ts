import { attacker } from '../../sim/cluster/adversary/attacker.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { encodeBodiesRequest } from '../../src/protocol/wire/bodies.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { attacked, attackFromMs, bannersOf, members, offencesOf, requirePace } from './attacked.ts'

/** Of each of four members, 500 a second. */
const perAct = 10
const flooder = attacker({
  fromMs: attackFromMs,
  everyMs: 20,
  act: ({ network, peers }) => {
    const body = encodeBodiesRequest({ fromHeight: 1, countMax: 4, bytesMax: 100_000 })
    for (const peer of peers) {
      if (!members.includes(peer)) continue
      for (let i = 0; i < perAct; i += 1) {
        const request = { peer, protocol: protocolId.bodies, body, deadlineMs: 1_000 }
        network.request(request, () => undefined)
      }
    }
  },
})

export const requestFlood: Scenario = {
  name: 'request-flood',
  title:
    'A follower asks each member for blocks five hundred times a second: it gets its share, is told to wait, and is banned',
  modelOnly:
    'a real stream rests after each refusal: whoever floods is slowed, and never gets as far',
  world: () => attacked(new Map([['f0', flooder]])),
  story: (net) => {
    const offences = offencesOf(net, ['f0'])
    const banners = bannersOf(net, 'f0')
    const given = new Map<string, number>()
    net.watch(({ node, event }) => {
      if (event.kind !== 'part-served' || event.peer !== 'f0' || event.outcome !== 'found') return
      given.set(node, (given.get(node) ?? 0) + 1)
    })
    net.run(attackFromMs)
    requirePace(net, 20_000)
    const missing = members.filter((name) => !banners.has(name))
    net.require('banned', missing.length === 0, `${missing.join(', ')} did not ban f0`)
    const kinds = new Set([...offences.values()].flat())
    const isForThat = [...kinds].join() === 'over-limit'
    net.require('for-overuse', isForThat, `it was reported for ${[...kinds].join(', ')}`)
    // 256 at once, and 128 a second until it is banned.
    const most = Math.max(0, ...given.values())
    net.require('share', most > 256 && most < 256 + 128 * 20, `${most} answers`)
  },
}
