/**
 * Is a checkpoint good? Its bytes, its certificate, its block on the disk; and if that is asked for,
 * every block that it covers. Stops at the first fault.
 */
import { failed, type Result } from '../../base/result.ts'
import type { Verifier } from '../../kernel/environment.ts'
import type { Chain } from '../../protocol/chain.ts'
import type { Checkpoint } from '../../protocol/checkpoint/checkpoint.ts'
import {
  type CheckpointFault,
  CoveredCheck,
  readCheckpoint,
} from '../../protocol/checkpoint/checks.ts'
import { certificateCheck } from '../../protocol/consensus/checks.ts'
import type { CheckpointRecord } from '../storage/messages.ts'
import type { RefusedCheckpoint } from './messages.ts'
import { type HeaderParts, readHeaders } from './stored-headers.ts'

export interface VerifyingParts extends HeaderParts {
  readonly chain: Chain
  readonly verifier: Verifier
}

type Done<Value> = (outcome: Result<Value, RefusedCheckpoint>) => void

/** Looks at one record. `isFull`: at every block that it covers. */
export function verifyRecord(
  parts: VerifyingParts,
  { height, bytes }: CheckpointRecord,
  isFull: boolean,
  done: Done<Checkpoint>,
): void {
  const read = readCheckpoint(parts.chain, height, bytes)
  if (!read.ok) return done(read)
  const checkpoint = read.value
  const blocksRead = (fault: RefusedCheckpoint | undefined): void =>
    done(fault === undefined ? read : failed(fault))
  const verified = parts.context.bind(([isGenuine]: readonly boolean[]) => {
    if (isGenuine !== true) {
      return done(failed({ code: 'forged', detail: 'the signature of its certificate is wrong' }))
    }
    checkOwnBlock(parts, checkpoint, (fault) => {
      if (fault !== undefined || !isFull) return blocksRead(fault)
      checkCovered(parts, new CoveredCheck(checkpoint), blocksRead)
    })
  })
  const check = certificateCheck(parts.chain, checkpoint.chain.certificate)
  parts.verifier.verify([check], 'bulk', verified)
}

type Checked = (fault: RefusedCheckpoint | undefined) => void

function checkOwnBlock(parts: VerifyingParts, { chain }: Checkpoint, done: Checked): void {
  const { hash, header } = chain.signed
  readHeaders(parts, header.height, 1, (headers) => {
    if (!headers.ok) return done(headers.fault)
    const [found] = headers.value
    if (found === undefined) {
      return done({ code: 'ahead-of-store', detail: `block ${header.height} cannot be read here` })
    }
    const another: CheckpointFault = {
      code: 'other-history',
      detail: `block ${header.height} is ${found.hash} here`,
    }
    done(found.hash === hash ? undefined : another)
  })
}

function checkCovered(parts: VerifyingParts, check: CoveredCheck, done: Checked): void {
  if (check.left === 0) return done(check.finish())
  readHeaders(parts, check.nextHeight, check.left, (headers) => {
    if (!headers.ok) return done(headers.fault)
    if (headers.value.length === 0) {
      return done({ code: 'block-unreadable', detail: `block ${check.nextHeight}` })
    }
    for (const { hash, header } of headers.value) {
      const fault = check.add({ hash, parent: header.parentHash })
      if (fault !== undefined) return done(fault)
    }
    checkCovered(parts, check, done)
  })
}
