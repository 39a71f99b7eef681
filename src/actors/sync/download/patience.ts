/**
 * How long an answer may take. From what this peer's answers took, and the time that our own queues
 * add, at the peer and on our link: a deadline that leaves those out blames peers for our own slowness,
 * one after the other.
 */
import type { Patience } from '../../network/messages.ts'
import type { DownloadOptions } from './options.ts'
import type { Peer } from './peer.ts'

const deadlineMsMin = 500
const deadlineMsMax = 20_000
const unprovenMs = 1_000
const plainDeadlineMs = 10_000
const goodputMin = 500_000
const bytesPerSecondMin = 16_384
const overdueMsMin = 150
const overdueUnprovenMs = 400
/** Two requests' worth. */
const carryMsMax = 500

export interface Load {
  /** From all peers. */
  readonly bytesInFlight: number
  /** Of our link, bytes in a second. */
  readonly goodput: number
  /** The median peer's rate. */
  readonly paceMedian: number
}

/** For one more answer of `peer`. */
export function patienceFor(
  { measure, bytesQueued, standing }: Peer,
  { bytesInFlight, goodput, paceMedian }: Load,
  { hasAdaptiveDeadline, hasProbes }: DownloadOptions,
): Patience {
  const common = { stallMs: 1_000, extensionMs: 500 }
  if (!hasAdaptiveDeadline) {
    const deadlineMs = plainDeadlineMs
    return { ...common, deadlineMs, deadlineMsMax: deadlineMs, bytesPerSecondMin: 0 }
  }
  const isUnproven = hasProbes && standing !== 'proven'
  const usual = isUnproven ? unprovenMs : (measure.answerMs(4) ?? unprovenMs)
  const queuedMs = (bytesQueued / measure.bandwidth) * 1_000
  const linkMs = (bytesInFlight / Math.max(goodput, goodputMin)) * 1_000
  const ms = 2 * usual + 3 * queuedMs + 3 * linkMs
  return {
    ...common,
    deadlineMs: Math.round(Math.min(deadlineMsMax, Math.max(deadlineMsMin, ms))),
    bytesPerSecondMin: Math.max(bytesPerSecondMin, Math.round(paceMedian / 10)),
    deadlineMsMax,
  }
}

/** When an answer is later than this, somebody else may be asked as well. */
export function expectedMs({ measure, standing, bytesQueued }: Peer, bytes: number): number {
  const usual = standing === 'proven' ? measure.answerMs(3) : undefined
  if (usual === undefined) return overdueUnprovenMs
  // What it answered before may have been smaller, or asked for alone. But a slow peer is no reason to wait long.
  const carryMs = Math.min(carryMsMax, ((bytesQueued + bytes) / measure.bandwidth) * 1_000)
  return Math.max(overdueMsMin, usual, measure.rttMinMs + carryMs)
}
