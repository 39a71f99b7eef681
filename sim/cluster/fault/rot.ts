/**
 * Disks that do not keep what they acknowledged (S3–S5, S9, S10). One whose records rot is kept, as each of them shows it by
 * its seal, and whoever runs on it has to cope. The others are replaced by empty ones when it is over: of what one was that
 * lied nobody can tell, and one with bad sectors may not even let a node start.
 */
import { type DiskFaults, type DiskLies, honestDisk } from '../../disk-faults.ts'
import type { Cluster } from '../cluster.ts'
import {
  drawHarmable,
  drawSpan,
  type FaultRule,
  harmsNode,
  type Lasting,
  type Mend,
  type OnNode,
} from './fault.ts'
import { powerFails } from './power.ts'
import { worsened } from './storage.ts'

/** The power fails, and the machine comes back with an empty disk, at once if it ran. */
function replaceDisk(cluster: Cluster, node: string): void {
  const restart = powerFails(cluster, node)
  cluster.machine(node).host.disk.format()
  restart?.()
}

/** What is wrong with a disk is nobody's promise. */
function worsenedUntrusted(cluster: Cluster, node: string, change: Partial<DiskFaults>): Mend {
  cluster.distrust(node)
  return worsened(cluster, node, change)
}

export const bitRotFault: FaultRule<'bit-rot', OnNode & Lasting & { readonly perMillion: number }> =
  {
    kind: 'bit-rot',
    ids: ['S5'],
    aliases: [],
    what: 'records are found damaged as they are read, and stay so until they are written again',
    range: '0.1 to 5 % of reads; 0.1 to 30 s',
    harms: harmsNode,
    draw: (random, realm) => ({
      ...drawHarmable(random, realm),
      perMillion: 1_000 + random.below(50_000),
      ...drawSpan(random),
    }),
    strike: (cluster, { node, perMillion }) =>
      worsenedUntrusted(cluster, node, { bitRotPerMillion: perMillion }),
  }

export const latentErrorsFault: FaultRule<
  'latent-errors',
  OnNode & Lasting & { readonly perMillion: number }
> = {
  kind: 'latent-errors',
  ids: ['S5'],
  aliases: [],
  what: 'records are found in bad sectors, which cannot be read; then the disk is replaced by an empty one',
  range: '0.1 to 2 % of reads; 0.1 to 30 s',
  harms: harmsNode,
  draw: (random, realm) => ({
    ...drawHarmable(random, realm),
    perMillion: 1_000 + random.below(20_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, perMillion }) => {
    const mend = worsenedUntrusted(cluster, node, { latentErrorPerMillion: perMillion })
    return () => {
      mend()
      replaceDisk(cluster, node)
    }
  },
}

/** A disk lies, until it is replaced by an empty one. */
function lies(cluster: Cluster, node: string, change: Partial<DiskLies>): Mend {
  const { disk } = cluster.machine(node).host
  cluster.distrust(node)
  disk.lies = { ...disk.lies, ...change }
  return () => {
    disk.lies = honestDisk
    replaceDisk(cluster, node)
  }
}

export const misdirectedIoFault: FaultRule<
  'misdirected-io',
  OnNode & Lasting & { readonly readsPerMillion: number; readonly writesPerMillion: number }
> = {
  kind: 'misdirected-io',
  ids: ['S3'],
  aliases: [],
  what: 'reads and writes hit the record beside; then the disk is replaced by an empty one',
  range: 'up to 2 % of reads, and of writes; 0.1 to 30 s',
  harms: harmsNode,
  draw: (random, realm) => ({
    ...drawHarmable(random, realm),
    readsPerMillion: random.below(20_000),
    writesPerMillion: 1 + random.below(20_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, readsPerMillion, writesPerMillion }) =>
    lies(cluster, node, {
      misdirectedReadPerMillion: readsPerMillion,
      misdirectedWritePerMillion: writesPerMillion,
    }),
}

export const phantomWritesFault: FaultRule<
  'phantom-writes',
  OnNode & Lasting & { readonly perMillion: number }
> = {
  kind: 'phantom-writes',
  ids: ['S4', 'S10'],
  aliases: [],
  what: 'writes are acknowledged and never done, the old records stay; then the disk is replaced by an empty one',
  range: '0.1 to 5 % of writes; 0.1 to 30 s',
  harms: harmsNode,
  draw: (random, realm) => ({
    ...drawHarmable(random, realm),
    perMillion: 1_000 + random.below(50_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, perMillion }) =>
    lies(cluster, node, { phantomWritePerMillion: perMillion }),
}

export const phantomSyncsFault: FaultRule<
  'phantom-syncs',
  OnNode & Lasting & { readonly perMillion: number }
> = {
  kind: 'phantom-syncs',
  ids: ['S4', 'S9'],
  aliases: [],
  what: 'syncs are acknowledged and never done, and what a crash leaves is scattered; then the disk is replaced by an empty one',
  range: '1 to 50 % of syncs; 0.1 to 30 s',
  harms: harmsNode,
  draw: (random, realm) => ({
    ...drawHarmable(random, realm),
    perMillion: 10_000 + random.below(490_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, perMillion }) =>
    lies(cluster, node, { phantomSyncPerMillion: perMillion, isCrashScattered: true }),
}
