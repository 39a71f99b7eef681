import type { Cluster } from '../../sim/cluster/cluster.ts'
import { at, schedule } from '../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import type { TrustedPlace } from '../../src/protocol/chain.ts'
import { regional } from '../worlds.ts'
import { ConflictWatch } from './conflict-watch.ts'

/**
 * With four members one may have forgotten. Three of them are a quorum that has, and without the fourth nobody can tell
 * them what they have promised. (With the fourth in reach they would ask first and sign later: rule N3.)
 *
 * The fourth is shown what is certified beside its chain. What it shows to the three lies below what they have committed
 * since, and is no less a proof. All halt, and know it over a restart; and go on when whoever operates them has decided
 * for the history of the three.
 */
export const backupsBeyondTolerance: Scenario = {
  name: 'backups-beyond-tolerance',
  title:
    'Three of four members come back with a backup of twelve seconds ago while the fourth cannot be reached: two histories come about, all four halt on hearing of the other, over restarts too, and go on when people have named a block of the right one',
  world: () => ({ members: 4, link: regional, isBeyondSafety: true }),
  story: (net, random) => {
    const watch = new ConflictWatch(net)
    const [intact = '', ...others] = random.shuffle(net.members)
    schedule(net, [
      ...others.map((node) => at('20s', 'old-backup', { node, age: '12s', for: '13s' })),
      at('31.9s', 'isolate', { nodes: [intact], for: '48.1s' }),
    ])
    const newest = newestOf(net, others[0] ?? '')
    net.run(80_000)
    watch.requireFork()
    watch.requireHalt(net.members, 30_000)
    watch.requireMemory(net.members, 10_000)
    decide(net, newest(), intact)
    net.requireProgress(net.members, 5, 60_000)
  },
}

/** What a node has committed last. */
function newestOf(net: Cluster, name: string): () => TrustedPlace {
  let place: TrustedPlace = { height: 0, hash: '' }
  net.watch(({ node, event }) => {
    if (node !== name || event.kind !== 'block-committed') return
    place = { height: event.height, hash: event.hash }
  })
  return () => place
}

/** Every node is given a block of one history to trust, and an empty disk to the one that held another. */
function decide(net: Cluster, place: TrustedPlace, wrong: string): void {
  net.distrust(wrong)
  for (const name of net.members) {
    net.crash(name)
    net.trust(name, place)
    if (name === wrong) net.machine(name).host.disk.format()
    net.restart(name)
  }
}
