/**
 * Headers of committed blocks, read from the disk a few at a time: what checkpoints are made of, and compared with.
 * A list ends before the first block that cannot be read, or when enough was read at once; an empty one says that the
 * first cannot be.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import { decodeSignedHeader, type SignedHeader } from '../../protocol/block/header.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { CheckpointEvent, CheckpointMessage, RefusedCheckpoint } from './messages.ts'

export interface HeaderParts {
  readonly context: Context<CheckpointMessage, CheckpointEvent>
  readonly storage: Address<StorageMessage>
}

/** Of blocks, some 200 kB as a rule. */
const headersPerAsk = 32
const deadlineMs = 30_000

type Done = (outcome: Result<readonly SignedHeader[], RefusedCheckpoint>) => void

/** Headers from a height on, `countMax` of them at most. */
export function readHeaders(
  { context, storage }: HeaderParts,
  fromHeight: number,
  countMax: number,
  done: Done,
): void {
  const request = { fromHeight, countMax: Math.min(countMax, headersPerAsk) }
  const question = {
    to: storage,
    deadlineMs,
    ask: (reply: PartsReply): StorageMessage => ({ kind: 'get-headers', request, reply }),
  }
  context.ask(question, (outcome) => {
    const stored = outcome.ok ? outcome.value : outcome
    if (stored.ok) return done(ok(decoded(stored.value.parts)))
    done(failed({ code: 'unavailable', detail: `storage: ${stored.fault.code}` }))
  })
}

/** Up to the first that cannot be decoded, which was not written by this program. */
function decoded(parts: readonly Uint8Array[]): readonly SignedHeader[] {
  const headers: SignedHeader[] = []
  for (const bytes of parts) {
    const signed = decodeSignedHeader(bytes)
    if (!signed.ok) break
    headers.push(signed.value)
  }
  return headers
}

type PartsReply = Extract<StorageMessage, { kind: 'get-headers' }>['reply']
