/**
 * A bundle: all that is known of a run that did not hold, in one file that outlives the terminal. The
 * run is repeated from what is a `Job`; the rest tells whether it came out the same.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { faultCatalogue } from '../../../sim/cluster/fault/catalogue.ts'
import type { Reseed } from '../../../sim/simulation.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Revision } from '../revision.ts'
import { jobOf, replayCommand } from './job.ts'
import type { RunReport } from './report.ts'

const faultNames = faultCatalogue.map(({ kind }) => kind)

const bundleSchema = z.object({
  format: z.literal('alys-bundle'),
  /** The first had no later seeds, and all faults. */
  version: z.union([z.literal(1), z.literal(2)]),
  scenario: z.string(),
  seed: z.int().nonnegative(),
  crypto: z.enum(['ideal', 'real']),
  /** Bundles from before there was a choice are of the model. */
  network: z.enum(['model', 'stack']).default('model'),
  reseeds: z
    .array(z.object({ atMs: z.number().nonnegative(), seed: z.int().nonnegative() }))
    .readonly()
    .refine(isAscending, 'they are not in ascending order of time')
    .default([]),
  /** Only these kinds of fault were drawn; all, if it is absent. */
  faults: z.array(z.enum(faultNames)).readonly().optional(),
  mix: z.enum(['swarm', 'uniform']).default('swarm'),
  outcome: z.enum(['held', 'violated', 'unknown', 'nondeterministic', 'crashed']),
  violation: z.object({ property: z.string(), detail: z.string(), atMs: z.number() }).optional(),
  /** Empty if the run left none. */
  digest: z.string().regex(/^([0-9a-f]{16})?$/),
  /** Version of Node.js. */
  node: z.string(),
  commit: z.string().optional(),
  /** Whether the sources differed from the commit. */
  isDirty: z.boolean().optional(),
  /** Faults at absolute virtual times, to be read by people. */
  plan: z.array(z.record(z.string(), z.unknown())).optional(),
  /** What repeats the run. */
  command: z.string(),
})

export type Bundle = z.infer<typeof bundleSchema>

export function bundleOf(report: RunReport, node: string, revision: Revision | undefined): Bundle {
  const { outcome, failure, digest, plan } = report
  return {
    format: 'alys-bundle',
    version: 2,
    ...jobOf(report),
    reseeds: report.reseeds ?? [],
    mix: report.mix ?? 'swarm',
    ...{ outcome, digest },
    ...(failure === undefined ? {} : { violation: failure }),
    node,
    ...revision,
    ...(plan.length === 0 ? {} : { plan: plan.map((fault) => ({ ...fault })) }),
    command: replayCommand(report),
  }
}

/** The fault says what is wrong with the text. */
export function parseBundle(text: string): Result<Bundle, string> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failed(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = bundleSchema.safeParse(value)
  if (parsed.success) return ok(parsed.data)
  // The first complaint is enough: a file that is something else has as many as there are fields.
  const [issue] = parsed.error.issues
  const field = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.')
  return failed(`${field}: ${issue?.message ?? 'it is wrong'}`)
}

/** The name of a run's bundle in a folder of reports. What is long has a mark that differs. */
export function bundleName(report: RunReport): string {
  const { scenario, seed, crypto, network, reseeds = [], faults, mix = 'swarm' } = report
  const unusual = [
    ...(crypto === 'ideal' ? [] : [crypto]),
    ...(network === 'model' ? [] : [network]),
    ...(mix === 'swarm' ? [] : [mix]),
    ...(faults === undefined ? [] : [`f${markOf(faults.join())}`]),
    ...(reseeds.length === 0 ? [] : [`r${markOf(JSON.stringify(reseeds))}`]),
  ]
  return `${[scenario, seed, ...unusual].join('-')}${bundleSuffix}`
}

/** Eight digits that follow from a text. */
function markOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

function isAscending(reseeds: readonly Reseed[]): boolean {
  return reseeds.every(({ atMs }, index) => atMs > (reseeds[index - 1]?.atMs ?? -1))
}

export const bundleSuffix = '.bundle.json'
