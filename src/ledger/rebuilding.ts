/**
 * Throws away a damaged ledger and begins anew at the genesis. Nothing is lost by it: the ledger
 * follows from the blocks, and the node feeds the engine every committed block that it lacks.
 */
import { failed, type Result } from '../base/result.ts'
import type { Store } from '../kernel/environment.ts'
import type { ExecutedPayload } from '../protocol/execution/transition.ts'
import { type OpenFault, openLedger } from './opening.ts'
import { keysFrom, keysTo } from './records.ts'

const keysPerScan = 1_000

/** Whether this fault is one of the records, which can be made again; not of the disk or the chain. */
export function isRebuildable(fault: OpenFault): boolean {
  return ['record-corrupt', 'record-missing', 'state-root-wrong'].includes(fault.code)
}

/** Deletes every record of the ledger, page by page, then opens it as a new one. */
export function rebuildLedger(
  store: Store,
  genesis: ExecutedPayload,
  done: (outcome: Result<ExecutedPayload, OpenFault>) => void,
): void {
  store.scan({ from: keysFrom, to: keysTo, limit: keysPerScan }, (found) => {
    if (!found.ok) return done(storeFailed(found.fault.detail))
    if (found.value.length === 0) return openLedger(store, genesis, done)
    const writes = found.value.map(({ key }) => ({ key, value: undefined }))
    store.commit({ writes, durable: true }, (outcome) => {
      if (!outcome.ok) return done(storeFailed(outcome.fault.detail))
      rebuildLedger(store, genesis, done)
    })
  })
}

function storeFailed(detail: string): { readonly ok: false; readonly fault: OpenFault } {
  return failed({ code: 'store-failed', key: keysFrom, detail })
}
