/** A case that has something of everything, for those who make smaller, write and tell. */
import type { Recipe } from '../../../sim/cluster/recipe.ts'
import { exponential, uniform } from '../../../sim/distribution.ts'
import { localLink } from '../../../sim/link.ts'
import type { Case } from '../../../src/cli/shrink/case.ts'

const transfer = { from: 0, to: 1, amount: 5, fee: 1 }

export const bigRecipe: Recipe = {
  drawsAs: { scenario: 'swarm', seed: 7, reseeds: [{ atMs: 12_400, seed: 77 }] },
  world: {
    members: 5,
    followers: 2,
    link: {
      ...localLink,
      latency: uniform(5_000, 40_500),
      lossPerMillion: 10_000,
      reorderDelay: exponential(1_000, 20_000, 400_000),
    },
    clockOffsetMs: { n1: -40, n3: 120 },
    liars: { n4: 'mutator' },
    hostile: { f1: 'bomber' },
    tuning: { checkpointIntervalBlocks: 10, mailboxMax: 8 },
    hasDiskErrors: true,
    clockErrorMsMax: 500,
    own: [],
  },
  plan: [
    { kind: 'slow-links', atMs: 3_141.592, byMs: 250, forMs: 12_345 },
    { kind: 'crash', atMs: 12_418.233, node: 'n1', forMs: 2_718 },
    {
      kind: 'partition',
      atMs: 13_037,
      groups: [
        ['n0', 'n2'],
        ['n1', 'n3', 'n4'],
      ],
      forMs: 4_200,
    },
    {
      kind: 'crash-at-point',
      atMs: 14_000,
      on: { event: 'vote-sent', node: 'n2', nth: 3 },
      node: 'n2',
      forMs: 900,
    },
    { kind: 'clock-jump', atMs: 15_001, node: 'n3', errorMs: -217 },
  ],
  transfers: [
    { ...transfer, atMs: 1_234, node: 'n0' },
    { ...transfer, atMs: 5_678, node: 'n4' },
    { ...transfer, atMs: 9_012.5, node: 'f0' },
  ],
  story: [
    { kind: 'run', ms: 6_000 },
    { kind: 'restart', node: 'f0' },
    { kind: 'run', ms: 13_579.5 },
  ],
}

export const bigCase: Case = {
  recipe: bigRecipe,
  crypto: 'ideal',
  network: 'model',
  beyond: [],
}
