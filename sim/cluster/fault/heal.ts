/** The end of the chaos. */
import { isolate } from '../../rules.ts'
import type { Cluster } from '../cluster.ts'
import { watchCore } from '../liveness/watch-core.ts'
import { setClock } from './clock.ts'

/**
 * Ends every fault: the nodes of `core` are made well and stay so, the others are broken for good, half of them down
 * and half cut off. From then on the core is watched: it must do what it does without faults, in time. What comes back
 * ends that.
 */
export function healCore(cluster: Cluster, core: readonly string[]): () => void {
  let end = (): void => undefined
  // Whoever looks at a run that is over wants to see it as it was.
  if (cluster.script.isOver) return end
  cluster.script.take(
    () => ({ kind: 'healCore', nodes: core }),
    () => {
      end = heal(cluster, core)
    },
  )
  return end
}

function heal(cluster: Cluster, core: readonly string[]): () => void {
  const { rules } = cluster.simulation.network
  cluster.nemesis.endAll()
  rules.clear()
  const others = cluster.names.filter((name) => !core.includes(name))
  others.forEach((name, index) => {
    if (index % 2 === 0 && cluster.machine(name).host.isRunning) cluster.crash(name)
    else if (index % 2 === 1) rules.add(`broken ${name}`, isolate([name]))
  })
  for (const name of core) {
    const { host } = cluster.machine(name)
    setClock(cluster, name, 0)
    // A node whose root supervisor gave up is started again, as an operator would.
    if (host.isRunning && cluster.hasStopped(name)) host.crash()
    cluster.restart(name)
  }
  return watchCore(cluster, core)
}
