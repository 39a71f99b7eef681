import { bomber, bombNames } from '../../sim/cluster/adversary/decoder-bombs.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { attacked, attackFromMs, members, offencesOf, requirePace } from '../network/attacked.ts'

const bombers = Array.from({ length: 8 }, (_, index) => `f${index}`)

/** Seeds take turns: seven of them throw every bomb. */
const namesOf = (seed: number): readonly string[] => {
  return bombers.map((_, at) => bombNames[(seed * bombers.length + at) % bombNames.length] ?? '')
}

export const decoderBombs: Scenario = {
  name: 'decoder-bombs',
  title:
    'Eight followers throw one bomb each, of all that topics and protocols can be sent: nothing fails, each of four members reports all eight, and blocks come as ever',
  world: (_random, seed) => {
    const names = namesOf(seed)
    return attacked(
      new Map(bombers.map((name, at) => [name, bomber(names[at] ?? '', attackFromMs)])),
    )
  },
  story: (net, _random, seed) => {
    const reported = new Map(bombers.map((bomber) => [bomber, offencesOf(net, [bomber])]))
    requirePace(net, attackFromMs + 12_000)
    const names = namesOf(seed)
    bombers.forEach((bomber, at) => {
      const blind = members.filter((name) => reported.get(bomber)?.get(name)?.length === 0)
      const detail = `${blind.join(', ')} did not report ${bomber} for "${names[at]}"`
      net.require('reported', blind.length === 0, detail)
    })
  },
}
