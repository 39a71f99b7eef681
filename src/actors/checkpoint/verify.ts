/**
 * Is a checkpoint good? Its bytes, its certificate, its block on the disk; and if that is asked for,
 * every block that it covers. Stops at the first fault.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { Verifier } from '../../kernel/environment.ts'
import type { Chain } from '../../protocol/chain.ts'
import type { Checkpoint } from '../../protocol/checkpoint/checkpoint.ts'
import {
  type BlockLink,
  type CheckpointFault,
  CoveredCheck,
  readCheckpoint,
} from '../../protocol/checkpoint/checks.ts'
import { certificateCheck } from '../../protocol/consensus/checks.ts'
import type { CheckpointRecord, StorageMessage } from '../storage/messages.ts'
import type { CheckpointEvent, CheckpointMessage, RefusedCheckpoint } from './messages.ts'

export interface VerifyingParts {
  readonly context: Context<CheckpointMessage, CheckpointEvent>
  readonly chain: Chain
  readonly verifier: Verifier
  readonly storage: Address<StorageMessage>
}

type Done<Value> = (outcome: Result<Value, RefusedCheckpoint>) => void

const deadlineMs = 30_000
const linksPerAsk = 32

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
  askLinks(parts, header.height, 1, (links) => {
    if (!links.ok) return done(links.fault)
    const [found] = links.value
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
  askLinks(parts, check.nextHeight, Math.min(linksPerAsk, check.left), (links) => {
    if (!links.ok) return done(links.fault)
    if (links.value.length === 0) {
      return done({ code: 'block-unreadable', detail: `block ${check.nextHeight}` })
    }
    for (const link of links.value) {
      const fault = check.add(link)
      if (fault !== undefined) return done(fault)
    }
    checkCovered(parts, check, done)
  })
}

function askLinks(
  { context, storage }: VerifyingParts,
  fromHeight: number,
  countMax: number,
  done: Done<readonly BlockLink[]>,
): void {
  const question = {
    to: storage,
    deadlineMs,
    ask: (reply: LinksReply): StorageMessage => ({
      kind: 'get-links',
      ...{ fromHeight, countMax, reply },
    }),
  }
  context.ask(question, (outcome) => {
    const links = outcome.ok ? outcome.value : outcome
    if (links.ok) return done(ok(links.value))
    done(failed({ code: 'unavailable', detail: `storage: ${links.fault.code}` }))
  })
}

type LinksReply = Extract<StorageMessage, { kind: 'get-links' }>['reply']
