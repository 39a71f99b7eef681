/** Fields that several kinds of file have: what each may be, and what is said of one that is wrong. */
import { z } from 'zod'
import { faultCatalogue } from '../../../sim/cluster/fault/catalogue.ts'

/** A thousand years. */
const msMax = 3.2e13

export const ms = z.number().min(0).max(msMax)
export const signedMs = z.number().min(-msMax).max(msMax)
export const perMillion = z.number().min(0).max(1_000_000)
export const node = z.string().regex(/^[nft]\d{1,5}$/, 'expected the name of a node, such as n0')

export const seed = z.int().nonnegative()
export const crypto = z.enum(['ideal', 'real'])
export const network = z.enum(['model', 'stack'])
export const reseeds = z.array(z.object({ atMs: ms, seed })).max(1_000)
export const faults = z.array(z.enum(faultCatalogue.map(({ kind }) => kind)))
export const mix = z.enum(['swarm', 'uniform'])
export const outcome = z.enum(['held', 'violated', 'unknown', 'nondeterministic', 'crashed'])

/** The first thing that is wrong with a value, by its field. */
export function complaint({ path, message }: z.core.$ZodIssue, whole: unknown): string {
  if (path.length === 0) return `the whole: ${message}`
  let value: unknown = whole
  for (const step of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[step]
  const what = value === undefined ? 'it is not there' : `it is ${shown(value)}`
  return `${path.join('.')}: ${what}: ${message}`
}

const shownMax = 60

/** A value as JSON, cut off where it is long. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? ''
  return json.length <= shownMax ? json : `${json.slice(0, shownMax)}…`
}
