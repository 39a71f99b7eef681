/**
 * What an actor may do, for one life of it. A class with few fields instead of closures over many: there is
 * one for each actor, each turn touches it, and what is not in the processor's cache is what a turn costs.
 */
import { failed, ok, type Result } from '../base/result.ts'
import type { Millis, UnixMillis } from '../base/units.ts'
import type { Address, AskFault, Context, Question } from './actor.ts'
import type { Clock, Random, Timer, Waker } from './environment.ts'
import type { KernelEvent } from './trace.ts'

/** What a context needs of the system. `Cell` is the system's own notion of an actor's place. */
export interface Runtime<Cell> {
  readonly clock: Clock
  /** Puts a message into a mailbox. False if it was refused. */
  post(cell: Cell, message: unknown): boolean
  /** Queues an item that this life of the cell asked for, unless that life is over. */
  postControl(cell: Cell, life: number, item: unknown): void
  isOver(cell: Cell, life: number): boolean
  emit(path: string, event: unknown): void
}

/** The life that asks for something. */
interface Owner<Cell> {
  readonly cell: Cell
  readonly life: number
  /** Whom its timers wake: what was asked to come later, and questions whose time is over. */
  readonly waker: Waker<unknown>
}

export class LifeContext<Cell extends Address<unknown>> implements Context<unknown, unknown> {
  readonly self: Cell
  readonly random: Random
  readonly #runtime: Runtime<Cell>
  readonly #owner: Owner<Cell>

  constructor(runtime: Runtime<Cell>, cell: Cell, life: number, random: Random) {
    this.self = cell
    this.random = random
    this.#runtime = runtime
    this.#owner = { cell, life, waker: runtime.clock.waker((item) => this.#due(item)) }
  }

  now(): Millis {
    return this.#runtime.clock.now()
  }

  wall(): UnixMillis {
    return this.#runtime.clock.wall()
  }

  send<Other>(to: Address<Other>, message: Other): boolean {
    return this.#runtime.post(to as unknown as Cell, message)
  }

  sendAfter(delayMs: Millis, message: unknown): Timer {
    return this.#later(delayMs, message)
  }

  after(delayMs: Millis, run: () => void): Timer {
    return this.#later(delayMs, run)
  }

  cancel(timer: Timer): void {
    this.#runtime.clock.cancel(timer)
  }

  ask<Other, Answer>(
    question: Question<Other, Answer>,
    done: (outcome: Result<Answer, AskFault>) => void,
  ): void {
    new Asking<Cell, Answer>(this.#runtime, this.#owner, done).begin(
      question as unknown as Question<unknown, Answer>,
    )
  }

  bind<Arguments extends readonly unknown[]>(
    run: (...values: Arguments) => void,
  ): (...values: Arguments) => void {
    const { cell, life } = this.#owner
    const runtime = this.#runtime
    return (...values) => runtime.postControl(cell, life, () => run(...values))
  }

  emit(event: unknown): void {
    this.#runtime.emit(this.self.path, event)
  }

  #later(delayMs: Millis, item: unknown): Timer {
    return this.#owner.waker.wakeAt(this.#runtime.clock.now() + delayMs, item)
  }

  #due(item: unknown): void {
    if (item instanceof Asking) item.timeOut()
    else this.#runtime.postControl(this.self, this.#owner.life, item)
  }
}

/** A question on its way: it ends by an answer, a refusal, its deadline, or with the life that asked. */
class Asking<Cell extends Address<unknown>, Answer> {
  readonly #runtime: Runtime<Cell>
  readonly #asker: Owner<Cell>
  readonly #done: (outcome: Result<Answer, AskFault>) => void
  #to = ''
  #dueMs: Millis = 0
  #timer: Timer | undefined
  #isSettled = false

  constructor(
    runtime: Runtime<Cell>,
    asker: Owner<Cell>,
    done: (outcome: Result<Answer, AskFault>) => void,
  ) {
    this.#runtime = runtime
    this.#asker = asker
    this.#done = done
  }

  begin({ to, ask, deadlineMs }: Question<unknown, Answer>): void {
    const { clock } = this.#runtime
    this.#dueMs = clock.now() + deadlineMs
    this.#to = to.path
    const message = ask((answer) => this.#answer(answer))
    if (!this.#runtime.post(to as unknown as Cell, message)) {
      return this.#settle(failed({ code: 'refused', to: to.path }))
    }
    if (this.#isSettled) return
    this.#timer = this.#asker.waker.wakeAt(this.#dueMs, this)
  }

  #answer(answer: Answer): void {
    if (!this.#isSettled) return this.#settle(ok(answer))
    const lateMs = Math.max(0, this.#runtime.clock.now() - this.#dueMs)
    this.#tell({ kind: 'late-answer', lateMs })
  }

  /** Its deadline has passed. */
  timeOut(): void {
    const { cell, life } = this.#asker
    if (this.#runtime.isOver(cell, life)) return
    const to = this.#to
    this.#tell({ kind: 'ask-timed-out', to })
    this.#settle(failed({ code: 'timeout', to }))
  }

  #settle(outcome: Result<Answer, AskFault>): void {
    this.#isSettled = true
    if (this.#timer !== undefined) this.#runtime.clock.cancel(this.#timer)
    const { cell, life } = this.#asker
    this.#runtime.postControl(cell, life, () => this.#done(outcome))
  }

  #tell(event: KernelEvent): void {
    this.#runtime.emit(this.#asker.cell.path, event)
  }
}
