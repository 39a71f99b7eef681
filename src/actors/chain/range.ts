/**
 * A range of committed blocks on its way in: linked → signatures right → executed, one after another.
 * A certificate on the last block and the links secure every ancestor; author signatures, roots and
 * payloads are checked all the same, so that an imported chain is one that was fully validated.
 *
 * Does not fetch ranges (`sync` does) nor store them (`actor.ts` does).
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { Verifier } from '../../kernel/environment.ts'
import type { Block } from '../../protocol/block/block.ts'
import {
  type CheckedBlock,
  checkBody,
  headerFault,
  linkFault,
  type ParentFacts,
} from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'
import { certificateCheck, headerCheck, isQuorum } from '../../protocol/consensus/checks.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
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

/** Checks and executes `blocks` above `root`. Asserts nothing about them: they came from a peer. */
export function importRange(
  parts: RangeParts,
  root: ParentFacts,
  range: { readonly blocks: readonly Block[]; readonly finalisation: Certificate },
  done: Done,
): void {
  const linked = linkRange(parts.chain, root, range)
  if (!linked.ok) return done(linked)
  const { chain, verifier, context } = parts
  const checks = linked.value.map(({ signed }) => headerCheck(chain, signed))
  checks.push(certificateCheck(chain, range.finalisation))
  verifier.verify(
    checks,
    'bulk',
    context.bind((verdicts) => {
      const wrong = verdicts.indexOf(false)
      if (wrong === -1) return executeNext(parts, linked.value, 0, done)
      const what = wrong < linked.value.length ? `of block ${wrong} in the range` : 'on its end'
      done(peersFault('signature-wrong', `the signature ${what}`))
    }),
  )
}

/** The blocks follow one another from the root on, and the certificate is on the last. */
function linkRange(
  chain: Chain,
  root: ParentFacts,
  range: { readonly blocks: readonly Block[]; readonly finalisation: Certificate },
): Result<readonly CheckedBlock[], ImportFault> {
  const { blocks, finalisation } = range
  const last = blocks.at(-1)?.signed
  if (last === undefined) return peersFault('range-empty', 'no blocks')
  const isOnLast =
    finalisation.kind === 'finalise' &&
    finalisation.block === last.hash &&
    finalisation.slot === last.header.slot
  if (!isOnLast || !isQuorum(chain, finalisation)) {
    return peersFault('not-finalised', `no certificate commits ${last.hash}`)
  }
  const checked: CheckedBlock[] = []
  let parent = root
  for (const { signed, body } of blocks) {
    const fault = headerFault(chain, signed.header)
    const block = checkBody(chain, signed, body)
    const broken = fault ?? (block.ok ? linkFault(block.value, parent) : block.fault)
    if (broken !== undefined || !block.ok) {
      return peersFault(broken?.code ?? 'unreadable', `block ${signed.hash}`)
    }
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
