/** Puts what sync knows into plain values, for whoever operates the node. */
import type { Millis } from '../../base/units.ts'
import type { DownloadFacts } from './download/facts.ts'
import type { SyncStatus } from './messages.ts'
import { behindOf, progressOf, type SyncFacts, type SyncState, syncStateCode } from './state.ts'

/** What a status is made of. */
export interface ReportParts {
  readonly state: SyncState
  readonly facts: SyncFacts
  readonly download: DownloadFacts
  readonly reservedBytesMax: number
  readonly blocksPerSecond: number
  readonly bytesPerSecond: number
  readonly certificateAgeMs: Millis
  readonly isPaused: boolean
  readonly isGateOpen: boolean
}

export function reportOf(parts: ReportParts): SyncStatus {
  const { state, facts, download, blocksPerSecond, bytesPerSecond } = parts
  const { currentHeight, targetHeight, provenHeight, peers } = facts
  const behind = behindOf(facts)
  const isMoving = behind > 0 && blocksPerSecond > 0
  return {
    state: state.name,
    stateCode: syncStateCode[state.name],
    isPaused: parts.isPaused,
    ...{ currentHeight, targetHeight, provenHeight, peers },
    progress: progressOf(facts),
    ...{ blocksPerSecond, bytesPerSecond },
    remainingMs: isMoving ? Math.ceil((behind * 1_000) / blocksPerSecond) : undefined,
    reservedBytes: download.reservedBytes,
    reservedBytesMax: parts.reservedBytesMax,
    requests: download.activeRequests,
    headOfLineMs: download.headAgeMs,
    certificateAgeMs: parts.certificateAgeMs,
    failure: state.failure,
    lost: facts.lost,
    failures: state.failures,
    canProduceBlocks: parts.isGateOpen,
  }
}
