/** What a run is told with to be repeated, by the parts of it that are known. */
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import type { Bundle } from './bundle-schema.ts'
import type { Recorded, RunParts } from './report.ts'
import type { Told } from './run.ts'

/** What is known of a run that is repeated. */
interface Known {
  readonly scenario: string
  readonly seed: number
  readonly plan: readonly Fault[]
  readonly parts?: RunParts
}

export function toldBy({ scenario, seed, plan, parts }: Known, by: Recorded['by']): Told {
  if (by === 'seed') return {}
  if (by === 'plan' || parts === undefined) return { plan }
  const { nodes: _, ...world } = parts.world
  return { recipe: { ...parts, drawsAs: { scenario, seed }, world, plan, story: 'own' } }
}

/** Of bundles before the third version it is the seed alone. */
export function toldByBundle(bundle: Bundle | undefined): Told {
  if (bundle?.version !== 3) return {}
  const { scenario, seed, plan, world, transfers, sendingEndMs, replays } = bundle
  const known = { scenario, seed, plan }
  if (world === undefined || transfers === undefined) return toldBy(known, replays)
  const end = sendingEndMs === undefined ? {} : { sendingEndMs }
  return toldBy({ ...known, parts: { world, transfers, ...end } }, replays)
}
