/**
 * Reads a world, and what its users sent, that come from a file. A run is repeated from them, so nothing may be in them
 * that no world has.
 */
import { z } from 'zod'
import { hostilePeers, liars } from '../../../sim/cluster/adversary/catalogue.ts'
import type { Transfer } from '../../../sim/cluster/workload/senders.ts'
import type { WorldFacts } from '../../../sim/cluster/world-facts.ts'
import type { Distribution } from '../../../sim/distribution.ts'
import { defaultTuning } from '../../node/config.ts'
import { ms, node, perMillion, signedMs } from './field-schema.ts'

const nodesMax = 1_000
const transfersMax = 100_000
const usMax = 3_600_000_000
const numberMax = 1e15

const us = z.int().min(0).max(usMax)
const nodes = z.array(node).max(nodesMax)
const count = z.int().min(0).max(nodesMax)

function byNode<Value extends z.ZodType>(value: Value): z.ZodRecord<typeof node, Value> {
  return z.record(node, value)
}

const law: z.ZodType<Distribution> = z.lazy(() =>
  z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('constant'), us }),
      z.strictObject({ kind: z.literal('uniform'), minUs: us, maxUs: us }),
      z.strictObject({ kind: z.literal('exponential'), minUs: us, meanUs: us, maxUs: us }),
      z.strictObject({
        kind: z.literal('bimodal'),
        usual: law,
        rare: law,
        rarePerMillion: perMillion,
      }),
    ])
    .refine((value) => !('minUs' in value) || value.minUs <= value.maxUs, {
      message: 'expected the least to be at most the most',
    }),
)

const link = z.strictObject({
  latency: law,
  lossPerMillion: perMillion,
  duplicatePerMillion: perMillion,
  reorderPerMillion: perMillion,
  reorderDelay: law,
  bytesPerSecond: z.number().min(0).max(numberMax),
  backlogMsMax: ms,
  isOrdered: z.boolean(),
})

const tuning = z
  .record(z.string(), z.number().min(0).max(numberMax))
  .refine((value) => Object.keys(value).every((name) => Object.hasOwn(defaultTuning, name)), {
    message: `expected some of ${Object.keys(defaultTuning).join(', ')}`,
  })

/** A world as bundles hold it: {@link WorldFacts}, and who is in it. */
export const worldSchema = z
  .strictObject({
    nodes,
    members: z.int().min(1).max(nodesMax),
    followers: count.optional(),
    slotMs: z.int().min(100).max(3_600_000).multipleOf(4).optional(),
    link,
    disk: z.strictObject({ read: law, write: law, sync: law }).optional(),
    clockOffsetMs: byNode(signedMs).optional(),
    clockDriftPpm: byNode(z.number().min(-1_000_000).max(1_000_000)).optional(),
    clockErrorMsMax: ms.optional(),
    neighbours: byNode(nodes).optional(),
    liars: byNode(z.enum(Object.keys(liars))).optional(),
    hostile: byNode(z.enum(Object.keys(hostilePeers))).optional(),
    twins: z.array(count).max(nodesMax).optional(),
    isBeyondSafety: z.boolean().optional(),
    hasDiskErrors: z.boolean().optional(),
    untrustedDisks: nodes.optional(),
    startLater: nodes.optional(),
    tuning: tuning.optional(),
    own: z.array(z.enum(['liars', 'hostile', 'checkers'])).max(3),
  })
  .transform((world) => world as WorldFacts & { readonly nodes: readonly string[] })

/** What users sent, by absolute virtual times. */
export const transfersSchema = z
  .array(
    z.strictObject({
      atMs: ms,
      from: z.int().min(0).max(1_000),
      to: z.int().min(0).max(1_000),
      node,
      amount: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
      fee: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
    }),
  )
  .max(transfersMax)
  .transform((transfers) => transfers as readonly Transfer[])
