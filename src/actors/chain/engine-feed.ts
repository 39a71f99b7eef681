/**
 * Brings an engine that lost blocks (it was restarted, or it kept less than this node) up to the last
 * committed block, by executing what is on the disk again, one block after another. A block that the disk
 * has lost is waited for: what stands on it cannot be executed without it.
 */
import { assert } from '../../base/assert.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { CheckedBlock } from '../../protocol/block/rules.ts'
import type { EngineMessage, EngineStatus, ExecutionOutcome } from '../engine/messages.ts'
import type { LostBlocks } from './lost-blocks.ts'
import type { ChainEvent, ChainMessage } from './messages.ts'

const deadlineMs = 60_000
const retryMs = 500
/** Blocks after which the engine is told to keep what it has. */
const finalizeEvery = 256

export interface EngineFeedParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly engine: Address<EngineMessage>
  /** Who reads blocks, and brings back what cannot be read. */
  readonly lost: Pick<LostBlocks, 'read'>
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
    this.#parts.lost.read(height, (block) => this.#execute(height, block))
  }

  #execute(height: number, block: CheckedBlock): void {
    const { payload, transactions } = block.execution
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
