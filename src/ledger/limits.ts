/** The limits of the ledger, and their defaults. */

/** How much one engine keeps. Settings of a process: neighbours need not agree. */
export interface LedgerLimits {
  /** Payload states kept above and including the final one. */
  readonly statesMax: number
  /** Transactions in the pool. */
  readonly poolMax: number
  /** Of them by one sender. */
  readonly perSenderMax: number
  /** A smaller fee is not taken into the pool. */
  readonly feeMin: bigint
  /** Signatures whose verdict is remembered. */
  readonly verdictsMax: number
  /** Transactions of payloads that are prepared and not executed yet. */
  readonly preparedMax: number
  /** Payloads that were begun and may still be asked for. */
  readonly jobsMax: number
  /** Calls that wait for the disk at the same time. */
  readonly waitingMax: number
}

/** For a node of a federation with slots of two seconds. */
export const defaultLimits: LedgerLimits = {
  statesMax: 4_096,
  poolMax: 4_096,
  perSenderMax: 64,
  feeMin: 0n,
  verdictsMax: 16_384,
  preparedMax: 16_384,
  jobsMax: 16,
  waitingMax: 1_024,
}
