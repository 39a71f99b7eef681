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

/** Changes what is wrong with a disk, and says how to make that sound again. */
function worsened(cluster: Cluster, node: string, change: Partial<DiskFaults>): Mend {
  const { disk } = cluster.machine(node).host
  disk.faults = { ...disk.faults, ...change }
  const names = Object.keys(change) as (keyof DiskFaults)[]
  return () => {
    const sound = Object.fromEntries(names.map((name) => [name, soundDisk[name]]))
    disk.faults = { ...disk.faults, ...sound }
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
