/**
 * Runs actors and answers their failures: begins and ends lives, and carries out what the supervisors'
 * policies decide. Every call from the world enters here or by a context, runs what it caused until no
 * mailbox holds anything, and leaves. So between two calls of the world a node is always at rest.
 *
 * Does not know time or transport (the environment does) nor what to do about a failure (the
 * supervisor's policy does).
 */
import { assert } from '../base/assert.ts'
import type { Millis } from '../base/units.ts'
import type { Address, AnyMessage } from './actor.ts'
import { Cell, type Factory } from './cell.ts'
import { LifeContext } from './context.ts'
import type { Clock, Random } from './environment.ts'
import type { MailboxOptions } from './mailbox.ts'
import { forMarked } from './marks.ts'
import { budgeted, type Decision, recentRestarts, type SupervisorPolicy } from './supervisor.ts'
import type { KernelEvent, Trace } from './trace.ts'
import { Turns } from './turns.ts'

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

/** One actor as the runtime sees it. */
export interface ActorReport {
  readonly path: string
  /** Lives that have begun. */
  readonly starts: number
  /** Messages of others that wait. */
  readonly waiting: number
  /** The most that ever waited at once; 0 while none had to wait behind another. */
  readonly waitingMost: number
}

export class System<Event> {
  readonly root: Group<Event>
  readonly #clock: Clock
  readonly #random: Random
  readonly #trace: Trace<Event>
  readonly #turns: Turns<Event>
  readonly #cells: Cell[] = []
  readonly #onFailure: (error: unknown) => void
  #isRunning = false
  /** Cells whose lives have just ended, and whose askers do not know yet. */
  #ended: Cell[] = []

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
    this.#turns = new Turns(world.clock, trace, {
      begin: (cell) => this.#begin(cell),
      fail: (cell, error) => this.#fail(cell, error),
    })
    this.root = new Group(this, undefined, '', rootPolicy)
  }

  spawn(
    group: Group<Event>,
    name: string,
    options: MailboxOptions<never>,
    factory: Factory<unknown, unknown>,
  ): Cell {
    const path = group.path === '' ? name : `${group.path}/${name}`
    const isTaken = this.#cells.some((cell) => cell.path === path)
    assert(!isTaken, `one actor at ${path}`)
    const number = this.#cells.length
    const own = this.#trace.marker === undefined ? options : forMarked(options)
    const cell = new Cell({ path, number, group }, own, factory)
    this.#trace.actor(number, path)
    this.#cells.push(cell)
    group.children.push(cell)
    if (this.#isRunning) {
      this.#turns.startLater(cell)
      this.#turns.run()
    }
    return cell
  }

  /** Starts every actor, in the order in which they were spawned. */
  start(): void {
    assert(!this.#isRunning && !this.#turns.isStopped, 'a system starts once')
    this.#isRunning = true
    for (const cell of this.#cells) this.#turns.startLater(cell)
    this.#turns.run()
  }

  /** Puts a message into a mailbox from outside, as the world does. */
  send<Message>(to: Address<Message>, message: Message): boolean {
    return this.#turns.send(to as unknown as Cell, message)
  }

  /**
   * Stops every actor, last started first. What an actor sends as it stops is handled by those that
   * still run. Afterwards nothing runs any more.
   */
  stop(): void {
    if (this.#turns.isStopped) return
    for (const cell of this.#cells.toReversed()) {
      this.#stopCell(cell)
      this.#turns.run()
    }
    this.#turns.stop()
  }

  /** Fails an actor from outside, as a fault in its own code would. For experiments. */
  crash(path: string, error: unknown): void {
    const cell = this.#cells.find((candidate) => candidate.path === path)
    assert(cell !== undefined, `an actor at ${path}`)
    if (!cell.isDead) this.#fail(cell, error)
    this.#turns.run()
  }

  /** Messages that wait in the mailbox of the actor at `path`. */
  waiting(path: string): number {
    return this.#cells.find((cell) => cell.path === path)?.waiting ?? 0
  }

  /** How every actor is, in the order of spawning. Reading it changes nothing. */
  report(): readonly ActorReport[] {
    return this.#cells.map(({ path, starts, waiting, waitingMost }) => {
      return { path, starts, waiting, waitingMost }
    })
  }

  // ----- lives -----

  #begin(cell: Cell): void {
    cell.life += 1
    cell.starts += 1
    try {
      const random = this.#random.fork(`${cell.path}#${cell.starts}`)
      cell.actor = cell.factory(new LifeContext(this.#turns, cell, cell.life, random))
      this.#emit(cell.path, { kind: 'actor-started', life: cell.starts })
    } catch (error) {
      this.#fail(cell, error)
    }
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
    this.#tellAskers()
  }

  /** Ends this life. What others sent waits for the next one. */
  #kill(cell: Cell): void {
    cell.life += 1
    cell.actor = undefined
    cell.clearControl()
    this.#ended.push(cell)
  }

  /** Ends this life, and there will be no other. */
  #bury(cell: Cell): void {
    this.#kill(cell)
    cell.isDead = true
  }

  /** Ends the questions that went with the lives that ended. Not before it is decided what becomes of those. */
  #tellAskers(): void {
    const cells = new Set(this.#ended)
    this.#ended = []
    for (const cell of cells) for (const question of cell.unanswerable()) question.end()
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
    this.#tellAskers()
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
    if (child instanceof Cell) this.#turns.startLater(child)
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
        if (cell.life === lives[index]) this.#turns.startLater(cell)
      })
      this.#turns.run()
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
    this.#turns.stop()
    this.#onFailure(error)
  }

  #emit(path: string, event: KernelEvent): void {
    this.#turns.emit(path, event)
  }
}

function cellsOf<Event>(child: Cell | Group<Event>): readonly Cell[] {
  return child instanceof Cell ? [child] : child.children.flatMap(cellsOf)
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
