/**
 * Takes a store at rest back to a checkpoint: drops the committed blocks above it. For an operator whose
 * disk is damaged above, and whose peers still have those blocks; never done because of what peers say.
 *
 * What this member has voted stays, so it cannot vote twice. The order makes every moment safe to stop
 * at: certificates go first, from the top, so that the store always ends with a block that is proven.
 */
import { everyKey, keys } from '../../../actors/storage/keys.ts'
import { openRecord, sealRecord } from '../../../actors/storage/record.ts'
import { ok, type Result } from '../../../base/result.ts'
import type { Entry, Store, Write } from '../../../kernel/environment.ts'
import { finalisedKey, keysFrom, keysTo, readPayloadRecord } from '../../../ledger/records.ts'
import { decodeSignedHeader, signedHeaderBytes } from '../../../protocol/block/header.ts'
import type { Checkpoint } from '../../../protocol/checkpoint/checkpoint.ts'
import { encodeCertificate } from '../../../protocol/consensus/codec.ts'
import type { SetupFault } from '../setup-fault.ts'
import { storeCommit, storeGet, storeScan } from '../store-reads.ts'

type Setup<Value> = Promise<Result<Value, SetupFault>>

const keysPerCommit = 256

/** What lies above a checkpoint. */
export interface Above {
  /** Height of the highest block record, readable or not; that of the checkpoint if none is above. */
  readonly topHeight: number
  readonly checkpoints: number
  /** The accounts are ahead of the checkpoint, and have to be made anew from the blocks. */
  readonly isLedgerAhead: boolean
}

/** Looks what recovery would drop. */
export async function lookAbove(store: Store, { chain }: Checkpoint): Setup<Above> {
  const { height } = chain.signed.header
  const newest = await storeScan(store, { ...everyKey('block'), limit: 1, reverse: true })
  if (!newest.ok) return newest
  const top = Number.parseInt((newest.value[0]?.key ?? '').slice('block/'.length), 16)
  const range = { from: keys.checkpointAt(height + 1), to: everyKey('checkpoint').to }
  const checkpoints = await storeScan(store, { ...range, limit: keysPerCommit })
  if (!checkpoints.ok) return checkpoints
  const ledger = await storeGet(store, finalisedKey)
  if (!ledger.ok) return ledger
  const payload = ledger.value && readPayloadRecord({ key: finalisedKey, value: ledger.value })
  const isLedgerAhead = payload?.ok === true && payload.value.number > height
  return ok({
    topHeight: Number.isNaN(top) ? height : Math.max(top, height),
    checkpoints: checkpoints.value.length,
    isLedgerAhead,
  })
}

/** Drops what is above the checkpoint. It was verified before. */
export async function dropAbove(
  store: Store,
  { chain }: Checkpoint,
  above: Above,
): Setup<undefined> {
  const { height } = chain.signed.header
  const key = keys.finalisationAt(height)
  const certificate = sealRecord(key, encodeCertificate(chain.certificate))
  const proven = await storeCommit(store, [{ key, value: certificate }])
  if (!proven.ok) return proven
  const drop = (from: string, to: string): Setup<undefined> => dropRange(store, from, to)
  const finals = await drop(keys.finalisationAt(height + 1), everyKey('final').to)
  if (!finals.ok) return finals
  const checkpoints = await drop(keys.checkpointAt(height + 1), everyKey('checkpoint').to)
  if (!checkpoints.ok) return checkpoints
  const blocks = await drop(keys.blockAt(height + 1), everyKey('block').to)
  if (!blocks.ok || !above.isLedgerAhead) return blocks
  // A ledger that is half gone is damaged, and a damaged one is made anew at the next start.
  return await drop(keysFrom, keysTo)
}

/** Drops every key of a range, the last ones first. */
async function dropRange(store: Store, from: string, to: string): Setup<undefined> {
  for (;;) {
    const page = await storeScan(store, { from, to, limit: keysPerCommit, reverse: true })
    if (!page.ok) return page
    if (page.value.length === 0) return ok(undefined)
    const dropped = await storeCommit(store, page.value.flatMap(dropWrites))
    if (!dropped.ok) return dropped
  }
}

/** A block goes with its entry in the index by hash. */
function dropWrites(entry: Entry): readonly Write[] {
  const { key, value } = entry
  const bytes = key.startsWith('block/') ? openRecord(key, value) : undefined
  const signed = bytes && decodeSignedHeader(bytes.subarray(0, signedHeaderBytes))
  const drop = { key, value: undefined }
  if (signed?.ok !== true) return [drop]
  return [drop, { key: keys.heightOf(signed.value.hash), value: undefined }]
}
