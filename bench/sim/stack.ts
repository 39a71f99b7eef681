/**
 * Whole nodes on the real libp2p in virtual time: half of them validators, half followers, on links between continents,
 * with what users send. Arguments: the nodes, the virtual seconds of one measurement, the measurements. They follow each
 * other in one world, after as long again to warm up. Connections are in plaintext, as in sweeps.
 */
import { wideArea } from '../../scenarios/worlds.ts'
import { Cluster } from '../../sim/cluster/cluster.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { openLibp2pWorld } from '../../sim/libp2p/world.ts'
import { asTask } from '../../sim/stack/world.ts'
import { assert } from '../../src/base/assert.ts'
import { installLockdown } from '../../src/tripwire/lockdown.ts'
import { numberArgument, type Sample, timed, writeReport } from '../program.ts'

const transferEveryMs = 500

const [nodes = 0, seconds = 0, measurements = 0] = [0, 1, 2].map(numberArgument)
const members = Math.ceil(nodes / 2)
const { guard, parts } = await openLibp2pWorld(installLockdown())
const cluster = new Cluster(
  { members, followers: nodes - members, link: wideArea },
  {
    seed: 'stack',
    crypto: idealScheme(),
    guard,
    carrier: (names) => parts({ names, security: 'plaintext' }),
  },
)
transfers(cluster, { everyMs: transferEveryMs, untilMs: Number.MAX_SAFE_INTEGER })
await asTask(() => cluster.run(1_000 * seconds))

const samples: Sample[] = []
for (let i = 0; i < measurements; i += 1) {
  const sample = await asTask(() =>
    timed(() => {
      cluster.run(1_000 * seconds)
      return seconds
    }),
  )
  samples.push(sample)
}
const { violation, simulation } = cluster
assert(violation === undefined, `all holds: ${violation?.property}`)
assert(cluster.heightOf('n0') > (seconds * measurements) / 4, 'blocks are committed')
writeReport({ samples, check: simulation.digest.hex() })
