/**
 * What befalls disks (S1–S10). What is wrong with a disk is a state of the disk: of two faults that change the same
 * thing, the later one counts, and the first end ends both.
 */
import { type DiskFaults, soundDisk } from '../../disk-faults.ts'
import type { Cluster } from '../cluster.ts'
import {
  drawNode,
  drawSpan,
  type FaultRule,
  type Lasting,
  type Mend,
  type OnNode,
} from './fault.ts'
import { powerFails } from './power.ts'

/** Changes what is wrong with a disk, and says how to make that sound again. */
export function worsened(cluster: Cluster, node: string, change: Partial<DiskFaults>): Mend {
  const { disk } = cluster.machine(node).host
  disk.faults = { ...disk.faults, ...change }
  const names = Object.keys(change) as (keyof DiskFaults)[]
  return () => {
    const sound = Object.fromEntries(names.map((name) => [name, soundDisk[name]]))
    const mended = { ...disk.faults, ...sound }
    const all = Object.keys(soundDisk) as (keyof DiskFaults)[]
    disk.faults = all.every((name) => mended[name] === soundDisk[name]) ? soundDisk : mended
  }
}

export const slowDiskFault: FaultRule<
  'slow-disk',
  OnNode & Lasting & { readonly percent: number }
> = {
  kind: 'slow-disk',
  ids: ['S7'],
  aliases: ['IoBottleneck'],
  what: 'everything on a disk takes longer, in percent of the usual',
  range: '2 to 200 times; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    percent: 200 + random.below(20_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, percent }) => worsened(cluster, node, { slownessPercent: percent }),
}

export const diskErrorsFault: FaultRule<
  'disk-errors',
  OnNode & Lasting & { readonly perMillion: number }
> = {
  kind: 'disk-errors',
  ids: ['S6'],
  aliases: ['DiskFailure'],
  what: 'a disk refuses to read and write, at random',
  range: '0.1 to 20 % of operations; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    perMillion: 1_000 + random.below(200_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, perMillion }) =>
    worsened(cluster, node, { ioErrorPerMillion: perMillion }),
}

export const syncErrorsFault: FaultRule<
  'sync-errors',
  OnNode & Lasting & { readonly perMillion: number; readonly isFinal: boolean }
> = {
  kind: 'sync-errors',
  ids: ['S6'],
  aliases: [],
  what: 'syncs fail; what they were for is gone, and at times nothing is taken any more until a restart',
  range: '0.1 to 20 % of syncs; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    perMillion: 1_000 + random.below(200_000),
    isFinal: random.chance(1, 2),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, perMillion, isFinal }) => {
    const change = { syncErrorPerMillion: perMillion, syncErrorIsFinal: isFinal }
    const mend = worsened(cluster, node, change)
    return () => {
      mend()
      // A store that takes nothing any more is opened anew by whoever operates the node.
      if (cluster.machine(node).host.disk.isStuck) powerFails(cluster, node)?.()
    }
  },
}

export const stalledDiskFault: FaultRule<'stalled-disk', OnNode & Lasting> = {
  kind: 'stalled-disk',
  ids: ['S7'],
  aliases: [],
  what: 'a disk does nothing, and then all that has waited at once',
  range: '0.1 to 30 s',
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node, forMs }) => {
    const { nowUs } = cluster.simulation.timeline
    return worsened(cluster, node, { stalledUntilUs: nowUs + 1_000 * forMs })
  },
}

export const fullDiskFault: FaultRule<'full-disk', OnNode & Lasting & { readonly spare: number }> =
  {
    kind: 'full-disk',
    ids: ['S8'],
    aliases: ['DiskSpaceExhaustion'],
    what: 'a disk has so many bytes left, until somebody makes room',
    range: 'up to 20,000 bytes left; 0.1 to 30 s',
    draw: (random, realm) => ({
      ...drawNode(random, realm),
      spare: random.below(20_000),
      ...drawSpan(random),
    }),
    strike: (cluster, { node, spare }) =>
      worsened(cluster, node, { bytesMax: cluster.machine(node).host.disk.bytes + spare }),
  }

export const readOnlyDiskFault: FaultRule<'read-only-disk', OnNode & Lasting> = {
  kind: 'read-only-disk',
  ids: ['S8'],
  aliases: [],
  what: 'a disk takes no writes, as a file system that was remounted after an error',
  range: '0.1 to 30 s',
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => worsened(cluster, node, { isReadOnly: true }),
}
