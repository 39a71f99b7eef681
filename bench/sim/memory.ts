/**
 * What a simulated node keeps in memory: a federation of five and its followers, after so many virtual seconds of
 * blocks and transfers. Arguments: the nodes, the seconds. The amount is bytes a node, on the heap and in buffers;
 * the simulator's own share, the disks with the whole chain and the checkers are in it.
 */
import { regional } from '../../scenarios/worlds.ts'
import { Cluster } from '../../sim/cluster/cluster.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { assert, present } from '../../src/base/assert.ts'
import { numberArgument, timed, writeReport } from '../program.ts'

const members = 5
const transferEveryMs = 500

const [nodes = 0, seconds = 0] = [0, 1].map(numberArgument)

function bytesInUse(): number {
  const collect = present(globalThis.gc, 'the flag --expose-gc')
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const before = bytesInUse()
const cluster = new Cluster(
  { members, followers: nodes - members, link: regional },
  { seed: 'memory', crypto: idealScheme() },
)
transfers(cluster, { everyMs: transferEveryMs, untilMs: Number.MAX_SAFE_INTEGER })
const sample = await timed(() => {
  cluster.run(1_000 * seconds)
  return (bytesInUse() - before) / nodes
})
const { violation } = cluster
assert(violation === undefined, `all holds: ${violation?.property}`)
// What is in use differs by a little from run to run.
writeReport({ samples: [sample], check: cluster.simulation.digest.hex() })
