import { at, schedule } from '../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { regional } from '../worlds.ts'
import { ConflictWatch } from './conflict-watch.ts'

/**
 * With four members one may have forgotten. Three of them are a quorum that has, and without the fourth nobody can tell
 * them what they have promised. (With the fourth in reach they would ask first and sign later: rule N3.)
 *
 * The fourth is shown what is certified beside its chain, and halts. What it could show to the three lies below what
 * they have committed since, and there the agreement takes everything for stale: they go on.
 */
export const backupsBeyondTolerance: Scenario = {
  name: 'backups-beyond-tolerance',
  title:
    'Three of four members come back with a backup of twelve seconds ago while the fourth cannot be reached: two histories come about, and the fourth halts on hearing of the other, never leaving its own',
  world: () => ({ members: 4, link: regional, isBeyondSafety: true }),
  story: (net, random) => {
    const watch = new ConflictWatch(net)
    const [intact = '', ...others] = random.shuffle(net.members)
    schedule(net, [
      ...others.map((node) => at('20s', 'old-backup', { node, age: '12s', for: '13s' })),
      at('31.9s', 'isolate', { nodes: [intact], for: '48.1s' }),
    ])
    net.run(80_000)
    watch.requireFork()
    watch.requireHalt([intact], 30_000)
  },
}
