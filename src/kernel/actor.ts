/**
 * The contract of an actor. It handles one message at a time, to completion, and never waits: what
 * takes time comes back as a message, or as a turn of its own that was bound to a callback.
 */
import type { Result } from '../base/result.ts'
import type { Millis, UnixMillis } from '../base/units.ts'
import type { Random, Timer } from './environment.ts'

export interface Actor<Message> {
  receive(message: Message): void
  /** Called once at an orderly stop, not at a crash. The last chance to say goodbye. */
  stop?(): void
}

/** Every message says what it is. */
export interface AnyMessage {
  readonly kind: string
}

/** Where messages of one type go. It stays valid when the actor behind it is restarted. */
export interface Address<in Message> {
  readonly path: string
  readonly __accepts?: (message: Message) => void
}

/** Answers a question. The first call counts, later ones are dropped and traced. */
export type Reply<Answer> = (answer: Answer) => void

/**
 * Why a question was not answered: in time; or its mailbox had no room for it; or it was taken, and the life that had
 * taken it ended. Of that life nobody knows how far it came: what was asked for may be done, or half done.
 */
export interface AskFault {
  readonly code: 'timeout' | 'refused' | 'ended'
  readonly to: string
}

/** A conversation: who is asked, what, and how long to wait for the answer. */
export interface Question<Message, Answer> {
  readonly to: Address<Message>
  readonly ask: (reply: Reply<Answer>) => Message
  readonly deadlineMs: Millis
  /**
   * It does no harm to be taken twice: if the life that took it ends, the next one is asked, within the same deadline. So a
   * restart of whoever is asked is no fault to who asks. How often is up to the supervisor, which bounds restarts.
   */
  readonly isRepeatable?: boolean
}

/** What an actor may do besides thinking. */
export interface Context<Message, Event> {
  readonly self: Address<Message>
  /** This actor's own stream, forked by its path. */
  readonly random: Random
  /** Monotonic milliseconds. */
  now(): Millis
  /** Wall-clock milliseconds since the Unix epoch. May jump. */
  wall(): UnixMillis
  /** Puts a message into a mailbox. False if it is full and the message was dropped. */
  send<Other>(to: Address<Other>, message: Other): boolean
  /** Sends `message` to this actor after `delayMs`. The timer dies with this life of the actor. */
  sendAfter(delayMs: Millis, message: Message): Timer
  /** Runs `run` as a turn of this actor after `delayMs`. The timer dies with this life of the actor. */
  after(delayMs: Millis, run: () => void): Timer
  cancel(timer: Timer): void
  /** Asks another actor. `done` runs as a turn of this actor: once, or never if it is restarted first. */
  ask<Other, Answer>(
    question: Question<Other, Answer>,
    done: (outcome: Result<Answer, AskFault>) => void,
  ): void
  /** Binds a function to this life of the actor: a call of the result runs it as a turn, later. */
  bind<Arguments extends readonly unknown[]>(
    run: (...values: Arguments) => void,
  ): (...values: Arguments) => void
  /** Records what happened. Nothing can be read back. */
  emit(event: Event): void
}
