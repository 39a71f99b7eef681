/**
 * A federation on sound links, with what users send: the virtual seconds of one measurement, and how many measurements.
 * They follow each other in one world, after as long again to warm up and fill it.
 */
import { wideArea } from '../../scenarios/worlds.ts'
import { Cluster } from '../../sim/cluster/cluster.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { assert } from '../../src/base/assert.ts'
import { installLockdown } from '../../src/tripwire/lockdown.ts'
import { numberArgument, type Sample, timed, writeReport } from '../program.ts'

const members = 5
const transferEveryMs = 500

const [seconds = 0, measurements = 0] = [0, 1].map(numberArgument)
const cluster = new Cluster(
  { members, link: wideArea },
  { seed: 'calm', crypto: idealScheme(), guard: installLockdown() },
)
transfers(cluster, { everyMs: transferEveryMs, untilMs: Number.MAX_SAFE_INTEGER })
cluster.run(1_000 * seconds)

const samples: Sample[] = []
for (let i = 0; i < measurements; i += 1) {
  const sample = await timed(() => {
    cluster.run(1_000 * seconds)
    return seconds
  })
  samples.push(sample)
}
const { violation, simulation } = cluster
assert(violation === undefined, `all holds: ${violation?.property}`)
writeReport({ samples, check: simulation.digest.hex() })
