/** The power of a machine fails (P1, P2, S1, S2): at any time, or where promises are made and kept. */
import type { CrashNotice } from '../../world-network.ts'
import type { Cluster } from '../cluster.ts'
import {
  drawNode,
  drawSpan,
  type FaultRule,
  type Lasting,
  type Mend,
  type OnNode,
} from './fault.ts'
import type { Point } from './point.ts'

/** The power of a node fails, if it runs. What comes back starts it again, unless somebody else has. */
export function powerFails(
  cluster: Cluster,
  node: string,
  notice: CrashNotice = 'reset',
): Mend | undefined {
  const { host } = cluster.machine(node)
  if (!host.isRunning) return undefined
  host.crash(notice)
  const { lives } = host
  return () => {
    if (host.lives === lives) cluster.restart(node)
  }
}

export const crashFault: FaultRule<'crash', OnNode & Partial<Lasting>> = {
  kind: 'crash',
  ids: ['P1', 'S1'],
  aliases: [],
  what: 'the power fails: memory is lost, and a random part of what was not synced. Then it starts again',
  range: 'down 0.1 to 30 s',
  loses: lossOf,
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => powerFails(cluster, node),
}

export const silentCrashFault: FaultRule<'silent-crash', OnNode & Partial<Lasting>> = {
  kind: 'silent-crash',
  ids: ['P1', 'N9'],
  aliases: [],
  what: 'the power fails and nobody is told: the others hold half a connection until they notice',
  range: 'down 0.1 to 30 s',
  loses: lossOf,
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => powerFails(cluster, node, 'silence'),
}

/** Whoever does not start again is lost. */
function lossOf({ node, forMs }: OnNode & Partial<Lasting>): readonly string[] {
  return forMs === undefined ? [node] : []
}

/** Moments at which something has just been said, kept or decided, and how often they come in a minute or so. */
const points: readonly (readonly [Point, nthMax: number])[] = [
  [{ disk: 'commit-begun' }, 40],
  [{ disk: 'commit-durable' }, 40],
  [{ event: 'vote-sent' }, 20],
  [{ event: 'block-proposed' }, 3],
  [{ event: 'block-checked' }, 10],
  [{ event: 'block-executed' }, 10],
  [{ event: 'block-notarised' }, 10],
  [{ event: 'block-committed' }, 10],
  [{ event: 'gate-changed' }, 2],
  [{ event: 'run-imported' }, 2],
  [{ event: 'checkpoint-created' }, 2],
]

export const crashAtPointFault: FaultRule<
  'crash-at-point',
  OnNode & Partial<Lasting> & { readonly on: Point }
> = {
  kind: 'crash-at-point',
  ids: ['P2'],
  aliases: [],
  what: 'the power fails at a moment that matters: as a commit begins or is durable, after a vote, a block, a run',
  range: 'the next to the 40th of eleven kinds of moment; down 0.1 to 30 s',
  loses: lossOf,
  draw: (random, realm) => {
    const { node } = drawNode(random, realm)
    const [point, nthMax] = random.pick(points)
    return { node, on: { ...point, node, nth: 1 + random.below(nthMax) }, ...drawSpan(random) }
  },
  strike: (cluster, { node }) => powerFails(cluster, node),
}

export const tornCrashFault: FaultRule<
  'torn-crash',
  OnNode & Partial<Lasting> & { readonly on?: Point }
> = {
  kind: 'torn-crash',
  ids: ['S2', 'S10'],
  aliases: [],
  what: 'the power fails while a commit is on its way to the disk; the last records that are kept may be damaged',
  range: 'the next to the 40th commit; down 0.1 to 30 s',
  loses: lossOf,
  draw: (random, realm) => {
    const { node } = drawNode(random, realm)
    const on = { disk: 'commit-begun', node, nth: 1 + random.below(40) } as const
    return { node, on, ...drawSpan(random) }
  },
  strike: (cluster, { node }) => {
    const { disk } = cluster.machine(node).host
    const { faults } = disk
    disk.faults = { ...faults, tornWrites: true }
    const mend = powerFails(cluster, node)
    disk.faults = faults
    return mend
  },
}

export const crashKeepsFault: FaultRule<
  'crash-keeps',
  OnNode & Partial<Lasting> & { readonly keeps: 'all' | 'nothing' }
> = {
  kind: 'crash-keeps',
  ids: ['S1'],
  aliases: [],
  what: 'the power fails, and of what was not synced all is kept, or nothing',
  range: 'down 0.1 to 30 s',
  loses: lossOf,
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    keeps: random.pick(['all', 'nothing'] as const),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, keeps }) => {
    const { disk } = cluster.machine(node).host
    const { faults } = disk
    disk.faults = { ...faults, crashKeeps: keeps }
    const mend = powerFails(cluster, node)
    disk.faults = faults
    return mend
  },
}
