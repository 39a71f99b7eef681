/** What a line of results says: what was asked for, a run, or an end. Every field is checked; a fault names it. */
import { z } from 'zod'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Revision } from '../revision.ts'
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
} from '../sim/field-schema.ts'
import type { SweepPlan } from '../sim/plan.ts'
import type { RunReport } from '../sim/report.ts'
import type { RunLogEnd } from '../sim/run-log.ts'

/** A line, understood. */
export type RunLine =
  | { readonly kind: 'plan'; readonly plan: SweepPlan; readonly revision: Revision | undefined }
  | { readonly kind: 'run'; readonly report: RunReport; readonly revision: Revision | undefined }
  | { readonly kind: 'end'; readonly end: RunLogEnd }

const name = z.string().min(1).max(200)
const figure = z.number().nonnegative()
const ends = ['done', 'bail', 'time', 'interrupted', 'gaps'] as const

const revisionFields = {
  commit: z.string().max(100).optional(),
  isDirty: z.boolean().optional(),
}

interface Sources {
  readonly commit?: string | undefined
  readonly isDirty?: boolean | undefined
}

const mannerFields = {
  crypto,
  network,
  reseeds: reseeds.optional(),
  faults: faults.optional(),
  mix: mix.optional(),
}

const headSchema = z.object({
  format: z.literal('alys-runs'),
  version: z.literal(1),
  ...revisionFields,
  plan: z.object({
    scenarios: z.array(name).max(10_000),
    skipped: z.array(z.object({ scenario: name, reason: z.string() })).max(10_000),
    firstSeed: seed,
    seeds: z.int().min(1).optional(),
    shard: z
      .object({ index: z.int().min(1), count: z.int().min(1).max(10_000) })
      .refine(({ index, count }) => index <= count, 'expected an index from 1 to count'),
    ...mannerFields,
  }),
})

const runSchema = z
  .object({
    version: z.literal(1),
    ...revisionFields,
    scenario: name,
    seed,
    ...mannerFields,
    outcome,
    property: z.string().max(200).optional(),
    detail: z.string().max(100_000).optional(),
    atMs: ms.optional(),
    inForce: faults.optional(),
    digest: z.string().regex(/^([0-9a-f]{16})?$/, 'expected 16 hexadecimal digits, or none'),
    virtualMs: ms,
    wallMs: figure,
    events: figure,
    messages: figure,
    goals: z.array(z.string().max(200)).max(1_000),
  })
  .refine(({ outcome, property }) => outcome === 'held' || property !== undefined, {
    path: ['property'],
    message: 'expected one, as the run did not hold',
  })

const endSchema = z.object({ end: z.enum(ends), elapsedMs: figure })

export function parseRunLine(text: string): Result<RunLine, string> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failed(`not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (has(value, 'format')) return headIn(value)
  return has(value, 'end') ? endIn(value) : runIn(value)
}

function has(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value
}

function headIn(value: unknown): Result<RunLine, string> {
  const { data, error } = headSchema.safeParse(value)
  if (data === undefined) return failed(firstOf(error, value))
  return ok({ kind: 'plan', plan: data.plan as SweepPlan, revision: revisionIn(data) })
}

function endIn(value: unknown): Result<RunLine, string> {
  const { data, error } = endSchema.safeParse(value)
  return data === undefined ? failed(firstOf(error, value)) : ok({ kind: 'end', end: data })
}

function runIn(value: unknown): Result<RunLine, string> {
  const { data, error } = runSchema.safeParse(value)
  if (data === undefined) return failed(firstOf(error, value))
  const { version: _, commit, isDirty, property, detail = '', atMs = 0, ...run } = data
  const failure = property === undefined ? {} : { failure: { property, detail, atMs } }
  // What stays on the machine that ran it: the faults, and how high the chain was.
  const report = { ...run, ...failure, height: 0, plan: [] } as RunReport
  return ok({ kind: 'run', report, revision: revisionIn({ commit, isDirty }) })
}

function revisionIn({ commit, isDirty = false }: Sources): Revision | undefined {
  return commit === undefined ? undefined : { commit, isDirty }
}

function firstOf(error: z.ZodError | undefined, value: unknown): string {
  const [issue] = error?.issues ?? []
  return issue === undefined ? 'it is not understood' : complaint(issue, value)
}
