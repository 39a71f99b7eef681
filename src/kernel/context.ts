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

export class LifeContext<Cell extends Address<unknown>> implements Context<unknown, unknown> {
  readonly self: Cell
  readonly life: number
  readonly runtime: Runtime<Cell>
  /** Whom its timers wake: what was asked to come later, and questions whose time is over. */
  readonly waker: Waker<unknown>
  readonly random: Random

  constructor(runtime: Runtime<Cell>, cell: Cell, life: number, random: Random) {
    this.self = cell
    this.life = life
    this.runtime = runtime
    this.waker = runtime.clock.waker((item) => this.#due(item))
    this.random = random
  }

  now(): Millis {
    return this.runtime.clock.now()
  }

  wall(): UnixMillis {
    return this.runtime.clock.wall()
  }

  send<Other>(to: Address<Other>, message: Other): boolean {
    return this.runtime.post(to as unknown as Cell, message)
  }

  sendAfter(delayMs: Millis, message: unknown): Timer {
    return this.#later(delayMs, message)
  }

  after(delayMs: Millis, run: () => void): Timer {
    return this.#later(delayMs, run)
  }

  cancel(timer: Timer): void {
    this.runtime.clock.cancel(timer)
  }

  ask<Other, Answer>(
    question: Question<Other, Answer>,
    done: (outcome: Result<Answer, AskFault>) => void,
  ): void {
    new Asking<Cell, Answer>(this, done).begin(question as unknown as Question<unknown, Answer>)
  }

  bind<Arguments extends readonly unknown[]>(
    run: (...values: Arguments) => void,
  ): (...values: Arguments) => void {
    const { runtime, self, life } = this
    return (...values) => runtime.postControl(self, life, () => run(...values))
  }

  emit(event: unknown): void {
    this.runtime.emit(this.self.path, event)
  }

  #later(delayMs: Millis, item: unknown): Timer {
    return this.waker.wakeAt(this.runtime.clock.now() + delayMs, item)
  }

  #due(item: unknown): void {
    if (item instanceof Asking) item.timeOut()
    else this.runtime.postControl(this.self, this.life, item)
  }
}

/** A question on its way: it ends by an answer, a refusal, its deadline, or with the life that asked. */
class Asking<Cell extends Address<unknown>, Answer> {
  readonly #asker: LifeContext<Cell>
  readonly #done: (outcome: Result<Answer, AskFault>) => void
  #to = ''
  #dueMs: Millis = 0
  #timer: Timer | undefined
  #isSettled = false

  constructor(asker: LifeContext<Cell>, done: (outcome: Result<Answer, AskFault>) => void) {
    this.#asker = asker
    this.#done = done
  }

  begin({ to, ask, deadlineMs }: Question<unknown, Answer>): void {
    const { runtime, waker } = this.#asker
    this.#dueMs = runtime.clock.now() + deadlineMs
    this.#to = to.path
    const message = ask((answer) => this.#answer(answer))
    if (!runtime.post(to as unknown as Cell, message)) {
      return this.#settle(failed({ code: 'refused', to: to.path }))
    }
    if (this.#isSettled) return
    this.#timer = waker.wakeAt(this.#dueMs, this)
  }

  #answer(answer: Answer): void {
    if (!this.#isSettled) return this.#settle(ok(answer))
    const lateMs = Math.max(0, this.#asker.runtime.clock.now() - this.#dueMs)
    this.#tell({ kind: 'late-answer', lateMs })
  }

  /** Its deadline has passed. */
  timeOut(): void {
    const { runtime, self, life } = this.#asker
    if (runtime.isOver(self, life)) return
    const to = this.#to
    this.#tell({ kind: 'ask-timed-out', to })
    this.#settle(failed({ code: 'timeout', to }))
  }

  #settle(outcome: Result<Answer, AskFault>): void {
    this.#isSettled = true
    const { runtime, self, life } = this.#asker
    if (this.#timer !== undefined) runtime.clock.cancel(this.#timer)
    runtime.postControl(self, life, () => this.#done(outcome))
  }

  #tell(event: KernelEvent): void {
    const { runtime, self } = this.#asker
    runtime.emit(self.path, event)
  }
}
