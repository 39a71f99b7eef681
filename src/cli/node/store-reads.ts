/** A store as commands use it: one operation after another. Faults are told as those of the set-up. */
import { failed, type Result } from '../../base/result.ts'
import type { Entry, KeyRange, Store, StoreFault, Write } from '../../kernel/environment.ts'
import type { SetupFault } from './setup-fault.ts'

type Ask<Value> = (done: (outcome: Result<Value, StoreFault>) => void) => void

async function ask<Value>(what: string, run: Ask<Value>): Promise<Result<Value, SetupFault>> {
  const { promise, resolve } = Promise.withResolvers<Result<Value, StoreFault>>()
  run(resolve)
  const outcome = await promise
  if (outcome.ok) return outcome
  return failed({ code: 'data', detail: `cannot ${what}: ${outcome.fault.detail}` })
}

export function storeGet(
  store: Store,
  key: string,
): Promise<Result<Uint8Array | undefined, SetupFault>> {
  return ask(`read ${key}`, (done) => store.get(key, done))
}

export function storeScan(
  store: Store,
  range: KeyRange,
): Promise<Result<readonly Entry[], SetupFault>> {
  return ask(`read from ${range.from}`, (done) => store.scan(range, done))
}

/** One atomic commit, which is on the disk when this is done. */
export function storeCommit(
  store: Store,
  writes: readonly Write[],
): Promise<Result<undefined, SetupFault>> {
  return ask('write', (done) => store.commit({ writes, durable: true }, done))
}
