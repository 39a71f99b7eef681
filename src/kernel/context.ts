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

/**
 * A question without an answer, as whoever it was put to sees it. Each leads to those beside it: mostly there is one, and
 * a set for each actor would be another thing to have in the processor's cache.
 */
export interface OpenQuestion {
  /** What was put into the mailbox. */
  readonly message: unknown
  older: OpenQuestion | undefined
  newer: OpenQuestion | undefined
  /** No life will answer it: the one that took it is over. */
  end(): void
}

/** Whom a context speaks of: where messages go, and what was asked there last and has no answer. */
export interface Place extends Address<unknown> {
  newestQuestion: OpenQuestion | undefined
}

export class LifeContext<Cell extends Place> implements Context<unknown, unknown> {
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
    new Asking<Cell, Answer>(this, question as unknown as Question<unknown, Answer>, done).begin()
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

/**
 * A question on its way: it ends by an answer, a refusal, its deadline, with the life that took it, or with the life that
 * asked.
 */
class Asking<Cell extends Place, Answer> implements OpenQuestion {
  readonly #asker: LifeContext<Cell>
  readonly #question: Question<unknown, Answer>
  readonly #done: (outcome: Result<Answer, AskFault>) => void
  readonly #to: Cell
  readonly #dueMs: Millis
  #timer: Timer | undefined
  #isSettled = false
  #isOpen = false
  message: unknown = undefined
  older: OpenQuestion | undefined = undefined
  newer: OpenQuestion | undefined = undefined

  constructor(
    asker: LifeContext<Cell>,
    question: Question<unknown, Answer>,
    done: (outcome: Result<Answer, AskFault>) => void,
  ) {
    this.#asker = asker
    this.#question = question
    this.#done = done
    this.#to = question.to as unknown as Cell
    this.#dueMs = asker.runtime.clock.now() + question.deadlineMs
  }

  begin(): void {
    this.#put()
    if (!this.#isSettled) this.#timer = this.#asker.waker.wakeAt(this.#dueMs, this)
  }

  /** Its deadline has passed. */
  timeOut(): void {
    const { path: to } = this.#to
    if (this.#isAskerOver) return this.#close()
    this.#tell({ kind: 'ask-timed-out', to })
    this.#settle(failed({ code: 'timeout', to }))
  }

  end(): void {
    if (this.#isAskerOver) return this.#close()
    const { path: to } = this.#to
    const isAgain = this.#question.isRepeatable === true
    this.#tell({ kind: 'ask-ended', to, isAgain })
    if (isAgain) this.#put()
    else this.#settle(failed({ code: 'ended', to }))
  }

  #put(): void {
    const to = this.#to
    this.message = this.#question.ask((answer) => this.#answer(answer))
    const isAccepted = this.#asker.runtime.post(to, this.message)
    if (this.#isSettled) return
    if (isAccepted) this.#open()
    else this.#settle(failed({ code: 'refused', to: to.path }))
  }

  #answer(answer: Answer): void {
    if (!this.#isSettled) return this.#settle(ok(answer))
    const lateMs = Math.max(0, this.#asker.runtime.clock.now() - this.#dueMs)
    this.#tell({ kind: 'late-answer', lateMs })
  }

  #settle(outcome: Result<Answer, AskFault>): void {
    this.#isSettled = true
    this.#close()
    const { runtime, self, life } = this.#asker
    runtime.postControl(self, life, () => this.#done(outcome))
  }

  #open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    const to = this.#to
    this.older = to.newestQuestion
    if (this.older !== undefined) this.older.newer = this
    to.newestQuestion = this
  }

  /** Nobody waits for it any more. */
  #close(): void {
    if (this.#timer !== undefined) this.#asker.runtime.clock.cancel(this.#timer)
    if (!this.#isOpen) return
    this.#isOpen = false
    const { older, newer } = this
    if (older !== undefined) older.newer = newer
    if (newer === undefined) this.#to.newestQuestion = older
    else newer.older = older
  }

  get #isAskerOver(): boolean {
    const { runtime, self, life } = this.#asker
    return runtime.isOver(self, life)
  }

  #tell(event: KernelEvent): void {
    const { runtime, self } = this.#asker
    runtime.emit(self.path, event)
  }
}
