/**
 * Brings an engine that lost blocks (it was restarted, or it kept less than this node) up to the last
 * committed block, by executing what is on the disk again, one block after another.
 */
import { assert } from '../../base/assert.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import { checkBody } from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'
import type { EngineMessage, EngineStatus, ExecutionOutcome } from '../engine/messages.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { ChainEvent, ChainMessage } from './messages.ts'

const deadlineMs = 60_000
const retryMs = 500
/** Blocks after which the engine is told to keep what it has. */
const finalizeEvery = 256

export interface EngineFeedParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly chain: Chain
  readonly engine: Address<EngineMessage>
  readonly storage: Address<StorageMessage>
}

export class EngineFeed {
  readonly #parts: EngineFeedParts
  readonly #targetHeight: () => number
  #waiting: (() => void)[] = []

  constructor(parts: EngineFeedParts, targetHeight: () => number) {
    this.#parts = parts
    this.#targetHeight = targetHeight
  }

  /** Calls `done` once the engine has every committed block. Several callers share one run. */
  run(done: () => void): void {
    this.#waiting.push(done)
    if (this.#waiting.length === 1) this.#askStatus()
  }

  /** An engine that is silent may be starting: it is asked again, for as long as it takes. */
  #later(run: () => void): void {
    this.#parts.context.after(retryMs, run)
  }

  #askStatus(): void {
    const question = {
      to: this.#parts.engine,
      deadlineMs,
      ask: (reply: (status: EngineStatus | undefined) => void): EngineMessage => ({
        kind: 'get-engine-status',
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const status = outcome.ok ? outcome.value : undefined
      if (status === undefined) return this.#later(() => this.#askStatus())
      const from = status.finalizedNumber + 1
      const to = this.#targetHeight()
      if (from <= to) this.#parts.context.emit({ kind: 'engine-behind', from, to })
      this.#next(from)
    })
  }

  #next(height: number): void {
    if (height > this.#targetHeight()) return this.#finish()
    const question = {
      to: this.#parts.storage,
      deadlineMs,
      ask: (reply: BlockReply): StorageMessage => ({ kind: 'get-block', by: { height }, reply }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const isIoError = outcome.ok && !outcome.value.ok && outcome.value.fault.code === 'io'
      if (!outcome.ok || isIoError) return this.#later(() => this.#next(height))
      const block = outcome.value.ok ? outcome.value.value : undefined
      assert(block !== undefined, `block ${height} is on the disk`)
      this.#execute(height, block)
    })
  }

  #execute(height: number, block: StoredBlock): void {
    const checked = checkBody(this.#parts.chain, block.signed, block.body)
    assert(checked.ok, `block ${height} on the disk is what was committed`)
    const { payload, transactions } = checked.value.execution
    const question = {
      to: this.#parts.engine,
      deadlineMs,
      ask: (reply: (outcome: ExecutionOutcome) => void): EngineMessage => ({
        kind: 'execute',
        payload,
        transactions,
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const kind = outcome.ok ? outcome.value.kind : 'unavailable'
      if (kind === 'unavailable') return this.#later(() => this.#execute(height, block))
      assert(kind === 'valid', `the engine takes block ${height}: ${kind}`)
      if (height % finalizeEvery === 0 || height === this.#targetHeight()) {
        const { blockHash } = payload
        const head = { kind: 'set-head', head: blockHash, finalized: blockHash } as const
        this.#parts.context.send(this.#parts.engine, head)
      }
      this.#next(height + 1)
    })
  }

  #finish(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const done of waiting) done()
  }
}

type BlockReply = Extract<StorageMessage, { kind: 'get-block' }>['reply']
