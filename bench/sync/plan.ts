/** How large the chain is, how much of it each contender imports, and how often. */
import type { Contender, Standings } from '../contest.ts'
import type { Figure } from '../report.ts'
import type { ChainOnDisk } from './chain-cache.ts'
import type { ChainPlan } from './settings.ts'

export interface SyncPlan {
  readonly rounds: number
  readonly chain: ChainPlan
  /** How far each importer gets: multiples of 100. The node imports the whole chain. */
  readonly heights: Readonly<Record<'one' | 'batched', number>>
  /** Blocks of the chains in the simulator, and how many hand on requests to its servers. */
  readonly linkBlocks: number
  readonly crowdBlocks: number
  readonly relays: number
  /** Seeds of the model for each mix and contestant. */
  readonly seeds: number
}

const fullPlan: SyncPlan = {
  rounds: 3,
  chain: { blocks: 100_000, senders: 1_000, certifiedEvery: 1 },
  heights: { one: 2_000, batched: 20_000 },
  linkBlocks: 20_000,
  // As long as it takes to meet all of them.
  crowdBlocks: 28_000,
  relays: 10_000,
  seeds: 10,
}

const quickPlan: SyncPlan = {
  rounds: 1,
  chain: { blocks: 1_000, senders: 1_000, certifiedEvery: 1 },
  heights: { one: 100, batched: 500 },
  linkBlocks: 300,
  crowdBlocks: 100,
  relays: 40,
  seeds: 1,
}

/** The plan, on a chain of another length if one is wanted: importers get as far as before, in its proportion. */
export function planOf(isQuick: boolean, blocks?: number): SyncPlan {
  const plan = isQuick ? quickPlan : fullPlan
  if (blocks === undefined) return plan
  const scaled = (height: number): number => {
    const hundreds = (height * blocks) / (plan.chain.blocks * 100)
    return 100 * Math.max(1, Math.floor(hundreds))
  }
  const { one, batched } = plan.heights
  return {
    ...plan,
    chain: { ...plan.chain, blocks },
    heights: { one: scaled(one), batched: scaled(batched) },
  }
}

/** Figures that need the same programs. */
export interface Section {
  readonly rounds: number
  readonly contenders: readonly Contender[]
  readonly figures: (standings: Standings) => readonly Figure[]
}

/** What a section about real nodes is given. */
export interface SyncScene {
  readonly plan: SyncPlan
  readonly chain: ChainOnDisk
}
