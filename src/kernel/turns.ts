/**
 * Turns of actors: one at a time, in one order, until no mailbox holds anything. A call from the world (a timer, a
 * message, a completion) enters by `post` or `postControl`.
 *
 * Does not know what begins and ends the lives of actors; `system.ts` does.
 */
import { Ring } from '../base/ring.ts'
import type { AnyMessage } from './actor.ts'
import type { Cell } from './cell.ts'
import type { Runtime } from './context.ts'
import type { Clock } from './environment.ts'
import { Marked } from './marks.ts'
import type { KernelEvent, Marker, Trace, TurnReader } from './trace.ts'

/** Turns taken in one go; the rest come in a call of their own. A count, not a time, so that it is repeatable. */
const turnsPerPumpMax = 4_096

/** Who begins lives, and decides what becomes of an actor that threw. */
export interface Lives {
  begin(cell: Cell): void
  fail(cell: Cell, error: unknown): void
}

/** A life that is to begin, unless the cell has been through something else since. */
interface Start {
  readonly cell: Cell
  readonly after: number
  readonly mark: number
}

/** The mark of what nobody has marked. */
const unmarked = 0

export class Turns<Event> implements Runtime<Cell> {
  readonly clock: Clock
  readonly #trace: Trace<Event>
  readonly #reader: TurnReader
  readonly #marker: Marker | undefined
  readonly #lives: Lives
  #isPumping = false
  #willContinue = false
  #isStopped = false
  /**
   * Cells that may have something to do; one that was killed meanwhile has nothing. Each leads to the next: they are
   * about to be looked at anyway, and a queue would be three more things to have in the processor's cache.
   */
  #firstReady: Cell | undefined = undefined
  #lastReady: Cell | undefined = undefined
  /** Cells that are to begin a life, in order, before any other turn. Absent if there are none, as mostly. */
  #starting: Ring<Start> | undefined = undefined

  constructor(clock: Clock, trace: Trace<Event>, lives: Lives) {
    this.clock = clock
    this.#trace = trace
    this.#reader = trace.turns
    this.#marker = trace.marker
    this.#lives = lives
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** From now on no turn is taken. */
  stop(): void {
    this.#isStopped = true
  }

  /** Puts a message into a mailbox. The turn comes when `run` is called, or runs already. */
  post(cell: Cell, message: unknown): boolean {
    if (cell.isDead) {
      this.emit(cell.path, { kind: 'dead-letter', message: kindOf(message) })
      return false
    }
    if (!cell.push(this.#marked(message))) {
      const { waiting } = cell
      this.emit(cell.path, { kind: 'mailbox-full', message: kindOf(message), waiting })
      return false
    }
    // A cell between two lives keeps its messages until it is started again.
    if (cell.actor !== undefined) this.#makeReady(cell)
    return true
  }

  /** As {@link post}, and lets the turn happen. */
  send(cell: Cell, message: unknown): boolean {
    if (this.#isAtRest && cell.actor !== undefined && !cell.hasTurn) {
      this.#handleNow(cell, message)
      return true
    }
    const isAccepted = this.post(cell, message)
    this.run()
    return isAccepted
  }

  postControl(cell: Cell, life: number, item: unknown): void {
    if (cell.life !== life) return
    if (this.#isAtRest) return this.#handleNow(cell, item)
    cell.pushControl(this.#marked(item))
    this.#makeReady(cell)
    this.run()
  }

  /** Lets a life begin in a turn of its own, unless the cell is dead. */
  startLater(cell: Cell): void {
    if (cell.isDead) return
    this.#starting ??= new Ring()
    const mark = this.#marker?.mark() ?? unmarked
    this.#starting.push({ cell, after: cell.life, mark })
  }

  /** Takes turns until there are none, or too many. Does nothing when called from within one. */
  run(): void {
    if (this.#isPumping || this.#isStopped) return
    this.#isPumping = true
    let turns = 0
    while (!this.#isStopped && this.#hasWork && turns < turnsPerPumpMax) {
      if (this.#starting !== undefined) this.#begin(this.#starting)
      else if (this.#firstReady !== undefined) this.#turn(this.#firstReady)
      turns += 1
    }
    this.#isPumping = false
    if (this.#hasWork && !this.#willContinue) this.#continueSoon()
  }

  isOver(cell: Cell, life: number): boolean {
    return cell.life !== life
  }

  emit(path: string, event: unknown): void {
    this.#trace.event(this.clock.now(), path, event as Event | KernelEvent)
  }

  get #isAtRest(): boolean {
    return !this.#isPumping && !this.#isStopped && !this.#hasWork
  }

  get #hasWork(): boolean {
    return this.#firstReady !== undefined || this.#starting !== undefined
  }

  #continueSoon(): void {
    this.#willContinue = true
    this.clock.soon(() => {
      this.#willContinue = false
      this.run()
    })
  }

  #begin(starting: Ring<Start>): void {
    const { cell, after, mark } = starting.shift()
    if (starting.length === 0) this.#starting = undefined
    if (cell.isDead || cell.life !== after) return
    const before = this.#marker?.mark() ?? unmarked
    this.#marker?.resume(mark)
    this.#reader.turn(cell.number, 'start')
    this.#lives.begin(cell)
    this.#marker?.resume(before)
    if (cell.hasTurn) this.#makeReady(cell)
  }

  /** The turn of the first that is ready. */
  #turn(cell: Cell): void {
    this.#firstReady = cell.nextReady
    cell.nextReady = undefined
    cell.isReady = false
    if (cell.hasTurn) this.#handle(cell, cell.shift())
  }

  /** Handles what nothing stands before, which spares the way through the queues, and what it causes. */
  #handleNow(cell: Cell, item: unknown): void {
    this.#isPumping = true
    this.#handle(cell, item)
    this.#isPumping = false
    if (this.#hasWork) this.run()
  }

  #handle(cell: Cell, item: unknown): void {
    if (this.#marker === undefined) this.#take(cell, item)
    else this.#takeMarked(cell, item, this.#marker)
    if (cell.hasTurn) this.#makeReady(cell)
  }

  /** What comes after, in the same call of the world, is on behalf of what was before. */
  #takeMarked(cell: Cell, item: unknown, marker: Marker): void {
    const before = marker.mark()
    if (item instanceof Marked) {
      marker.resume(item.mark)
      this.#take(cell, item.item)
    } else this.#take(cell, item)
    marker.resume(before)
  }

  #take(cell: Cell, item: unknown): void {
    try {
      if (typeof item === 'function') {
        this.#reader.turn(cell.number, 'continue')
        item()
      } else {
        this.#reader.turn(cell.number, kindOf(item))
        cell.actor?.receive(item)
      }
    } catch (error) {
      this.#lives.fail(cell, error)
    }
  }

  /** As it waits: with its mark, where there are marks. */
  #marked(item: unknown): unknown {
    return this.#marker === undefined ? item : new Marked(item, this.#marker.mark())
  }

  #makeReady(cell: Cell): void {
    if (cell.isReady) return
    cell.isReady = true
    if (this.#firstReady === undefined || this.#lastReady === undefined) this.#firstReady = cell
    else this.#lastReady.nextReady = cell
    this.#lastReady = cell
  }
}

/** Read only where it is needed: messages have many shapes, and the engine looks each of them up. */
function kindOf(message: unknown): string {
  return (message as AnyMessage).kind
}
