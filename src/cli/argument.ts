/**
 * Arguments of flags, read strictly. Commander puts the flag and the value before the message, so each
 * message only has to say what was expected.
 */
import { InvalidArgumentError } from 'commander'
import type { Reseed } from '../../sim/simulation.ts'
import { parseDuration } from '../base/duration.ts'
import type { Millis } from '../base/units.ts'
import type { TrustedPlace } from '../protocol/chain.ts'
import { parseTrustedPlace } from './node/trusted-place.ts'

/** Makes a reader of whole numbers between two bounds, both included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

/** Seeds are whole numbers that a double holds exactly. */
export const seedNumber = wholeNumber(0, Number.MAX_SAFE_INTEGER)

/** A duration longer than nothing. */
export function positiveDuration(text: string): Millis {
  const duration = parseDuration(text)
  if (!duration.ok) throw new InvalidArgumentError(`${capital(duration.fault)}.`)
  if (duration.value === 0) throw new InvalidArgumentError('Expected more than nothing.')
  return duration.value
}

/** A place in a run: a virtual time, or before which of its events, counted from 0. */
export type Place = { readonly ms: Millis } | { readonly event: number }

/** Reads a time after the beginning, such as 12.4s, or the number of an event, such as #1234. */
export function placeInRun(text: string): Place {
  const [, digits] = /^#(\d{1,15})$/.exec(text) ?? []
  if (digits !== undefined) return { event: Number(digits) }
  const duration = parseDuration(text)
  if (duration.ok && duration.value > 0) return { ms: duration.value }
  throw new InvalidArgumentError('Expected a virtual time, such as 12.4s, or an event, as #1234.')
}

/** Reads one more of several later seeds, as `time:seed`, such as 12.4s:77. */
export function reseedOf(text: string, earlier: readonly Reseed[] = []): readonly Reseed[] {
  const [, time = '', digits = ''] = /^([^:]*):(\d{1,16})$/.exec(text) ?? []
  const at = parseDuration(time)
  const seed = Number(digits)
  if (!at.ok || digits === '' || seed > Number.MAX_SAFE_INTEGER) {
    throw new InvalidArgumentError('Expected a virtual time and a seed, such as 12.4s:77.')
  }
  const last = earlier.at(-1)
  if (last !== undefined && at.value <= last.atMs) {
    throw new InvalidArgumentError(`Expected a later time than ${last.atMs / 1_000}s before it.`)
  }
  return [...earlier, { atMs: at.value, seed }]
}

/** A block as `HEIGHT:HASH`. */
export function placeOf(text: string): TrustedPlace {
  const place = parseTrustedPlace(text)
  if (place.ok) return place.value
  throw new InvalidArgumentError(`Expected ${place.fault}.`)
}

/** One of several equal parts of the work; `index` counts from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

const shardsMax = 10_000

/** Reads `i/n`, with 1 ≤ i ≤ n. */
export function shardOf(text: string): Shard {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.index <= shard.count && shard.count <= shardsMax) return shard
  throw new InvalidArgumentError('Expected i/n with i from 1 to n, such as 2/4.')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
