/** What befalls the process on a machine, and the actors in it (P3, P4). */
import type { Millis } from '../../../src/base/units.ts'
import { plannedFailure } from '../checker/containment.ts'
import type { Cluster } from '../cluster.ts'
import { again, drawNode, drawSpan, type FaultRule, type Lasting, type OnNode } from './fault.ts'

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
    crashActor(cluster, node, path)
    return undefined
  },
}

function crashActor(cluster: Cluster, node: string, path: string): void {
  cluster.machine(node).node?.crashActor(path, plannedFailure)
}

export const restartStormFault: FaultRule<
  'restart-storm',
  OnNode & { readonly path: string; readonly times: number; readonly everyMs: Millis }
> = {
  kind: 'restart-storm',
  ids: ['P4'],
  aliases: [],
  what: 'one actor fails again and again, within what its supervisor allows',
  range: 'two to six times, 10 ms to 2 s apart',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    path: random.pick(actorPaths),
    times: 2 + random.below(5),
    everyMs: 10 + random.below(2_000),
  }),
  strike: (cluster, { node, path, times, everyMs }) => {
    let left = times
    return again(cluster, everyMs, () => {
      crashActor(cluster, node, path)
      left -= 1
      return left > 0
    })
  },
}
