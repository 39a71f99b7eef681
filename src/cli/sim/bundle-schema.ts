/**
 * Reads a bundle. It may come from anywhere: every field is checked, and what is wrong is said by its name, its value
 * and what was expected.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Reseed } from '../../../sim/simulation.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { checkpointsMax, type Decisions, parseStretches } from './decisions.ts'
import {
  complaint,
  crypto,
  faults,
  mix,
  ms,
  network,
  outcome,
  reseeds,
  seed,
  shown,
} from './field-schema.ts'
import { planSchema } from './plan-schema.ts'
import { transfersSchema, worldSchema } from './world-schema.ts'

/** The version that is written. All up to it are read. */
export const bundleVersion = 3

/** No bundle is larger: what has no room is left out. */
export const bundleBytesMax = 1_048_576

/** What is larger was not written by this program, whatever its version. */
const textMax = 16 * bundleBytesMax

/** Characters of what was broken, as what was thrown may say anything. */
export const detailMax = 100_000

const labelMax = 1_000
const streamsMax = 100_000

const hash = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits')
const text = z.string().max(labelMax)

const decisionsSchema = z
  .object({
    everyEvents: z.int().min(1),
    checkpoints: z
      .array(z.object({ events: z.int().min(1), atMs: ms, digest: hash }))
      .max(checkpointsMax),
    streams: z
      .array(
        z.object({
          label: text,
          draws: z.int().min(1),
          checksum: z.string().regex(/^[0-9a-f]{8}$/, 'expected 8 hexadecimal digits'),
          stretches: z
            .string()
            .max(20 * checkpointsMax)
            .optional(),
        }),
      )
      .max(streamsMax),
    streamsLeftOut: z.int().min(1).optional(),
  })
  .superRefine(({ everyEvents, checkpoints, streams }, context) => {
    const place = checkpoints.findIndex(({ events }, index) => events !== (index + 1) * everyEvents)
    if (place >= 0) {
      const message = `expected ${(place + 1) * everyEvents}, as there is one every ${everyEvents}`
      context.addIssue({ code: 'custom', message, path: ['checkpoints', place, 'events'] })
    }
    for (const [index, { stretches = '', draws }] of streams.entries()) {
      const numbers = parseStretches(stretches, checkpoints.length)
      const total = numbers?.reduce((sum, each) => sum + each, 0) ?? Number.POSITIVE_INFINITY
      if (total <= draws) continue
      const message = `expected at most ${checkpoints.length} numbers, together at most ${draws}`
      context.addIssue({ code: 'custom', message, path: ['streams', index, 'stretches'] })
    }
  })
  .transform((decisions) => decisions as Decisions)

const madeSchema = z.object({
  /** Versions of this program and of V8. */
  alys: text,
  v8: text,
  /** Of `package-lock.json`, if there was one, and of the sources that decide what happens in a run. */
  lock: hash.optional(),
  sources: hash,
})

const runFields = {
  format: z.literal('alys-bundle'),
  /** Empty if the run left none. */
  digest: z.union([hash, z.literal('')]),
  scenario: z.string().min(1).max(200),
  seed,
  crypto,
  /** Bundles from before there was a choice are of the model. */
  network: network.default('model'),
  reseeds: reseeds
    .readonly()
    .refine(isAscending, 'they are not in ascending order of time')
    .default([]),
  /** Only these kinds of fault were drawn; all, if it is absent. */
  faults: faults.readonly().optional(),
  mix: mix.default('swarm'),
  outcome,
  violation: z
    .object({ property: z.string().max(200), detail: z.string().max(detailMax), atMs: ms })
    .optional(),
  /** Version of Node.js. */
  node: text,
  commit: z.string().max(100).optional(),
  /** Whether the sources differed from the commit. */
  isDirty: z.boolean().optional(),
  /** What repeats the run, as long as the sources are the same. */
  command: z.string().max(100_000),
}

/** Before the third version a plan was for people. Runs of such bundles are repeated from their seeds. */
const olderSchema = z.object({
  ...runFields,
  version: z.union([z.literal(1), z.literal(2)]),
  plan: z.array(z.record(z.string(), z.unknown())).optional(),
})

const presentSchema = z
  .object({
    ...runFields,
    version: z.literal(bundleVersion),
    made: madeSchema,
    world: worldSchema.optional(),
    transfers: transfersSchema.optional(),
    sendingEndMs: ms.optional(),
    /** By what the run is repeated: by world, faults and transfers; where that does not give it back, by the faults; or by its seed alone. */
    replays: z.enum(['recipe', 'plan', 'seed']),
    /** The faults that struck, at absolute virtual times. */
    plan: planSchema,
    decisions: decisionsSchema.optional(),
    /** Parts that there was no room for. */
    leftOut: z.array(text).optional(),
    /** Of all the rest. To be taken out by whoever changes something by hand. */
    checksum: hash.optional(),
  })
  .superRefine(({ replays, world, transfers }, context) => {
    if (replays !== 'recipe' || (world !== undefined && transfers !== undefined)) return
    const message = 'expected a world and transfers, as that is what a recipe is'
    context.addIssue({ code: 'custom', message, path: ['replays'] })
  })

export type PresentBundle = z.infer<typeof presentSchema>
export type Bundle = PresentBundle | z.infer<typeof olderSchema>

/** The fault says what is wrong with the text. */
export function parseBundle(source: string): Result<Bundle, string> {
  if (source.length > textMax) {
    return failed(`it has ${source.length} characters: expected at most ${textMax}`)
  }
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failed(`it is not JSON, or was cut off: ${why}`)
  }
  const { format, version, checksum, ...rest } = fieldsOf(value)
  if (format === 'alys-bundle' && typeof version === 'number' && version > bundleVersion) {
    return failed(
      `version: it is ${version}${writerOf(rest)}; this program reads 1 to ${bundleVersion}`,
    )
  }
  const schema = version === bundleVersion ? presentSchema : olderSchema
  const parsed = schema.safeParse(value)
  // The first complaint is enough: a file that is something else has as many as there are fields.
  const [issue] = parsed.error?.issues ?? []
  if (issue !== undefined) return failed(complaint(issue, value))
  if (checksum !== undefined && checksum !== checksumOf({ format, version, ...rest })) {
    return failed(
      `checksum: it is ${shown(checksum)}, and not that of the rest: the file was damaged; ` +
        'if it was changed on purpose, take the field out',
    )
  }
  return ok(parsed.data as Bundle)
}

/** 16 hexadecimal digits of all fields, in whatever order. */
export function checksumOf(fields: object): string {
  const sorted = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(sorted)
    const entries = Object.entries(value).filter(([, each]) => each !== undefined)
    return entries
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)])
  }
  return createHash('sha256')
    .update(JSON.stringify(sorted(fields)))
    .digest('hex')
    .slice(0, 16)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : {}
}

/** Who wrote a bundle of a version that is not known: whatever can still be read of it. */
function writerOf({ made, node }: Readonly<Record<string, unknown>>): string {
  const { alys } = fieldsOf(made)
  const words = [
    ...(typeof alys === 'string' ? [`alys ${alys}`] : []),
    ...(typeof node === 'string' ? [`Node.js ${node}`] : []),
  ]
  return words.length === 0 ? '' : `, written by ${words.join(' on ')}`
}

function isAscending(reseeds: readonly Reseed[]): boolean {
  return reseeds.every(({ atMs }, index) => atMs > (reseeds[index - 1]?.atMs ?? -1))
}
