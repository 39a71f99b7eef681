/**
 * Watches that a part of a federation that is well does what it must, in time. A bound that is missed is a violation
 * where it could have been kept, and else unknown (`hindrance.ts`). Looked at once a slot.
 */
import { defaultTuning } from '../../../src/node/config.ts'
import type { Cluster } from '../cluster.ts'
import { hasBlock, hindersProgress } from '../hindrance.ts'
import { blocksComeWatcher } from './blocks-come.ts'
import { blocksReturnWatcher } from './blocks-return.ts'
import { checkpointsComeWatcher } from './checkpoints-come.ts'
import { gossipReachesWatcher } from './gossip-reaches.ts'
import { linksReturnWatcher } from './links-return.ts'
import { membersReturnWatcher } from './members-return.ts'
import { syncCoolsWatcher } from './sync-cools.ts'
import { tailCoolsWatcher } from './tail-cools.ts'
import type { CoreNode, Watcher } from './watcher.ts'
import { workDrainsWatcher } from './work-drains.ts'

/**
 * From now on these nodes are well: a quorum of correct members at least, perhaps with followers. What is returned ends
 * the watch, which a story must do before it harms one of them again.
 */
export function watchCore(net: Cluster, core: readonly string[]): () => void {
  net.script.take(
    () => ({ kind: 'watchCore', nodes: core }),
    () => undefined,
  )
  const { tuning, link } = net.options
  const gossip = gossipReachesWatcher(net.options.members)
  const watchers: readonly Watcher[] = [
    blocksComeWatcher(net.options.members),
    blocksReturnWatcher(),
    syncCoolsWatcher(),
    tailCoolsWatcher(),
    linksReturnWatcher(),
    workDrainsWatcher(),
    membersReturnWatcher(),
    checkpointsComeWatcher({ ...defaultTuning, ...tuning }.checkpointIntervalBlocks),
    // Links that lose messages by nature are not well, and promise nothing of each copy.
    ...(link.lossPerMillion === 0 ? [gossip] : []),
  ]
  const inside = new Set(core)
  const sinceMs = net.nowMs
  const { slotMs } = net.chain.slots
  let isOver = false
  net.watch((observed) => {
    if (isOver || !inside.has(observed.node)) return
    for (const watcher of watchers) watcher.observe?.(observed)
  })
  net.watchCrossings((crossing) => {
    if (!isOver && inside.has(crossing.seat.node)) gossip.cross(crossing)
  })
  const look = (): void => {
    if (isOver) return
    const nodes = core.map((name) => nodeOf(net, name, inside))
    const about = { atMs: net.nowMs, wellMs: net.nowMs - sinceMs, slotMs, nodes }
    for (const watcher of watchers) {
      const overdue = watcher.look(about)
      if (overdue === undefined) continue
      net.requireInTime(watcher.property, false, overdue, () => hindersProgress(net, core))
    }
    net.simulation.after(slotMs, look)
  }
  net.simulation.after(slotMs, look)
  return () => {
    isOver = true
  }
}

function nodeOf(net: Cluster, name: string, inside: ReadonlySet<string>): CoreNode {
  const { config, host, node } = net.machine(name)
  const peers = net.simulation.network.peersOf(name)
  return {
    name,
    member: config.authority?.member,
    height: net.heightOf(name),
    slot: net.slotOf(name),
    syncState: net.syncStateOf(name),
    connected: new Set(peers.filter((peer) => inside.has(peer))),
    actors: node?.actors() ?? [],
    // To count them is dear, and few ask.
    get timers() {
      return host.timers
    },
    holds: (height) => hasBlock(host.disk, height),
  }
}
