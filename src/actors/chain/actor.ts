/**
 * The chain: what is proposed, agreed on and committed. This file starts it from the disk, checks
 * what neighbours say, and hands facts to the agreement; `import.ts` is the way in for blocks,
 * `run-import.ts` for runs, `agreement.ts` does what was decided.
 */
import { assert } from '../../base/assert.ts'
import { failed } from '../../base/result.ts'
import type { Actor, Reply } from '../../kernel/actor.ts'
import type { PeerId, Timer, Verdict } from '../../kernel/environment.ts'
import { ValidatedRun } from '../../proof/validated-run.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import { certificateCheck, isQuorum, voteCheck } from '../../protocol/consensus/checks.ts'
import { amnesiacRecord } from '../../protocol/consensus/record.ts'
import type { Certificate, SignedVote } from '../../protocol/consensus/vote.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { Exchange } from '../../protocol/wire/exchange.ts'
import type { StorageMessage, StoredChain } from '../storage/messages.ts'
import { Agreement, type AgreementParts } from './agreement.ts'
import { EngineFeed } from './engine-feed.ts'
import { isDecided } from './halt.ts'
import { justificationOf, payloadHashOf, refOf } from './import.ts'
import { LostBlocks } from './lost-blocks.ts'
import type { ChainMessage, LostBlock } from './messages.ts'
import { RunImport, type RunImportParts } from './run-import.ts'
import { WriteQueue } from './write-queue.ts'

export type ChainParts = Omit<AgreementParts, 'disk' | 'feedEngine' | 'isGateOpen' | 'lost'> &
  Pick<RunImportParts, 'importBytesMax'>

const loadDeadlineMs = 60_000
/** How long neighbours are given to answer before voting begins: ask first, sign later (rule N3). */
const askFirstMs = 1_000
/** A tick never comes later than this, so that a clock that jumped is noticed. */
const tickMsMax = 1_000

export class ChainActor implements Actor<ChainMessage> {
  readonly #parts: ChainParts
  readonly #disk: WriteQueue
  readonly #lost: LostBlocks
  readonly #feed: EngineFeed
  /** Undefined until the disk was read. */
  #agreement: Agreement | undefined
  #runs: RunImport | undefined
  /** What was on the disk has been taken up again. */
  #isRunning = false
  #isGateOpen = false
  #timer: Timer | undefined

  constructor(parts: ChainParts) {
    this.#parts = parts
    this.#disk = new WriteQueue(parts)
    this.#lost = new LostBlocks({
      ...parts,
      disk: this.#disk,
      top: () => this.#runs?.top ?? parts.chain.genesis,
      // Neighbours are met while blocks are missing: without them none comes back.
      changed: () => this.#agreement?.tellStatus(),
    })
    const fed = { ...parts, lost: this.#lost }
    this.#feed = new EngineFeed(fed, () => this.#runs?.top.height ?? 0)
    const question = {
      to: parts.storage,
      deadlineMs: loadDeadlineMs,
      isRepeatable: true,
      ask: (reply: LoadReply): StorageMessage => ({ kind: 'load', reply }),
    }
    parts.context.ask(question, (outcome) => {
      const stored = outcome.ok ? outcome.value : failed(outcome.fault)
      assert(stored.ok, `the chain cannot be read: ${JSON.stringify(stored.ok || stored.fault)}`)
      this.#start(stored.value)
    })
  }

  receive(message: ChainMessage): void {
    const agreement = this.#agreement
    if (message.kind === 'set-gate') return this.#setGate(message.isOpen)
    if (agreement === undefined) return refuse(message)
    const { trustedHeight = 0 } = this.#parts
    if (agreement.root.height < trustedHeight && isOfVotes(message)) return refuse(message)
    switch (message.kind) {
      case 'tick':
        return this.#tick(agreement)
      case 'import-proposal': {
        const { signed, justification, body } = message.proposal
        const { from, verdict } = message
        const proof = { signed, justification, body, source: 'gossip' } as const
        return agreement.blocks.arrive({ ...proof, from, verdict })
      }
      case 'import-vote':
        return this.#learn(agreement, { votes: [message.vote], certificates: [] }, message.verdict)
      case 'import-certificate': {
        const certificates = [message.certificate]
        return this.#learn(agreement, { votes: [], certificates }, message.verdict)
      }
      case 'import-run':
        return this.#importRun(message)
      case 'exchange':
        return this.#exchange(agreement, message.theirs, message.from, message.reply)
      case 'peer-ready':
        this.#lost.retry()
        return agreement.exchangeWith([message.peer])
      case 'block-unreadable':
        return this.#lost.notice(message.height)
      case 'contradiction':
        return agreement.contradict(message.contradiction)
      case 'begin-voting':
        if (this.#isGateOpen) agreement.step({ kind: 'begin-voting' })
        return
      case 'get-block':
        return this.#getBlock(agreement, message.by, message.reply)
      case 'get-chain-status':
        return message.reply(agreement.status())
      default:
        return message satisfies never
    }
  }

  // ----- starting -----

  #start(stored: StoredChain): void {
    const { chain, context } = this.#parts
    const root = stored.root === undefined ? chain.genesis : refOf(stored.root.block.signed)
    const rootPayload =
      stored.root === undefined ? chain.genesisPayload.blockHash : payloadHashOf(stored.root.block)
    const certified = stored.root && {
      signed: stored.root.block.signed,
      certificate: stored.root.certificate,
    }
    const record =
      stored.record ?? amnesiacRecord(chain.committee.epoch, chain.slots, context.wall())
    const memory = { record, root, rootPayload, certified }
    const feedEngine = (done: () => void): void => this.#feed.run(done)
    const isGateOpen = (): boolean => this.#isGateOpen
    const lost = (): LostBlock | undefined => this.#lost.current
    const parts = { ...this.#parts, disk: this.#disk, feedEngine, isGateOpen, lost }
    const agreement = new Agreement(parts, memory)
    this.#agreement = agreement
    this.#runs = new RunImport(parts, agreement)
    const { hash, height, slot } = root
    const lostVotes = stored.record === undefined
    const place = { hash, height, slot }
    context.emit({ kind: 'chain-started', ...place, lostVotes, isGateOpen: this.#isGateOpen })
    const { contradiction } = stored
    const { trustedHeight = 0 } = this.#parts
    const isOpen = contradiction !== undefined && !isDecided(contradiction, trustedHeight)
    if (isOpen) agreement.recallContradiction(contradiction)
    this.#feed.run(() => {
      this.#recall(agreement, stored)
      const { record, highest } = agreement.machine
      context.emit({ kind: 'chain-recalled', record, highestSlot: highest.slot })
      this.#isRunning = true
      context.send(this.#parts.sync, { kind: 'chain-started', status: agreement.status() })
      agreement.tellStatus()
      this.#tick(agreement)
      this.#applyGate()
    })
  }

  /** What was on the disk above the committed blocks enters as facts again. */
  #recall(agreement: Agreement, stored: StoredChain): void {
    const { blocks, notarisations } = stored
    agreement.recall(stored)
    agreement.step({ kind: 'time', wallMs: this.#parts.context.wall() })
    // Before what certifies them: what is held is not asked of anybody.
    for (const block of blocks) {
      const { signed, body } = block
      const justification = justificationOf(block)
      const disk = { source: 'disk', from: undefined, verdict: () => undefined } as const
      agreement.blocks.arrive({ signed, body, justification, ...disk })
    }
    for (const certificate of notarisations) agreement.step({ kind: 'certificate', certificate })
  }

  #tick(agreement: Agreement): void {
    const { context } = this.#parts
    const wallMs = context.wall()
    agreement.step({ kind: 'time', wallMs })
    agreement.blocks.executeWaiting()
    agreement.retryWants()
    const untilMs = agreement.machine.wakeMs(wallMs) - wallMs
    const delayMs = Math.min(Math.max(untilMs, 1), tickMsMax)
    if (this.#timer !== undefined) context.cancel(this.#timer)
    this.#timer = context.sendAfter(delayMs, { kind: 'tick' })
  }

  #setGate(isOpen: boolean): void {
    if (isOpen === this.#isGateOpen) return
    this.#isGateOpen = isOpen
    this.#parts.context.emit({ kind: 'gate-changed', isOpen })
    // A gate that was opened while the disk was being read takes effect when that is done.
    if (this.#isRunning) this.#applyGate()
  }

  #applyGate(): void {
    const { context, authority } = this.#parts
    const agreement = this.#agreement
    if (authority === undefined || agreement === undefined) return
    if (!this.#isGateOpen) return agreement.step({ kind: 'end-voting' })
    if (agreement.isAlone) return agreement.step({ kind: 'begin-voting' })
    agreement.exchangeWith('all')
    context.sendAfter(askFirstMs, { kind: 'begin-voting' })
  }

  // ----- what neighbours say -----

  /** Checks the signatures of what is news; what is right becomes a fact. */
  #learn(
    agreement: Agreement,
    said: { readonly votes: readonly SignedVote[]; readonly certificates: readonly Certificate[] },
    verdict: Reply<Verdict>,
  ): void {
    const { chain, verifier, context } = this.#parts
    const { machine } = agreement
    const { epoch } = chain.committee
    if (said.certificates.some((certificate) => !isQuorum(chain, certificate))) {
      return verdict('reject')
    }
    const votes = said.votes.filter(
      (signed) => signed.epoch === epoch && !machine.isSettled(signed.vote),
    )
    const certificates = said.certificates.filter((each) => !machine.isKnownCertificate(each))
    const checks = [
      ...certificates.map((certificate) => certificateCheck(chain, certificate)),
      ...votes.map((vote) => voteCheck(chain, vote)),
    ]
    if (checks.length === 0) return verdict('ignore')
    verifier.verify(
      checks,
      'urgent',
      context.bind((verdicts) => {
        verdict(verdicts.every((isRight) => isRight) ? 'accept' : 'reject')
        certificates.forEach((certificate, index) => {
          if (verdicts[index] === true) agreement.step({ kind: 'certificate', certificate })
        })
        votes.forEach((vote, index) => {
          if (verdicts[certificates.length + index] === true) agreement.step({ kind: 'vote', vote })
        })
      }),
    )
  }

  /** N3. */
  #exchange(
    agreement: Agreement,
    theirs: Exchange,
    from: PeerId,
    reply: Reply<Exchange | undefined>,
  ): void {
    reply(agreement.exchangeFor(theirs))
    this.#learn(agreement, theirs, (verdict) => {
      if (verdict !== 'reject') return
      const { context, peers } = this.#parts
      context.send(peers, { kind: 'report-peer', peer: from, offence: 'forged' })
    })
  }

  #importRun({ run, reply }: Extract<ChainMessage, { kind: 'import-run' }>): void {
    assert(ValidatedRun.isOne(run), 'a run that was validated')
    const halted = this.#agreement?.halted
    if (halted !== undefined) return reply(failed({ code: 'halted', detail: halted.detail }))
    this.#runs?.take(run, reply)
  }

  #getBlock(
    agreement: Agreement,
    by: { hash: Hash } | { height: number },
    reply: Reply<StoredBlock | undefined>,
  ): void {
    const open = 'hash' in by ? agreement.blocks.stored(by.hash) : undefined
    if (open !== undefined) return reply(open)
    const question = {
      to: this.#parts.storage,
      deadlineMs: loadDeadlineMs,
      isRepeatable: true,
      ask: (answer: BlockReply): StorageMessage => ({ kind: 'get-block', by, reply: answer }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const block = outcome.ok && outcome.value.ok ? outcome.value.value : undefined
      if (block === undefined && 'height' in by) this.#lost.notice(by.height)
      reply(block)
    })
  }
}

type LoadReply = Extract<StorageMessage, { kind: 'load' }>['reply']
type BlockReply = Extract<StorageMessage, { kind: 'get-block' }>['reply']

/** Answers to those who ask before the disk was read. */
/** Whether others' votes, or what they vote about, come with it. */
function isOfVotes({ kind }: ChainMessage): boolean {
  return kind.startsWith('import-') ? kind !== 'import-run' : kind === 'exchange'
}

function refuse(message: Exclude<ChainMessage, { kind: 'set-gate' }>): void {
  switch (message.kind) {
    case 'import-proposal':
    case 'import-vote':
    case 'import-certificate':
      return message.verdict('ignore')
    case 'import-run': {
      const detail = 'the chain is starting'
      return message.reply(failed({ code: 'starting', detail }))
    }
    case 'exchange':
      return message.reply(undefined)
    case 'get-block':
    case 'get-chain-status':
      return message.reply(undefined)
    case 'peer-ready':
    case 'block-unreadable':
    case 'contradiction':
    case 'begin-voting':
    case 'tick':
      return
    default:
      return message satisfies never
  }
}
