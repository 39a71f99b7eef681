/** When downloads are to be looked at next: one timer at a time, at the earliest moment that was asked for. */
import type { Millis } from '../../base/units.ts'
import type { Context } from '../../kernel/actor.ts'
import type { Timer } from '../../kernel/environment.ts'
import type { SyncEvent, SyncMessage } from './messages.ts'

export class Pump {
  readonly #context: Context<SyncMessage, SyncEvent>
  #next: { readonly dueMs: Millis; readonly timer: Timer } | undefined

  constructor(context: Context<SyncMessage, SyncEvent>) {
    this.#context = context
  }

  /** Has `pump` come at this moment, unless it comes before. */
  at(dueMs: Millis): void {
    if (this.#next !== undefined && this.#next.dueMs <= dueMs) return
    if (this.#next !== undefined) this.#context.cancel(this.#next.timer)
    const delayMs = dueMs - this.#context.now()
    this.#next = { dueMs, timer: this.#context.sendAfter(delayMs, { kind: 'pump' }) }
  }

  /** It has come. */
  came(): void {
    this.#next = undefined
  }
}
