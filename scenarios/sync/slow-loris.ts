/** A late node among peers that keep it waiting. */
import { late, silence } from '../../sim/cluster/adversary/answer-rules.ts'
import { hostileServer, inSync } from '../../sim/cluster/adversary/hostile-server.ts'
import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import type { Millis } from '../../src/base/units.ts'
import { regional } from '../worlds.ts'
import { joinersOf, makeChain, requireReserved, served, serversOf } from './served.ts'

const hostile = new Map([
  ['f0', hostileServer(inSync(silence))],
  // Just before a deadline of a second, and just before one of five.
  ['f1', hostileServer(inSync(late(900)))],
  ['f2', hostileServer(inSync(late(4_900)))],
])
/** Bytes a second from these to the joiner: as good as nothing after the first, and a drip. */
const paces = new Map([
  ['f3', 300],
  ['f4', 6_000],
])
const world = { servers: 7, hostile }
const blocks = 200

export const slowLoris: Scenario = {
  name: 'slow-loris',
  title:
    'Five of seven servers are silent, late or drip their bytes: a late node turns to the other two, waits for nobody that it does not need, and bans nobody',
  world: () => served(world),
  story: (net) => {
    const [joiner = ''] = joinersOf(world)
    makeChain(net, serversOf(world), blocks)
    for (const [name, bytesPerSecond] of paces) {
      net.simulation.network.setLink(name, joiner, { ...regional, bytesPerSecond })
    }
    const watch = new SyncWatch(net, joiner)
    const samples = new SyncSamples(net, joiner)
    const questions = new FirstQuestions(net, joiner)
    net.restart(joiner)
    net.requireCaughtUp([joiner], blocks, 30_000)
    const { leftOpen } = questions
    net.require('called-off', leftOpen.length === 0, `${leftOpen.join(', ')} was waited for`)
    net.require('nobody-banned', watch.banned.size === 0, [...watch.banned].join(', '))
    net.requireProgress([joiner], 5, 20_000)
    requireReserved(net, samples)
  },
}

/** What became of the first question, of which several are asked at once: when one has answered it, the others are not needed. */
class FirstQuestions {
  /** When the first answer came, before which no second question is asked. */
  #cameMs = Number.MAX_SAFE_INTEGER
  /** When headers were first asked for, for which it has to be verified. */
  #verifiedMs = Number.MAX_SAFE_INTEGER
  readonly #waitedFor: { readonly peer: string; readonly sentMs: Millis; readonly atMs: Millis }[] =
    []

  constructor(net: Cluster, name: string) {
    net.watch(({ node, atMs, event }) => {
      if (node !== name || event.kind !== 'part-fetched') return
      const { part, peer, outcome } = event
      const sentMs = atMs - event.elapsedMs
      if (part === 'headers') this.#verifiedMs = Math.min(this.#verifiedMs, sentMs)
      if (part !== 'certified' || outcome === 'cancelled') return
      if (outcome === 'found') this.#cameMs = Math.min(this.#cameMs, atMs)
      this.#waitedFor.push({ peer, sentMs, atMs })
    })
  }

  /** Peers of which it was asked, and that were waited for when it was answered. */
  get leftOpen(): readonly string[] {
    return this.#waitedFor
      .filter(({ sentMs, atMs }) => sentMs < this.#cameMs && atMs > this.#verifiedMs + 1)
      .map(({ peer }) => peer)
  }
}
