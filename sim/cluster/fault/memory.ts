/**
 * A machine comes back with another disk than it went (P5): an empty one, that of somebody else, or one from before. Its
 * member has forgotten what it promised and cannot know it, so it counts as a liar from then on.
 */
import type { Millis } from '../../../src/base/units.ts'
import {
  drawHarmable,
  drawSpan,
  type FaultRule,
  harmsNode,
  type Lasting,
  type OnNode,
} from './fault.ts'
import { powerFails } from './power.ts'

export const emptyDiskFault: FaultRule<'empty-disk', OnNode & Lasting> = {
  kind: 'empty-disk',
  ids: ['P5'],
  aliases: [],
  what: 'the power fails, and the machine comes back with an empty disk',
  range: 'down 0.1 to 30 s',
  harms: harmsNode,
  draw: (random, realm) => ({ ...drawHarmable(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => {
    const mend = powerFails(cluster, node)
    if (mend === undefined) return undefined
    cluster.distrust(node)
    cluster.machine(node).host.disk.format()
    return mend
  },
}

export const swapDisksFault: FaultRule<
  'swap-disks',
  OnNode & Lasting & { readonly other: string }
> = {
  kind: 'swap-disks',
  ids: ['P5'],
  aliases: [],
  what: 'the power of two machines fails, and each comes back with the disk of the other',
  range: 'two nodes that may be harmed; down 0.1 to 30 s',
  harms: ({ node, other }) => (node === other ? [] : [node, other]),
  draw: (random, realm) => {
    const { node } = drawHarmable(random, realm)
    // If one alone may be harmed, nothing happens.
    const others = realm.harmable([node]).filter((name) => name !== node)
    const other = others.length === 0 ? node : random.pick(others)
    return { node, other, ...drawSpan(random) }
  },
  strike: (cluster, { node, other }) => {
    const hosts = [node, other].map((name) => cluster.machine(name).host)
    const [a, b] = hosts
    if (a === undefined || b === undefined || a === b) return undefined
    if (!a.isRunning || !b.isRunning) return undefined
    const mends = [powerFails(cluster, node), powerFails(cluster, other)]
    const image = a.disk.snapshot()
    a.disk.copyFrom(b.disk)
    b.disk.restore(image)
    cluster.distrust(node)
    cluster.distrust(other)
    return () => {
      for (const mend of mends) mend?.()
    }
  },
}

export const oldBackupFault: FaultRule<
  'old-backup',
  OnNode & Lasting & { readonly ageMs: Millis }
> = {
  kind: 'old-backup',
  ids: ['P5', 'S9'],
  aliases: [],
  what: 'a backup of a disk is made; later the power fails, and the backup is put in its place',
  range: 'a backup of 0.1 to 30 s ago; down 0.1 to 5 s',
  harms: harmsNode,
  draw: (random, realm) => {
    const { forMs: ageMs } = drawSpan(random)
    return { ...drawHarmable(random, realm), ageMs, forMs: ageMs + 100 + random.below(5_000) }
  },
  strike: (cluster, { node, ageMs }) => {
    const { host } = cluster.machine(node)
    const image = host.disk.snapshot()
    let restart: (() => void) | undefined
    const restore = cluster.simulation.after(ageMs, () => {
      restart = powerFails(cluster, node)
      if (restart === undefined) return
      cluster.distrust(node)
      host.disk.restore(image)
    })
    return () => {
      cluster.simulation.timeline.cancel(restore)
      restart?.()
    }
  },
}
