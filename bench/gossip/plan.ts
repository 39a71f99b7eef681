/** How much of each is measured. */

export interface GossipPlan {
  readonly rounds: number
  readonly events: number
  /** Members that commit, blocks that are measured, and the transfers in each: 66 make a body of 10 kB. */
  readonly members: number
  readonly blocks: number
  readonly transfers: number
  readonly connections: number
  readonly answers: number
  readonly crowd: number
  readonly restSeconds: number
  readonly modelPeers: number
  readonly modelSeconds: number
  /** Blocks of a load in virtual time, and among processes. */
  readonly virtualBlocks: number
  readonly realBlocks: number
  /** Sizes of each stage of the loads; the smallest alone, if this is 1. */
  readonly sizesMax: number
}

export const fullPlan: GossipPlan = {
  rounds: 3,
  events: 1_000_000,
  ...{ members: 8, blocks: 30, transfers: 70 },
  connections: 60,
  answers: 64,
  ...{ crowd: 1_000, restSeconds: 10 },
  ...{ modelPeers: 1_000, modelSeconds: 60 },
  ...{ virtualBlocks: 20, realBlocks: 6, sizesMax: 3 },
}

export const quickPlan: GossipPlan = {
  rounds: 1,
  events: 200_000,
  ...{ members: 3, blocks: 2, transfers: 70 },
  connections: 5,
  answers: 4,
  ...{ crowd: 20, restSeconds: 1 },
  ...{ modelPeers: 100, modelSeconds: 10 },
  ...{ virtualBlocks: 3, realBlocks: 2, sizesMax: 1 },
}
