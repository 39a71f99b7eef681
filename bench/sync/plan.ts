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

export const fullPlan: SyncPlan = {
  rounds: 3,
  chain: { blocks: 100_000, senders: 1_000, certifiedEvery: 1 },
  heights: { one: 2_000, batched: 20_000 },
  linkBlocks: 10_000,
  crowdBlocks: 2_000,
  relays: 10_000,
  seeds: 20,
}

export const quickPlan: SyncPlan = {
  rounds: 1,
  chain: { blocks: 1_000, senders: 1_000, certifiedEvery: 1 },
  heights: { one: 100, batched: 500 },
  linkBlocks: 300,
  crowdBlocks: 100,
  relays: 1_000,
  seeds: 1,
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
