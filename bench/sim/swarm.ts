/**
 * The scenario `swarm`, told with so many seeds, of which each is one measurement in virtual seconds. The
 * first seed is told once before, to warm up.
 */
import { swarm } from '../../scenarios/swarm/swarm.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { runScenario } from '../../sim/cluster/scenario.ts'
import { installLockdown } from '../../src/tripwire/lockdown.ts'
import { numberArgument, type Sample, timed, writeReport } from '../program.ts'

const guard = installLockdown()
const seeds = numberArgument(0)
const digests: string[] = []

/** Virtual seconds. Whether a seed holds is not the matter here. */
function tell(seed: number): number {
  const { virtualMs, digest } = runScenario(swarm, seed, { crypto: idealScheme(), guard })
  digests.push(digest)
  return virtualMs / 1_000
}

tell(1)
const samples: Sample[] = []
for (let seed = 1; seed <= seeds; seed += 1) samples.push(await timed(() => tell(seed)))
writeReport({ samples, check: digests.join(' ') })
