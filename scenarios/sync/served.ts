/**
 * The world of the stories about sync: a federation of two that makes the chain, servers that were set
 * up with a copy of it, and a node that joins with nothing and knows the servers alone.
 *
 * Two members make blocks at a tenth of what a larger federation costs; what they agree on is not the
 * matter here.
 */
import { syncTimersChecker } from '../../sim/cluster/checker/sync-timers.ts'
import type { Cluster, ClusterOptions } from '../../sim/cluster/cluster.ts'
import { SyncSamples, SyncWatch } from '../../sim/cluster/sync-watch.ts'
import type { LinkModel } from '../../sim/link.ts'
import { regional } from '../worlds.ts'

export interface ServedWorld {
  /** `f0`, `f1` … serve. */
  readonly servers: number
  /** The followers after them join. 1 by default. */
  readonly joiners?: number
  /** What breaks the rules, by name. */
  readonly hostile?: ClusterOptions['hostile']
  readonly link?: LinkModel
  readonly tuning?: ClusterOptions['tuning']
  /** Whom a joiner dials: every server by default. */
  readonly joinersDial?: readonly string[]
}

/** Fast enough that a chain is soon there. */
export const slotMs = 400

export function serversOf({ servers }: ServedWorld): readonly string[] {
  return Array.from({ length: servers }, (_, index) => `f${index}`)
}

export function joinersOf({ servers, joiners = 1 }: ServedWorld): readonly string[] {
  return Array.from({ length: joiners }, (_, index) => `f${servers + index}`)
}

export function served(world: ServedWorld): ClusterOptions {
  const { servers, joiners = 1, hostile, tuning } = world
  const serving = serversOf(world)
  const joining = joinersOf(world)
  const dialled = world.joinersDial ?? serving
  return {
    members: 2,
    followers: servers + joiners,
    slotMs,
    link: world.link ?? regional,
    startLater: [...serving, ...joining],
    neighbours: (name) => {
      if (joining.includes(name)) return dialled
      const members = ['n0', 'n1']
      return members.filter((member) => member !== name)
    },
    ...(hostile === undefined ? {} : { hostile }),
    ...(tuning === undefined ? {} : { tuning }),
    checkers: [syncTimersChecker],
  }
}

/** Lets the members make so many blocks, then sets up the servers with them and starts them. */
export function makeChain(net: Cluster, names: readonly string[], blocks: number): void {
  net.run(blocks * slotMs * 3, () => net.heightOf('n0') >= blocks)
  net.require('long-chain', net.heightOf('n0') >= blocks, `height ${net.heightOf('n0')}`)
  if (net.violation !== undefined) return
  for (const name of names) {
    net.copyDisk('n0', name)
    net.restart(name)
  }
  net.run(2_000)
}

/** The first joiner, and what is seen of its sync from its start on. */
export interface Join {
  readonly joiner: string
  readonly watch: SyncWatch
  readonly samples: SyncSamples
}

/** Makes a chain of so many blocks, sets up the servers, and starts the first joiner with nothing. */
export function joinServed(net: Cluster, world: ServedWorld, blocks: number): Join {
  const [joiner = ''] = joinersOf(world)
  makeChain(net, serversOf(world), blocks)
  const join = { joiner, watch: new SyncWatch(net, joiner), samples: new SyncSamples(net, joiner) }
  net.restart(joiner)
  return join
}

/** Of what was reserved for a download, nothing was beyond the bound, and nothing is left a moment later. */
export function requireReserved(net: Cluster, samples: SyncSamples): void {
  const { reservedMost, boundBytes } = samples
  net.require('bytes-bounded', reservedMost <= boundBytes, `${reservedMost} of ${boundBytes}`)
  net.run(5_000, () => (samples.last.reservedBytes ?? 0) === 0)
  const left = samples.last.reservedBytes ?? 0
  net.require('bytes-freed', left === 0, `${left} bytes are still reserved`)
  samples.stop()
}
