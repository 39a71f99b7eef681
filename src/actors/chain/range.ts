/**
 * A range of committed blocks on its way in: certified → validated → executed, one after another. A
 * certificate on the last block and the links secure every ancestor; author signatures, roots and
 * payloads are checked all the same, so that an imported chain is one that was fully validated. All that
 * bytes alone decide is judged by the verifier at once, away from this actor.
 *
 * Does not fetch ranges (`sync` does) nor store them (`actor.ts` does).
 */
import { present } from '../../base/assert.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { RecordVerdict, Verifier } from '../../kernel/environment.ts'
import { type Block, encodeBlock } from '../../protocol/block/block.ts'
import {
  type CheckedBlock,
  checkPayload,
  type ParentFacts,
  payloadLinkFault,
} from '../../protocol/block/rules.ts'
import { encodeRules, type RunRules } from '../../protocol/block/run.ts'
import type { Chain } from '../../protocol/chain.ts'
import { certificateCheck, isQuorum } from '../../protocol/consensus/checks.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import { hashToBytes } from '../../protocol/hash.ts'
import type { EngineMessage, ExecutionOutcome } from '../engine/messages.ts'
import type { ChainEvent, ChainMessage, ImportFault } from './messages.ts'

export interface RangeParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly chain: Chain
  readonly verifier: Verifier
  readonly engine: Address<EngineMessage>
  readonly feedEngine: (done: () => void) => void
}

type Done = (outcome: Result<readonly CheckedBlock[], ImportFault>) => void

const engineDeadlineMs = 8_000

interface Range {
  readonly blocks: readonly Block[]
  readonly finalisation: Certificate
}

/** Checks and executes `blocks` above `root`. Asserts nothing about them: they came from a peer. */
export function importRange(parts: RangeParts, root: ParentFacts, range: Range, done: Done): void {
  const { chain, verifier, context } = parts
  const { blocks, finalisation } = range
  const unproven = endFault(chain, range)
  if (unproven !== undefined) return done(unproven)
  // The certificate first: it costs one check, and without it the blocks are worth none.
  const certificate = [certificateCheck(chain, finalisation)]
  const validated = context.bind((verdicts: readonly RecordVerdict[]) => {
    const checked = checkedBlocks(chain, root, blocks, verdicts)
    if (checked.ok) executeNext(parts, checked.value, 0, done)
    else done(checked)
  })
  const proven = context.bind(([isRight]: readonly boolean[]) => {
    if (isRight !== true) return done(peersFault('signature-wrong', 'the signature on its end'))
    const rules = encodeRules(rulesAbove(chain, root))
    verifier.validate({ rules, records: blocks.map(encodeBlock) }, 'bulk', validated)
  })
  verifier.verify(certificate, 'bulk', proven)
}

/** The certificate is one that commits the last block. */
function endFault(
  chain: Chain,
  { blocks, finalisation }: Range,
): Result<never, ImportFault> | undefined {
  const last = blocks.at(-1)?.signed
  if (last === undefined) return peersFault('range-empty', 'no blocks')
  const isOnLast =
    finalisation.kind === 'finalise' &&
    finalisation.block === last.hash &&
    finalisation.slot === last.header.slot
  if (isOnLast && isQuorum(chain, finalisation)) return undefined
  return peersFault('not-finalised', `no certificate commits ${last.hash}`)
}

/** What blocks above `root` are judged by. */
function rulesAbove({ tag, committee }: Chain, { hash, height, slot }: ParentFacts): RunRules {
  return {
    chainTag: tag,
    epoch: committee.epoch,
    authorKeys: committee.members.map(({ authorKey }) => authorKey),
    parent: { hash: hashToBytes(hash), height, slot },
  }
}

/** What is left to check where bytes are known to be right: the payloads, and that they follow one another. */
function checkedBlocks(
  chain: Chain,
  root: ParentFacts,
  blocks: readonly Block[],
  verdicts: readonly RecordVerdict[],
): Result<readonly CheckedBlock[], ImportFault> {
  const checked: CheckedBlock[] = []
  let parent = root
  for (const [i, { signed, body }] of blocks.entries()) {
    const which = `block ${signed.hash}`
    const verdict = present(verdicts[i], 'a verdict for each block')
    if (verdict.fault !== undefined) return peersFault(verdict.fault, which)
    const block = checkPayload(chain, signed, body)
    const fault = block.ok ? payloadLinkFault(block.value, parent) : block.fault
    if (fault !== undefined || !block.ok) return peersFault(fault?.code ?? 'unreadable', which)
    checked.push(block.value)
    const { hash, header } = signed
    const payloadHash = block.value.execution.payload.blockHash
    parent = { hash, height: header.height, slot: header.slot, payloadHash }
  }
  return ok(checked)
}

/** Executes block `at` and those after it. What fails here is this node's fault: a quorum signed it. */
function executeNext(
  parts: RangeParts,
  blocks: readonly CheckedBlock[],
  at: number,
  done: Done,
): void {
  const block = blocks[at]
  if (block === undefined) return done(ok(blocks))
  const { payload, transactions } = block.execution
  const question = {
    to: parts.engine,
    deadlineMs: engineDeadlineMs,
    ask: (reply: (outcome: ExecutionOutcome) => void): EngineMessage => ({
      kind: 'execute',
      payload,
      transactions,
      reply,
    }),
  }
  parts.context.ask(question, (outcome) => {
    const kind = outcome.ok ? outcome.value.kind : 'unavailable'
    if (kind === 'valid') return executeNext(parts, blocks, at + 1, done)
    if (kind === 'syncing' && at === 0) {
      return parts.feedEngine(() => done(localFault('engine-was-behind', 'try again')))
    }
    done(localFault(`execution-${kind}`, `block ${block.signed.hash}`))
  })
}

function peersFault(code: string, detail: string): Result<never, ImportFault> {
  return failed({ code, detail, isPeersFault: true })
}

function localFault(code: string, detail: string): Result<never, ImportFault> {
  return failed({ code, detail, isPeersFault: false })
}
