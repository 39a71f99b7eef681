/** What can be seen of the downloads: for a status, for a state machine above, and for a benchmark. */

/** Why the downloads do not get on, although they go on trying. */
export interface Stuck {
  /** The height that nobody gave. */
  readonly height: number
  /** `attempts`: many failed. `age`: it holds up the import for a minute. `nobody`: no peer could be asked. `trust`: what is there does not lead to the trusted block. */
  readonly reason: 'attempts' | 'age' | 'nobody' | 'trust'
  readonly attempts: number
  /** Peers that gave for it what did not pass. If all did, it may be our own check that is broken. */
  readonly lies: number
  readonly sinceMs: number
}

/** The chain refused what a committee has certified, or we could not check what came: no peer's fault. */
export interface LocalTrouble {
  readonly height: number
  readonly code: string
  readonly attempts: number
}

/** From this height on, what a quorum has certified is not the chain that this node is to follow. */
export interface HistoryRefusal {
  readonly height: number
  readonly code: string
}

export interface DownloadFacts {
  /** Of headers that a certificate of their own proves. */
  readonly certifiedHeight: number
  /** Of headers that are proven without a gap. */
  readonly provenHeight: number
  /** Of blocks that are validated without a gap. */
  readonly downloadedHeight: number
  readonly importedHeight: number
  /** There is nothing left to fetch below the target. */
  readonly isComplete: boolean
  readonly activeRequests: number
  readonly activePeers: number
  readonly provenPeers: number
  readonly peers: number
  /** Estimated, of the answers that are waited for. */
  readonly bytesInFlight: number
  /** Bytes and blocks that are in flight, being validated, waiting for import, or being imported. */
  readonly reservedBytes: number
  readonly reservedBlocks: number
  /** The most that may be in flight now. */
  readonly windowBytes: number
  /** The best of the last ten seconds. */
  readonly goodputBytesPerSecond: number
  /** How long the lowest block that is not validated has held up those above it. */
  readonly headAgeMs: number
  readonly stuck: Stuck | undefined
  readonly localTrouble: LocalTrouble | undefined
  readonly refusal: HistoryRefusal | undefined
  /** So many peers fail at once that it must be us: none of them is marked for it. */
  readonly isDamped: boolean
  readonly counts: DownloadCounts
}

/** Since the beginning. */
export interface DownloadCounts {
  readonly requests: number
  readonly failures: number
  readonly hedges: number
  readonly bytesReceived: number
  /** Received, and not used. */
  readonly bytesWasted: number
}
