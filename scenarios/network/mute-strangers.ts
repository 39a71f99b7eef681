import { silence } from '../../sim/cluster/adversary/answer-rules.ts'
import { hostileServer } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { attacked, members, offencesOf, requirePace } from './attacked.ts'

const mute = hostileServer(silence)
const names = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5']

export const muteStrangers: Scenario = {
  name: 'mute-strangers',
  title:
    'Six strangers connect and answer nothing, ever: none is taken for a peer, none is blamed, nobody waits for them',
  world: () => attacked(new Map(names.map((name) => [name, mute]))),
  story: (net) => {
    const offences = offencesOf(net, names)
    const taken = new Set<string>()
    let sentAway = 0
    net.watch(({ event }) => {
      if (event.kind === 'peer-ready' && names.includes(event.peer)) taken.add(event.peer)
      if (event.kind === 'peer-refused' && names.includes(event.peer)) sentAway += 1
    })
    net.run(6_000)
    requirePace(net, 60_000)
    net.require('not-taken', taken.size === 0, `${[...taken].join(', ')} were`)
    const atLeast = names.length * members.length
    net.require('sent-away', sentAway >= atLeast, `${sentAway} times`)
    const blamed = [...offences].filter(([, list]) => list.length > 0)
    net.require('not-blamed', blamed.length === 0, `by ${blamed.map(([name]) => name).join(', ')}`)
  },
}
