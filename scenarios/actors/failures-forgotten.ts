import { plannedFailure } from '../../sim/cluster/checker/containment.ts'
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'

const hostName = 'n0'
const failing = 'chain/chain'
const sibling = 'chain/engine'
/** So many within two minutes an actor may fail; with one more its group begins anew (`src/node/supervision.ts`). */
const failuresMax = 8
const windowMs = 120_000

export const failuresForgotten: Scenario = {
  name: 'failures-forgotten',
  title:
    'An actor fails now and then, twice as often as would be borne in two minutes: it alone begins anew each time; then as often within two minutes: its whole group does',
  world: () => ({ members: 3, link: regional, slotMs: 8_000 }),
  story: (net) => {
    net.run(20_000)
    const before = startsOf(net, sibling)
    for (let count = 0; count < 2 * failuresMax; count += 1) {
      fail(net)
      net.run(windowMs / (failuresMax - 1))
    }
    const rare = startsOf(net, sibling) - before
    net.require('begun-alone', rare === 0, `${sibling} began anew ${rare} times`)
    net.run(windowMs)
    for (let count = 0; count <= failuresMax; count += 1) {
      fail(net)
      net.run(9_000)
    }
    const often = startsOf(net, sibling) - before
    net.require('begun-together', often === 1, `${sibling} began anew ${often} times`)
    net.requireProgress(net.members, 2, 60_000)
  },
}

function fail(net: Cluster): void {
  net.machine(hostName).node?.crashActor(failing, plannedFailure)
}

function startsOf(net: Cluster, path: string): number {
  const actors = net.machine(hostName).node?.actors() ?? []
  return actors.find((actor) => actor.path === path)?.starts ?? 0
}
