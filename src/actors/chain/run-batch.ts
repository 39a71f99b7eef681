/**
 * A few blocks of a run, decoded to be executed together: a call to the engine for each block would cost
 * more than the block. Objects of blocks live here, between their signatures' checks and their execution;
 * before and after there are bytes only.
 */
import { assert } from '../../base/assert.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { ValidatedRun } from '../../proof/validated-run.ts'
import { decodeBody } from '../../protocol/block/body.ts'
import { signedHeaderBytes } from '../../protocol/block/header.ts'
import {
  type BlockFault,
  type CheckedBlock,
  checkPayload,
  type ParentFacts,
  payloadLinkFault,
} from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'

/** A block that is ready to be executed, and its bytes, which are what is stored. */
export interface RunBlock {
  readonly checked: CheckedBlock
  readonly record: Uint8Array
  /** What a child of it has to stand on. */
  readonly facts: ParentFacts
}

export interface RunBatch {
  readonly run: ValidatedRun
  /** Where the first block stands. */
  readonly fromHeight: number
  readonly blocks: readonly RunBlock[]
  /** The last of them, or what the first would stand on. */
  readonly end: ParentFacts
  readonly transactions: number
  /** Why there is no block behind these; the quorum that committed it broke a rule. */
  readonly fault: BlockFault | undefined
}

/** What one batch may hold: some milliseconds of work. One block is taken whatever it holds. */
export interface BatchLimits {
  readonly blocksMax: number
  readonly transactionsMax: number
  readonly bytesMax: number
}

/** The next blocks of `run` above `parent`, which is in it or right below, and is not its last. */
export function openBatch(
  chain: Chain,
  run: ValidatedRun,
  parent: ParentFacts,
  { blocksMax, transactionsMax, bytesMax }: BatchLimits,
): RunBatch {
  const fromHeight = parent.height + 1
  const heightMax = Math.min(run.toHeight, parent.height + blocksMax)
  const blocks: RunBlock[] = []
  let transactions = 0
  let bytes = 0
  let end = parent
  while (end.height < heightMax) {
    const block = blockAt(chain, run, end)
    if (!block.ok) return { run, fromHeight, blocks, end, transactions, fault: block.fault }
    const count = block.value.checked.execution.transactions.length
    bytes += block.value.record.length
    const isFull = transactions + count > transactionsMax || bytes > bytesMax
    if (isFull && blocks.length > 0) break
    blocks.push(block.value)
    transactions += count
    end = block.value.facts
  }
  return { run, fromHeight, blocks, end, transactions, fault: undefined }
}

/** The batch without what stands at or below `height`. */
export function behind(batch: RunBatch, height: number): RunBatch {
  const count = height - batch.fromHeight + 1
  if (count <= 0) return batch
  const blocks = batch.blocks.slice(count)
  return { ...batch, fromHeight: batch.fromHeight + count, blocks }
}

function blockAt(
  chain: Chain,
  run: ValidatedRun,
  parent: ParentFacts,
): Result<RunBlock, BlockFault> {
  const height = parent.height + 1
  const record = run.recordAt(height)
  const body = decodeBody(record.subarray(signedHeaderBytes))
  assert(body.ok, `block ${height} was validated`)
  const checked = checkPayload(chain, run.segment.headerAt(height), body.value)
  if (!checked.ok) return checked
  const fault = payloadLinkFault(checked.value, parent)
  if (fault !== undefined) return failed(fault)
  const { hash, header } = checked.value.signed
  const payloadHash = checked.value.execution.payload.blockHash
  const facts = { hash, height, slot: header.slot, payloadHash }
  return ok({ checked: checked.value, record, facts })
}
