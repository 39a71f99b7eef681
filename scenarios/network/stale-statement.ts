import { speaking } from '../../sim/cluster/adversary/speech.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { regional } from '../worlds.ts'

const liar = 3
const statementMs = 20_000

/** Shows for ever what it showed first. */
const repeater = speaking(() => {
  let first: Uint8Array | undefined
  return {
    answer: (protocol, honest) => {
      if (protocol !== protocolId.status) return honest
      first ??= honest
      return first
    },
  }
})

export const staleStatement: Scenario = {
  name: 'stale-statement',
  title:
    'One peer of four members goes on showing the statement that it had at first: when that has expired, none of the others believes or favours it any more, and all favour each other',
  world: () => ({
    members: 4,
    followers: 1,
    link: regional,
    liars: new Map([[liar, repeater]]),
    tuning: { statementMs },
  }),
  story: (net) => {
    const favoured = new Map(net.names.map((name) => [name, new Set<string>()]))
    net.watchCrossings((crossing) => {
      if (crossing.kind !== 'favoured') return
      const { seat, peer, isFavoured } = crossing
      const peers = favoured.get(seat.node) ?? new Set()
      if (isFavoured) peers.add(peer)
      else peers.delete(peer)
    })
    const require = (expected: readonly string[]): void => {
      for (const name of net.correct) {
        const due = net.members.includes(name) ? expected.filter((each) => each !== name) : []
        const found = favoured.get(name) ?? new Set()
        const isRight = found.size === due.length && due.every((each) => found.has(each))
        net.require('favoured', isRight, `${name} favours ${[...found].join(', ')}`)
      }
    }
    net.run(statementMs / 4)
    require(net.members)
    net.run(2 * statementMs)
    require(net.members.filter((name) => name !== `n${liar}`))
  },
}
