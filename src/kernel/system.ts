/**
 * Runs actors: one turn at a time, in one order. A turn is one message handled to completion. Every
 * call from the world (a timer, a message, a completion) enters here, runs what it caused until no
 * mailbox holds anything, and leaves. So between two calls of the world a node is always at rest.
 *
 * Does not know time or transport (the environment does) nor what to do about a failure (the
 * supervisor's policy does).
 */
import { assert } from '../base/assert.ts'
import { Ring } from '../base/ring.ts'
import type { Millis } from '../base/units.ts'
import type { Actor, Address, AnyMessage, Context } from './actor.ts'
import { LifeContext, type Runtime } from './context.ts'
import type { Clock, Random } from './environment.ts'
import { Mailbox, type MailboxOptions } from './mailbox.ts'
import { budgeted, type Decision, recentRestarts, type SupervisorPolicy } from './supervisor.ts'
import type { Trace } from './trace.ts'

/** Turns taken in one go; the rest come in a call of their own. A count, not a time, so that it is repeatable. */
const turnsPerPumpMax = 4_096

type Factory<Message, Event> = (context: Context<Message, Event>) => Actor<Message>

/** One actor's place: its address, mailbox and current life. */
class Cell implements Address<unknown> {
  readonly path: string
  readonly number: number
  readonly group: Group<never>
  readonly mailbox: Mailbox
  readonly factory: Factory<never, never>
  actor: Actor<unknown> | undefined
  /** Counts up at each start and each end, so that what one life asked for never reaches another. */
  life = 0
  /** How many lives have begun: the number that others get to see. */
  starts = 0
  /** Nobody will ever read this mailbox again. */
  isDead = false
  isReady = false
  restarts: readonly Millis[] = []

  constructor(
    place: { path: string; number: number; group: Group<never> },
    options: MailboxOptions<never>,
    factory: Factory<never, never>,
  ) {
    this.path = place.path
    this.number = place.number
    this.group = place.group
    this.mailbox = new Mailbox(options)
    this.factory = factory
  }
}

/** A life that is to begin, unless the cell has been through something else since. */
interface Start {
  readonly cell: Cell
  readonly after: number
}

/** Actors (and groups of actors) under one policy. They start in order and stop in reverse. */
export class Group<Event> {
  readonly path: string
  readonly policy: SupervisorPolicy
  readonly parent: Group<Event> | undefined
  readonly children: (Cell | Group<Event>)[] = []
  readonly #system: System<Event>
  restarts: readonly Millis[] = []

  constructor(
    system: System<Event>,
    parent: Group<Event> | undefined,
    name: string,
    policy: SupervisorPolicy,
  ) {
    this.#system = system
    this.parent = parent
    this.path = parent === undefined || parent.path === '' ? name : `${parent.path}/${name}`
    this.policy = policy
  }

  group(name: string, policy: SupervisorPolicy): Group<Event> {
    const group = new Group(this.#system, this, name, policy)
    this.children.push(group)
    return group
  }

  /** Adds an actor. It starts with the system, or at once if the system runs; messages wait for it. */
  spawn<Message extends AnyMessage>(
    name: string,
    options: MailboxOptions<Message>,
    factory: Factory<Message, Event>,
  ): Address<Message> {
    return this.#system.spawn(this, name, options as MailboxOptions<never>, factory as never)
  }
}

export class System<Event> {
  readonly root: Group<Event>
  readonly #clock: Clock
  readonly #random: Random
  readonly #trace: Trace<Event>
  /** Cells that may have something to do. One that was killed meanwhile has nothing. */
  readonly #ready = new Ring<Cell>()
  /** Cells that are to begin a life, in order, before any other turn. */
  readonly #starting = new Ring<Start>()
  readonly #cells: Cell[] = []
  readonly #onFailure: (error: unknown) => void
  readonly #runtime: Runtime<Cell>
  #isRunning = false
  #isPumping = false
  #willContinue = false
  #isStopped = false

  /** `onFailure` is told when the root gives up; every actor has been stopped by then. */
  constructor(
    world: { clock: Clock; random: Random },
    trace: Trace<Event>,
    rootPolicy: SupervisorPolicy,
    onFailure: (error: unknown) => void,
  ) {
    this.#clock = world.clock
    this.#random = world.random
    this.#trace = trace
    this.#onFailure = onFailure
    this.root = new Group(this, undefined, '', rootPolicy)
    this.#runtime = {
      clock: world.clock,
      post: (cell, message) => this.#post(cell, message),
      postControl: (cell, life, item) => this.#postControl(cell, life, item),
      isOver: (cell, life) => cell.life !== life,
      emit: (path, event) => this.#emit(path, event as Event),
    }
  }

  spawn(
    group: Group<Event>,
    name: string,
    options: MailboxOptions<never>,
    factory: Factory<never, never>,
  ): Cell {
    const path = group.path === '' ? name : `${group.path}/${name}`
    const isTaken = this.#cells.some((cell) => cell.path === path)
    assert(!isTaken, `one actor at ${path}`)
    const place = { path, number: this.#cells.length, group: group as Group<never> }
    const cell = new Cell(place, options, factory)
    this.#cells.push(cell)
    group.children.push(cell)
    if (this.#isRunning) {
      this.#startLater(cell)
      this.#enter()
    }
    return cell
  }

  /** Starts every actor, in the order in which they were spawned. */
  start(): void {
    assert(!this.#isRunning && !this.#isStopped, 'a system starts once')
    this.#isRunning = true
    for (const cell of this.#cells) this.#startLater(cell)
    this.#enter()
  }

  /** Puts a message into a mailbox from outside, as the world does. */
  send<Message>(to: Address<Message>, message: Message): boolean {
    const cell = to as unknown as Cell
    if (this.#isAtRest && cell.actor !== undefined && !hasTurn(cell)) {
      this.#handleNow(cell, message)
      return true
    }
    const accepted = this.#post(cell, message)
    this.#enter()
    return accepted
  }

  /**
   * Stops every actor, last started first. What an actor sends as it stops is handled by those that
   * still run. Afterwards nothing runs any more.
   */
  stop(): void {
    if (this.#isStopped) return
    for (const cell of this.#cells.toReversed()) {
      this.#stopCell(cell)
      this.#enter()
    }
    this.#isStopped = true
  }

  /** Fails an actor from outside, as a fault in its own code would. For experiments. */
  crash(path: string, error: unknown): void {
    const cell = this.#cells.find((candidate) => candidate.path === path)
    assert(cell !== undefined, `an actor at ${path}`)
    if (!cell.isDead) this.#fail(cell, error)
    this.#enter()
  }

  /** Messages that wait in the mailbox of the actor at `path`. */
  waiting(path: string): number {
    return this.#cells.find((cell) => cell.path === path)?.mailbox.waiting ?? 0
  }

  // ----- turns -----

  #enter(): void {
    if (this.#isPumping || this.#isStopped) return
    this.#isPumping = true
    let turns = 0
    while (!this.#isStopped && this.#hasWork && turns < turnsPerPumpMax) {
      if (this.#starting.length > 0) this.#begin(this.#starting.shift())
      else this.#turn(this.#ready.shift())
      turns += 1
    }
    this.#isPumping = false
    if (this.#hasWork && !this.#willContinue) {
      this.#willContinue = true
      this.#clock.soon(() => {
        this.#willContinue = false
        this.#enter()
      })
    }
  }

  get #isAtRest(): boolean {
    return !this.#isPumping && !this.#isStopped && !this.#hasWork
  }

  get #hasWork(): boolean {
    return this.#starting.length > 0 || this.#ready.length > 0
  }

  #turn(cell: Cell): void {
    cell.isReady = false
    if (hasTurn(cell)) this.#handle(cell, cell.mailbox.shift())
  }

  #handle(cell: Cell, item: unknown): void {
    try {
      if (typeof item === 'function') {
        this.#trace.turn(cell.number, 'continue')
        item()
      } else {
        this.#trace.turn(cell.number, (item as AnyMessage).kind)
        cell.actor?.receive(item)
      }
    } catch (error) {
      this.#fail(cell, error)
    }
    if (hasTurn(cell)) this.#makeReady(cell)
  }

  /** Handles what nothing stands before, which spares the way through the queues, and what it causes. */
  #handleNow(cell: Cell, item: unknown): void {
    this.#isPumping = true
    this.#handle(cell, item)
    this.#isPumping = false
    if (this.#hasWork) this.#enter()
  }

  #makeReady(cell: Cell): void {
    if (cell.isReady) return
    cell.isReady = true
    this.#ready.push(cell)
  }

  #post(cell: Cell, message: unknown): boolean {
    const { kind } = message as AnyMessage
    if (cell.isDead) {
      this.#emit(cell.path, { kind: 'dead-letter', message: kind })
      return false
    }
    if (!cell.mailbox.push(message)) {
      const { waiting } = cell.mailbox
      this.#emit(cell.path, { kind: 'mailbox-full', message: kind, waiting })
      return false
    }
    // A cell between two lives keeps its messages until it is started again.
    if (cell.actor !== undefined) this.#makeReady(cell)
    return true
  }

  /** Queues what a life asked for, unless that life is over. */
  #postControl(cell: Cell, life: number, item: unknown): void {
    if (cell.life !== life) return
    if (this.#isAtRest) return this.#handleNow(cell, item)
    cell.mailbox.pushControl(item)
    this.#makeReady(cell)
    this.#enter()
  }

  // ----- lives -----

  #startLater(cell: Cell): void {
    if (!cell.isDead) this.#starting.push({ cell, after: cell.life })
  }

  #begin({ cell, after }: Start): void {
    if (cell.isDead || cell.life !== after) return
    cell.life += 1
    cell.starts += 1
    this.#trace.turn(cell.number, 'start')
    try {
      const make = cell.factory as Factory<unknown, unknown>
      const random = this.#random.fork(`${cell.path}#${cell.starts}`)
      cell.actor = make(new LifeContext(this.#runtime, cell, cell.life, random))
      this.#emit(cell.path, { kind: 'actor-started', life: cell.starts })
    } catch (error) {
      this.#fail(cell, error)
    }
    if (hasTurn(cell)) this.#makeReady(cell)
  }

  #stopCell(cell: Cell): void {
    const { actor } = cell
    try {
      actor?.stop?.()
    } catch (error) {
      this.#emit(cell.path, {
        kind: 'actor-failed',
        error: describe(error),
        decision: 'stop',
      })
    }
    this.#bury(cell)
    if (actor !== undefined) this.#emit(cell.path, { kind: 'actor-stopped' })
  }

  /** Ends this life. What others sent waits for the next one. */
  #kill(cell: Cell): void {
    cell.life += 1
    cell.actor = undefined
    cell.mailbox.clearControl()
  }

  /** Ends this life, and there will be no other. */
  #bury(cell: Cell): void {
    this.#kill(cell)
    cell.isDead = true
  }

  #fail(cell: Cell, error: unknown): void {
    const { policy } = cell.group
    const now = this.#clock.now()
    cell.restarts = recentRestarts(cell.restarts, now, policy.windowMs)
    const decision = budgeted(policy, policy.decide(error, cell.path), cell.restarts)
    this.#emit(cell.path, {
      kind: 'actor-failed',
      error: describe(error),
      decision: decision.kind,
    })
    cell.restarts = [...cell.restarts, now]
    this.#kill(cell)
    this.#carryOut(decision, cell, error)
  }

  #carryOut(decision: Decision, child: Cell | Group<Event>, error: unknown): void {
    const group = (child instanceof Cell ? child.group : child.parent) as Group<Event> | undefined
    switch (decision.kind) {
      case 'restart':
        return this.#restart(child)
      case 'restart-at-boundary':
        return this.#restartAtBoundary(child)
      case 'escalate':
        return this.#escalate(group, error)
      case 'abandon':
        for (const cell of cellsOf(child)) this.#bury(cell)
        return
      default:
        return decision satisfies never
    }
  }

  #restart(child: Cell | Group<Event>): void {
    if (child instanceof Cell) this.#startLater(child)
    else for (const grandchild of child.children) this.#restart(grandchild)
  }

  #restartAtBoundary(child: Cell | Group<Event>): void {
    const policy = child instanceof Cell ? child.group.policy : child.policy
    const cells = cellsOf(child)
    const lives = cells.map((cell) => cell.life)
    const due = this.#clock.now() + policy.untilBoundaryMs()
    this.#clock.wakeAt(due, () => {
      // Another failure may have restarted some of them meanwhile.
      cells.forEach((cell, index) => {
        if (cell.life === lives[index]) this.#startLater(cell)
      })
      this.#enter()
    })
  }

  #escalate(group: Group<Event> | undefined, error: unknown): void {
    if (group === undefined || group.parent === undefined) return this.#giveUp(error)
    const { parent } = group
    const now = this.#clock.now()
    group.restarts = recentRestarts(group.restarts, now, parent.policy.windowMs)
    const decision = budgeted(
      parent.policy,
      parent.policy.decide(error, group.path),
      group.restarts,
    )
    group.restarts = [...group.restarts, now]
    for (const cell of cellsOf(group).toReversed()) this.#kill(cell)
    this.#carryOut(decision, group, error)
  }

  #giveUp(error: unknown): void {
    this.#emit('', { kind: 'system-failed', error: describe(error) })
    for (const cell of this.#cells) this.#bury(cell)
    this.#isStopped = true
    this.#onFailure(error)
  }

  #emit(path: string, event: Parameters<Trace<Event>['event']>[2]): void {
    this.#trace.event(this.#clock.now(), path, event)
  }
}

/** Whether a cell has anything to do. Between two lives, messages of others wait. */
function hasTurn(cell: Cell): boolean {
  const { mailbox } = cell
  return mailbox.hasControl || (cell.actor !== undefined && mailbox.waiting > 0)
}

function cellsOf<Event>(child: Cell | Group<Event>): readonly Cell[] {
  return child instanceof Cell ? [child] : child.children.flatMap(cellsOf)
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
