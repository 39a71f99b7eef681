import { addressOf } from '../../sim/address.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import type { Network } from '../../src/kernel/environment.ts'
import { protocolId, wireVersions } from '../../src/protocol/wire/requests.ts'
import { encodeStatus, type Status } from '../../src/protocol/wire/status.ts'
import { attacked, members, requirePace } from './attacked.ts'

/** All of them in one neighbourhood: `sim:cheap.0.7` is a host of the group `cheap`. */
const names = Array.from({ length: 60 }, (_, i) => `cheap.${i % 2}.${i}`)
/** A twentieth of 128 places. */
const placesMax = 6

export const crowdOfOneOwner: Scenario = {
  name: 'crowd-of-one-owner',
  title:
    'Sixty strangers of one owner want places at every member, again and again: six of them get one, and others still do',
  world: () => attacked(new Map()),
  story: (net) => {
    const { chain, simulation } = net
    const status: Status = {
      ...{ chainTag: chain.tag, genesis: chain.genesis.hash, versions: wireVersions },
      ...{ certified: undefined, head: { height: 0, slot: 0 }, availableFrom: 0 },
      statement: undefined,
    }
    const networks: Network[] = []
    for (const name of names) {
      simulation.addHost(name).boot(({ network }) => {
        networks.push(network)
        network.open({
          peerUp: () => undefined,
          peerDown: () => undefined,
          peerFound: () => undefined,
          gossip: (_message, verdict) => verdict('ignore'),
          request: ({ protocol }, answer) => {
            answer(protocol === protocolId.status ? encodeStatus(status) : undefined)
          },
        })
        return { stop: () => undefined }
      })
    }
    net.run(6_000)
    for (let round = 0; round < 10; round += 1) {
      for (const network of networks) {
        for (const member of members) network.dial(addressOf(member), () => undefined)
      }
      requirePace(net, 4_000)
    }
    for (const member of members) {
      const peers = simulation.network.peersOf(member)
      const cheap = peers.filter((peer) => names.includes(peer)).length
      net.require('places', cheap <= placesMax, `${member} has ${cheap} of one owner`)
    }
    net.crash('f0', 1_000)
    net.requireProgress(['f0'], 5, 30_000)
  },
}
