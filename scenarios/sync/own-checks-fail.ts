/** A late node whose own pool of validators stands still again and again, and is wrong. */
import type { Cluster } from '../../sim/cluster/cluster.ts'
import { again } from '../../sim/cluster/fault/fault.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncWatch } from '../../sim/cluster/sync-watch.ts'
import { bimodal, uniform } from '../../sim/distribution.ts'
import { soundVerifier } from '../../sim/verifier.ts'
import type { RecordVerdict } from '../../src/kernel/environment.ts'
import type { RunFault } from '../../src/protocol/block/run.ts'
import { wideArea } from '../worlds.ts'
import { joinersOf, makeChain, served, serversOf } from './served.ts'

const world = { servers: 6 }
/** Some answers come long after they were expected, so that others are asked for the same. */
const moody = {
  ...wideArea,
  latency: bimodal(uniform(20_000, 60_000), uniform(500_000, 900_000), 200_000),
}
const blocks = 150
/** When it does something, it takes so much longer than usual. */
const slownessPercent = 500
/** Of each period so long it takes nothing on: what others answer comes while an answer waits for its verdict. */
const stuckMs = 500
const periodMs = 1_000
const workers = 2
/** Sound blocks that are taken for wrong: one in so many, until there were as many as this. */
const mistakeEvery = 20
const mistakesMax = 3

export const ownChecksFail: Scenario = {
  name: 'own-checks-fail',
  title:
    'The pool of validators of a late node stands still half of the time, and takes some sound blocks for wrong ones: answers cross one another, nobody is held to have lied, and it gets there',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const server of serversOf(world)) net.simulation.network.setLink(server, joiner, moody)
    const watch = new SyncWatch(net, joiner)
    const mistakes = new Mistakes()
    const mend = breakPool(net, joiner, mistakes)
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 60_000)
    net.require('was-wrong', mistakes.made === mistakesMax, `${mistakes.made} blocks misjudged`)
    mend()
    net.requireProgress([joiner], 5, 20_000)
    net.require('nobody-reported', watch.reported.size === 0, [...watch.reported].join(', '))
  },
}

/** Says of a block now and then that its body is not the one that its header states. */
class Mistakes {
  #seen = 0
  made = 0

  readonly misjudge = (verdict: RecordVerdict): RecordVerdict => {
    this.#seen += 1
    if (this.made === mistakesMax || this.#seen % mistakeEvery !== 0) return verdict
    this.made += 1
    return { ...verdict, fault: 'root' satisfies RunFault }
  }
}

/** From now on; what it returns ends it. */
function breakPool(net: Cluster, name: string, { misjudge }: Mistakes): () => void {
  const { host } = net.machine(name)
  const set = (workersStuck: number): void => {
    host.verifierFaults = { slownessPercent, workersStuck, misjudge }
  }
  const end = again(net, periodMs, () => {
    set(workers)
    net.simulation.after(stuckMs, () => set(0))
    return true
  })
  return () => {
    end()
    net.simulation.after(stuckMs, () => {
      host.verifierFaults = soundVerifier
    })
  }
}
