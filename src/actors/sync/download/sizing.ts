/**
 * How much is asked of a peer at a time, and how much it may have open. By bytes, since what a link
 * carries is bytes: a quarter of a second's worth in a request, and half a second's and a round trip's worth
 * open. Requests that are worth longer keep others waiting when they fail; shorter ones lose the round trip.
 *
 * Beside it stand the rules that this is compared with: fixed batches, and a formula of latency, bandwidth and
 * peers (which makes batches small where the way is long, and larger with more peers).
 */
import type { ChoiceRule, Sizing } from './options.ts'
import type { Peer } from './peer.ts'

export interface Room {
  readonly sizing: Sizing
  readonly choice: ChoiceRule
  readonly hasProbes: boolean
}

const kibibyte = 1_024
const probeBytes = 64 * kibibyte
/** What is asked for at most: the rest of an answer of 2 MiB is for blocks that are larger than the average. */
const requestBytesMax = 1_792 * kibibyte
const serviceMs = 250
const windowBytesMin = 256 * kibibyte
const windowBytesMax = 8 * 1_024 * kibibyte
const streamsMax = 8
const fixedBlocks = 128
/** Requests at once, of all peers. */
export const parallelMax = 16
const requestBlocksMax = 1_024

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}

/** Blocks to ask of `peer`, at least one. */
export function blocksFor(
  peer: Peer,
  { sizing, hasProbes }: Room,
  { blockBytes, peers }: { readonly blockBytes: number; readonly peers: number },
): number {
  switch (sizing) {
    case 'single':
      return 1
    case 'batch':
    case 'fixed':
      return fixedBlocks
    case 'formula':
      return clamp(formulaBlocks(peer, peers), 1, requestBlocksMax)
    case 'adaptive': {
      const isProbe = hasProbes && peer.standing !== 'proven'
      const worth = (peer.measure.bandwidth * serviceMs) / 1_000
      const bytes = isProbe ? probeBytes : clamp(worth, probeBytes, requestBytesMax)
      return clamp(Math.floor(bytes / blockBytes), 1, requestBlocksMax)
    }
    default:
      return sizing satisfies never
  }
}

/** 128 blocks, by latency, by bandwidth in MB in a second, and by the number of peers. */
function formulaBlocks({ measure }: Peer, peers: number): number {
  const byLatency = clamp(100 / measure.rttMinMs, 0.5, 4)
  const byBandwidth = clamp(measure.bandwidth / 1e7, 1, 8)
  return Math.round(128 * byLatency * byBandwidth * clamp(peers / 5, 0.5, 2))
}

/** Whether a peer may get one more request. */
export function hasRoom(peer: Peer, { sizing }: Room): boolean {
  const open = peer.flights.size
  if (peer.standing !== 'proven') return open === 0
  switch (sizing) {
    case 'single':
    case 'batch':
    case 'formula':
      return open < 1
    case 'fixed':
      return open < 2
    case 'adaptive':
      return open < 2 || (open < streamsMax && peer.bytesQueued < peerWindowBytes(peer))
    default:
      return sizing satisfies never
  }
}

/** What a peer carries in the time of two requests. */
function peerWindowBytes({ measure }: Peer): number {
  const ms = measure.rttMinMs + 2 * serviceMs
  return clamp((measure.bandwidthMax * ms) / 1_000, windowBytesMin, windowBytesMax)
}

/** Whether a peer that has its share may carry a second copy of what another is late with. */
export function mayHedge(peer: Peer): boolean {
  return peer.standing === 'proven' && peer.flights.size < streamsMax
}

/** Requests that may be open at once, bodies of all peers. */
export function bodiesMax({ sizing }: Room): number {
  switch (sizing) {
    case 'single':
    case 'batch':
      return 1
    case 'formula':
      return parallelMax
    case 'fixed':
    case 'adaptive':
      return Number.POSITIVE_INFINITY
    default:
      return sizing satisfies never
  }
}
