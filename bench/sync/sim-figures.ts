/** The whole node in the simulator: what it makes of a link, and of very many peers. */
import {
  type Contender,
  median,
  nodeProgram,
  type Standing,
  type Standings,
  standingOf,
} from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Section, SyncPlan } from './plan.ts'

const megabits = 100
const latencyMs = 50
const usePercentMin = 90
const overheadPercentMax = 5
const linkName = `simulated link of ${megabits} Mbit/s and ${latencyMs} ms`

/** One server at the end of one link, and a crowd of them, each with a link of its own. */
export function simSection(plan: SyncPlan): Section {
  const { linkBlocks, crowdBlocks, relays } = plan
  const program = (name: string, blocks: number, others: number): Contender => {
    const command = nodeProgram('sync/sim-sync.ts', blocks, others, megabits, latencyMs)
    return { name, command }
  }
  const crowdName = `${relays} simulated peers`
  return {
    rounds: 1,
    contenders: [program(linkName, linkBlocks, 0), program(crowdName, crowdBlocks, relays)],
    figures: (standings) => [
      ...linkFigures(standings, linkBlocks),
      ...crowdFigures(standings, crowdName, crowdBlocks),
    ],
  }
}

function linkFigures(standings: Standings, size: number): readonly Figure[] {
  const standing = standingOf(standings, linkName)
  const blockBytes = amountOf(standing, 'block bytes')
  const { wallMs = 0 } = sampleOf(standing, 'virtual')
  const sentMs = (8 * blockBytes) / (1_000 * megabits)
  return [
    {
      name: `${linkName}: used for blocks`,
      ...{ value: (100 * sentMs) / wallMs, unit: '%', size, floor: usePercentMin },
      boundBy: 'meeting the peer, waits for answers, and imports that nothing comes in meanwhile',
    },
    {
      name: `${linkName}: bytes beyond those of blocks`,
      value: 100 * (amountOf(standing, 'wire bytes') / blockBytes - 1),
      ...{ unit: '%', size, floor: overheadPercentMax, isLessBetter: true },
      boundBy: 'statuses, certificates, headers; the simulator has no frames',
    },
  ]
}

function crowdFigures(standings: Standings, name: string, size: number): readonly Figure[] {
  const standing = standingOf(standings, name)
  const { wallMs = 0, cpuMs } = sampleOf(standing, 'virtual')
  return [
    {
      name: `${name}: met before the end`,
      ...{ value: amountOf(standing, 'peers'), unit: 'peers', size },
      boundBy: 'the time that a sync takes: some 500 a second are greeted at once, and no more',
    },
    {
      name: `${name}: a sync among them`,
      ...{ value: wallMs / 1_000, unit: 'virtual s', size, isLessBetter: true },
      boundBy: 'links of the peers that are asked, and the engine',
    },
    {
      name: `${name}: processor`,
      ...{ value: cpuMs / 1_000, unit: 's', size, isLessBetter: true },
      boundBy: 'meeting peers, then execution',
    },
    {
      name: `${name}: memory`,
      value: amountOf(standing, 'memory') / 1e6,
      ...{ unit: 'MB', size, isLessBetter: true },
      boundBy: 'the disk of the node with the chain, links and connections, what it knows of peers',
    },
  ]
}

function sampleOf({ samples }: Standing, part: string) {
  const [found] = samples.filter((sample) => sample.part === part)
  if (found === undefined) throw new Error(`nothing was measured of ${part}`)
  return found
}

function amountOf({ samples }: Standing, part: string): number {
  return median(samples.flatMap((sample) => (sample.part === part ? [sample.amount] : [])))
}
