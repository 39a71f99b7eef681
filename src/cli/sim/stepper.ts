/**
 * Lets a debugger stop before each event of a run. The run is one plain call: from there every step of every actor can
 * be followed, backwards as well, by running it again with a smaller number.
 */
import inspector from 'node:inspector'
import type { Cluster } from '../../../sim/cluster/cluster.ts'
import { UsageError } from '../exit.ts'

/** Whether this process was told to let a debugger begin before anything else happens. */
const isHeldAtStart = /--inspect-(brk|wait)\b/.test(
  [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '),
)

/** Waits until a debugger is there. A usage error if none can come. */
export function awaitDebugger(): void {
  if (inspector.url() === undefined) {
    const how = 'node --inspect-brk src/cli/alys.mjs replay …'
    throw new UsageError(`--break: expected to run under a debugger: ${how}`)
  }
  if (!isHeldAtStart) inspector.waitForDebugger()
}

/** Lets a debugger stop before each event that is `isWanted`. */
export function stepThrough(cluster: Cluster, isWanted: () => boolean): void {
  const { simulation } = cluster
  const next = (): void => {
    if (isWanted()) pauseBefore(simulation.events, cluster)
  }
  next()
  simulation.onEvent(next)
}

/** `event` happens when this comes back: the number of it, from 0. `cluster` is all there is. */
function pauseBefore(event: number, cluster: Cluster): void {
  // biome-ignore lint/suspicious/noDebugger: to stop here is what it was asked for.
  debugger
  // So that both are in scope, whatever the engine makes of what nobody uses.
  void event
  void cluster
}
