/** What befalls the process on a machine, and the actors in it (P1–P4). */
import { plannedFailure } from '../checker/containment.ts'
import { drawNode, drawSpan, type FaultRule, type Lasting, type OnNode } from './fault.ts'

export const crashFault: FaultRule<'crash', OnNode & Partial<Lasting>> = {
  kind: 'crash',
  ids: ['P1', 'S1'],
  aliases: [],
  what: 'the power fails: memory is lost, and a random part of what was not synced. Then it starts again',
  range: 'down 0.1 to 30 s',
  draw: (random, realm) => ({ ...drawNode(random, realm), ...drawSpan(random) }),
  strike: (cluster, { node }) => {
    const { host } = cluster.machine(node)
    if (!host.isRunning) return undefined
    cluster.crash(node)
    const { lives } = host
    return () => {
      if (host.lives === lives) cluster.restart(node)
    }
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
