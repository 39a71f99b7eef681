/**
 * Messages on their way from one lane to another, and which of them to draw. There may be a million: each has a rank
 * by a hash of its number, and a window that holds too many shows those of the highest rank. So the same ones
 * stay on the screen while it moves, and how many are left out is known.
 */
import type { Span } from '../time/window.ts'
import { firstAtOrAfter } from './lanes.ts'

/** Columns of messages, in order of arrival. */
export interface Flights {
  readonly count: number
  /** The record that tells of the arrival, or of the loss. */
  readonly record: Uint32Array
  readonly sentUs: Float64Array
  readonly arrivedUs: Float64Array
  readonly from: Uint16Array
  readonly to: Uint16Array
  /** What kind of message, as an index of a palette. */
  readonly hue: Uint8Array
}

/** Flights by rank: list n has about one in 2^n. Quick ones apart from slow ones, which are searched for further away. */
export interface FlightIndex {
  readonly flights: Flights
  readonly quick: readonly Uint32Array[]
  readonly slow: readonly Uint32Array[]
  readonly quickUsMax: number
  readonly slowUsMax: number
}

export interface Chosen {
  readonly flights: readonly number[]
  /** Messages of the window that are not among them, more or less. */
  readonly leftOut: number
}

/** One in so many is slow. */
const slowShare = 50

/** Indexes the flights whose records `isShown` marks. */
export function indexFlights(flights: Flights, isShown: Uint8Array): FlightIndex {
  const all: number[] = []
  for (let i = 0; i < flights.count; i += 1) {
    if (isShown[flights.record[i] ?? 0] === 1) all.push(i)
  }
  const took = (i: number): number => (flights.arrivedUs[i] ?? 0) - (flights.sentUs[i] ?? 0)
  const times = Float64Array.from(all, took).sort()
  const quickUsMax = times[times.length - 1 - Math.floor(times.length / slowShare)] ?? 0
  const slowUsMax = times.at(-1) ?? 0
  const quick = all.filter((i) => took(i) <= quickUsMax)
  const slow = all.filter((i) => took(i) > quickUsMax)
  return { flights, quick: ranked(quick), slow: ranked(slow), quickUsMax, slowUsMax }
}

/** Those that are under way at some time in the span, `max` of them at most (and a few). */
export function flightsIn(index: FlightIndex, span: Span, max: number): Chosen {
  const { quick, slow, quickUsMax, slowUsMax } = index
  const some = pick(index, quick, { ...span, reachUs: quickUsMax, max })
  const rest = pick(index, slow, { ...span, reachUs: slowUsMax, max: Math.ceil(max / 4) })
  return {
    flights: [...some.flights, ...rest.flights],
    leftOut: some.leftOut + rest.leftOut,
  }
}

interface Wanted extends Span {
  /** How long after the span one that is under way in it may arrive. */
  readonly reachUs: number
  readonly max: number
}

function pick(index: FlightIndex, ranks: readonly Uint32Array[], wanted: Wanted): Chosen {
  const { arrivedUs, sentUs } = index.flights
  const placesIn = (list: Uint32Array): readonly [number, number] => [
    firstAtOrAfter(list, arrivedUs, wanted.fromUs),
    firstAtOrAfter(list, arrivedUs, wanted.toUs + wanted.reachUs + 1),
  ]
  let rank = 0
  let [first, end] = placesIn(ranks[0] ?? none)
  const inAll = end - first
  while (end - first > wanted.max && rank + 1 < ranks.length) {
    rank += 1
    const places = placesIn(ranks[rank] ?? none)
    first = places[0]
    end = places[1]
  }
  const found: number[] = []
  for (const flight of (ranks[rank] ?? none).subarray(first, end)) {
    if ((sentUs[flight] ?? 0) <= wanted.toUs) found.push(flight)
  }
  // Of those that were looked at, the same share is not in the span.
  const share = end === first ? 1 : found.length / (end - first)
  return { flights: found, leftOut: rank === 0 ? 0 : Math.round(inAll * share) - found.length }
}

const none = new Uint32Array(0)
const ranksMax = 16

function ranked(flights: readonly number[]): readonly Uint32Array[] {
  let left = flights
  const ranks = [Uint32Array.from(left)]
  for (let rank = 1; rank < ranksMax && left.length > 64; rank += 1) {
    left = left.filter((flight) => scattered(flight) >>> (32 - rank) === 0)
    ranks.push(Uint32Array.from(left))
  }
  return ranks
}

/** A hash whose upper bits are as good as chance (the finaliser of MurmurHash3). */
function scattered(value: number): number {
  let hash = value + 0x9e3779b9
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
