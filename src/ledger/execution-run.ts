/**
 * Payloads that stand on one another, executed as one: of their accounts those after the last are kept, which is all
 * that a node that catches up asks for. Their states one by one would be most of what its garbage collector copies.
 */

import { assert } from '../base/assert.ts'
import type { Result } from '../base/result.ts'
import type { BuiltPayload } from '../protocol/execution/engine-api.ts'
import type { ExecutionPayload } from '../protocol/execution/payload.ts'
import type { GenuineTransaction } from '../protocol/execution/transaction.ts'
import {
  type ExecutedPayload,
  Execution,
  type PayloadFault,
} from '../protocol/execution/transition.ts'

/** How far a run came. */
export interface ExecutedRun {
  /** Payloads that are valid, from the first on. */
  readonly valid: number
  /** The last of them; undefined if there is none. */
  readonly last: ExecutedPayload | undefined
  /** Why the one behind them is not. Absent too where it stands on something else. */
  readonly fault: PayloadFault | undefined
}

/** A payload with its transactions, whose signatures are right. */
interface Judged {
  readonly payload: ExecutionPayload
  readonly transactions: readonly GenuineTransaction[]
}

type GenuineOf = (content: BuiltPayload) => Result<readonly GenuineTransaction[], PayloadFault>

/** Executes payloads on `parent` and on one another, up to the first that is not valid or not a child of the one before. */
export function executeRun(
  parent: ExecutedPayload,
  contents: readonly BuiltPayload[],
  genuineOf: GenuineOf,
): ExecutedRun {
  const execution = new Execution(parent)
  const done: Judged[] = []
  let { blockHash } = parent.payload
  for (const content of contents) {
    const { payload } = content
    if (payload.parentHash !== blockHash) break
    const genuine = genuineOf(content)
    const fault = genuine.ok ? execution.execute(payload, genuine.value) : genuine.fault
    // The accounts may have been left in the middle of it.
    if (!genuine.ok || fault !== undefined) return outcomeOf(again(parent, done), done, fault)
    done.push({ payload, transactions: genuine.value })
    blockHash = payload.blockHash
  }
  return outcomeOf(execution, done, undefined)
}

function again(parent: ExecutedPayload, done: readonly Judged[]): Execution {
  const execution = new Execution(parent)
  for (const { payload, transactions } of done) {
    assert(execution.execute(payload, transactions) === undefined, 'what was valid stays so')
  }
  return execution
}

function outcomeOf(
  execution: Execution,
  done: readonly Judged[],
  fault: PayloadFault | undefined,
): ExecutedRun {
  const payloads = done.map(({ payload }) => payload)
  const payload = payloads.pop()
  if (payload === undefined) return { valid: 0, last: undefined, fault }
  const last = { payload, state: execution.finish(), passed: payloads }
  return { valid: done.length, last, fault }
}
