/** What befalls the process on a machine, and the actors in it (P1–P4). */
import { plannedFailure } from '../checker/containment.ts'
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
function powerFails(cluster: Cluster, node: string): Mend | undefined {
  const { host } = cluster.machine(node)
  if (!host.isRunning) return undefined
  cluster.crash(node)
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
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => powerFails(cluster, node),
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

export const pauseFault: FaultRule<'pause', OnNode & Lasting> = {
  kind: 'pause',
  ids: ['P3'],
  aliases: [],
  what: 'a machine stands still, as under SIGSTOP; what happens to it waits',
  range: '0.1 to 30 s',
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => {
    const { host } = cluster.machine(node)
    if (!host.isRunning || host.isPaused) return undefined
    const { lives } = host
    host.pause()
    return () => {
      if (host.isRunning && host.lives === lives && host.isPaused) host.resume()
    }
  },
}

const actorPaths = [
  'storage/storage',
  'chain/engine',
  'chain/chain',
  'network/peer',
  'network/network',
  'network/sync',
  'api',
]

export const actorCrashFault: FaultRule<'actor-crash', OnNode & { readonly path: string }> = {
  kind: 'actor-crash',
  ids: ['P4'],
  aliases: [],
  what: 'one actor fails in its own code; its supervisor decides',
  range: 'any of seven actors',
  draw: (random, realm) => ({ ...drawNode(random, realm), path: random.pick(actorPaths) }),
  strike: (cluster, { node, path }) => {
    cluster.machine(node).node?.crashActor(path, plannedFailure)
    return undefined
  },
}
