/**
 * How well a peer serves: 0 to 100, by what was asked of it and came. For ranking, and for nothing else: a slow
 * peer is never punished, and a fast one is forgiven nothing.
 *
 * Reliability 40 %, throughput 30 % and latency 20 % in comparison with the median of the peers, time known
 * 10 %. Every term lies in 0 to 1 whatever is reported, and none divides by zero.
 */
import type { Millis } from '../../base/units.ts'
import type { Service } from './messages.ts'

export interface Performance {
  /** Requests served, and requests made, each request fading by 2 % with each later one. */
  readonly served: number
  readonly asked: number
  /** Requests that were counted at all; below {@link provenMin} a peer is unproven. */
  readonly samples: number
  /** Undefined until something was measured. */
  readonly bytesPerSecond: number | undefined
  readonly latencyMs: number | undefined
}

/** What is usual among the peers; undefined while nobody was measured. */
export interface Medians {
  readonly bytesPerSecond: number | undefined
  readonly latencyMs: number | undefined
}

export const unmeasured: Performance = {
  served: 0,
  asked: 0,
  samples: 0,
  bytesPerSecond: undefined,
  latencyMs: undefined,
}

const kept = 0.98
/** How much of an average the newest measurement is. */
const newest = 0.2
/** Transfers that are smaller measure the latency, and not the throughput. */
const bytesMin = 4_096
const provenMin = 3
const samplesMax = 1_000_000
const halfKnownMs = 3_600_000
/** Whatever is claimed, no measurement is beyond these. */
const bytesPerSecondMax = 1e12
const latencyMsMax = 3_600_000
const knownMsMax = 1e15

/** Below, nothing is asked of a peer that is proven. */
export const usefulMin = 20

export function performanceAfter(performance: Performance, service: Service): Performance {
  const { outcome } = service
  // A duplicate says nothing of whether the peer can be relied upon: it came second because it was asked second.
  const isCounted = outcome !== 'duplicate'
  const { served, asked, samples } = performance
  const measured = { ...performance, ...measurements(performance, service) }
  if (!isCounted) return measured
  return {
    ...measured,
    served: served * kept + (outcome === 'served' ? 1 : 0),
    asked: asked * kept + 1,
    samples: Math.min(samplesMax, samples + 1),
  }
}

function measurements(
  performance: Performance,
  { outcome, bytes, elapsedMs, firstByteMs }: Service,
): Pick<Performance, 'bytesPerSecond' | 'latencyMs'> {
  const { bytesPerSecond, latencyMs } = performance
  if (outcome === 'failed') return { bytesPerSecond, latencyMs }
  const size = within(bytes, bytesPerSecondMax)
  const tookMs = Math.max(0.001, within(elapsedMs, latencyMsMax))
  const waitedMs = within(firstByteMs ?? elapsedMs, latencyMsMax)
  const rate = within((size * 1_000) / tookMs, bytesPerSecondMax)
  return {
    bytesPerSecond: size < bytesMin ? bytesPerSecond : averaged(bytesPerSecond, rate),
    latencyMs: averaged(latencyMs, waitedMs),
  }
}

function averaged(before: number | undefined, value: number): number {
  return before === undefined ? value : before + (value - before) * newest
}

/** A measurement in 0 to `max`, whatever it is said to be. */
function within(value: number, max: number): number {
  return value > 0 ? Math.min(value, max) : 0
}

export function isProven({ samples }: Performance): boolean {
  return samples >= provenMin
}

/** 0 to 100; 45 for a peer of whom nothing is known. */
export function performanceScore(
  { served, asked, bytesPerSecond, latencyMs }: Performance,
  knownMs: Millis,
  medians: Medians,
): number {
  const reliability = (served + 1) / (asked + 2)
  const throughput = share(bytesPerSecond, medians.bytesPerSecond)
  const quickness = share(medians.latencyMs, latencyMs)
  const known = within(knownMs, knownMsMax)
  const age = known / (known + halfKnownMs)
  return 100 * (0.4 * reliability + 0.3 * throughput + 0.2 * quickness + 0.1 * age)
}

/** `a` as a share of both; a half if either is not known, or both are 0. */
function share(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined || a + b === 0) return 0.5
  return a / (a + b)
}

/** The middle of what was measured. */
export function mediansOf(all: readonly Performance[]): Medians {
  return {
    bytesPerSecond: median(all.map(({ bytesPerSecond }) => bytesPerSecond)),
    latencyMs: median(all.map(({ latencyMs }) => latencyMs)),
  }
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b)
  return known[known.length >> 1]
}
