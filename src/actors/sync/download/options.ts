/**
 * How downloads are scheduled: one set of switches and bounds, and the named sets of them that are
 * compared with each other. Each mechanism can be left out alone, so that what it is worth can be
 * measured; none of them changes what is accepted as true.
 */

/** How many blocks are asked for at a time, of how many peers. */
export type Sizing =
  /** By what was measured of each peer, in bytes. */
  | 'adaptive'
  /** 128 blocks, two requests a peer: the optimiser is off. */
  | 'fixed'
  /** The formula of latency, bandwidth and peers; one request a peer, 16 in all. */
  | 'formula'
  /** One range of 128 blocks; the next when it is imported. */
  | 'batch'
  /** One block; the next when it is imported. */
  | 'single'

/** Which of the peers that could serve a request is asked. */
export type ChoiceRule =
  /** Least expected time, by estimates drawn from what is believed (discounted Thompson sampling). */
  | 'thompson'
  /** The best measured rate, discounted by failures in a row. */
  | 'greedy'
  | 'random'
  /** The first by name. */
  | 'first'
  /** Whoever has fewest requests open, in turn. */
  | 'least-loaded'

export interface DownloadOptions {
  readonly sizing: Sizing
  readonly choice: ChoiceRule
  /** The next 16 ranges only when all of the last 16 are done. */
  readonly hasBarrier: boolean
  /** An unproven peer gets one request of 64 KiB, eight of them at once. */
  readonly hasProbes: boolean
  /** What is overdue is asked of a second peer, if it holds up the import. */
  readonly hasHeadHedge: boolean
  /** And if it may come to do so. */
  readonly hasWindowHedge: boolean
  /** Bytes in flight are bounded by what our own link was measured to carry. */
  readonly hasGlobalWindow: boolean
  /** Otherwise each answer has ten seconds. */
  readonly hasAdaptiveDeadline: boolean
  /** In flight, being validated, waiting for import, and being imported. 4 MiB at least. */
  readonly memoryBytesMax: number
  readonly memoryBlocksMax: number
  /** In the importer at once. */
  readonly importBytesMax: number
  readonly importRunsMax: number
  /** Assumed of a block until some were seen. */
  readonly blockBytesInitial: number
  /**
   * Of the highest block that is known to be of the chain. Nothing at or below it is imported before
   * headers are proven up to it: what does not lead there is another history. 0: genesis alone.
   */
  readonly trustedHeight: number
}

const mebibyte = 1_048_576

export const adaptive: DownloadOptions = {
  sizing: 'adaptive',
  choice: 'thompson',
  hasBarrier: false,
  hasProbes: true,
  hasHeadHedge: true,
  hasWindowHedge: true,
  hasGlobalWindow: true,
  hasAdaptiveDeadline: true,
  memoryBytesMax: 256 * mebibyte,
  memoryBlocksMax: 10_000,
  importBytesMax: 16 * mebibyte,
  importRunsMax: 8,
  blockBytesInitial: 4_096,
  trustedHeight: 0,
}

/** The optimiser switched off: fixed requests, whoever is least loaded; still safe, still hedged. */
export const fixed: DownloadOptions = {
  ...adaptive,
  sizing: 'fixed',
  choice: 'least-loaded',
  hasProbes: false,
  hasGlobalWindow: false,
}

const plain: DownloadOptions = {
  ...adaptive,
  hasProbes: false,
  hasHeadHedge: false,
  hasWindowHedge: false,
  hasGlobalWindow: false,
  hasAdaptiveDeadline: false,
}

/** A formula for the size of a batch, 16 ranges in parallel, joined, the best peers first. */
export const staticJoined: DownloadOptions = {
  ...plain,
  sizing: 'formula',
  choice: 'greedy',
  hasBarrier: true,
}

/** The same without the join. */
export const staticFree: DownloadOptions = { ...staticJoined, choice: 'random', hasBarrier: false }

/** A fair importer that does one thing after the other: 128 blocks, then their import. */
export const batchedSequential: DownloadOptions = { ...plain, sizing: 'batch', choice: 'random' }

/** One block, then its import. */
export const sequential: DownloadOptions = { ...batchedSequential, sizing: 'single' }
