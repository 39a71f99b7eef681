/** What the downloads run into, in the words of a failure of sync. */
import type { HistoryRefusal, LocalTrouble, Stuck } from './download/facts.ts'
import type { SyncFailure } from './state.ts'

/** Attempts of this node's own parts at one block, after which it is they that are at fault. */
const localAttemptsMax = 2

/** What this node's own parts have failed at, once it is certain that it is they. */
export function localFaultOf({ height, code, attempts }: LocalTrouble): SyncFailure | undefined {
  if (attempts < localAttemptsMax) return undefined
  return { kind: 'local', code, detail: `block ${height} failed here ${attempts} times` }
}

/** What peers have, if this node does not follow it. */
export function otherHistoryOf({ height, code }: HistoryRefusal): SyncFailure {
  const what = code === 'not-trusted' ? 'another history than the trusted one' : 'not of this chain'
  return { kind: 'history', code, detail: `what is certified from block ${height} on is ${what}` }
}

/** What nothing comes of, for an operator to read. */
export function obstacleOf({ height, reason, attempts, lies }: Stuck): string {
  if (reason === 'nobody') return `nobody can be asked for block ${height}`
  if (reason === 'trust') return 'nobody has shown a history that leads to the trusted block'
  return `block ${height} was asked for ${attempts} times, and ${lies} answers were wrong`
}
