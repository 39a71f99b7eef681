/**
 * One direction of a connection: frames go in at one end, and come out at the other in the same order, each once,
 * however often the link loses them; as TCP does it, but without its packets. A frame that is lost is sent again
 * after a while, and what stands behind it waits: so loss is delay, and a cut is a stop until it is healed.
 *
 * A frame that is never taken breaks the connection after two minutes. Does not shrink windows after a loss, nor
 * share a link fairly.
 */
import type { Gate } from '../../gate.ts'
import type { LinkNumber } from '../../link.ts'
import type { FlightKind } from '../../rules.ts'
import type { TimelineEntry, TimelineEvent } from '../../timeline.ts'
import type { Lines } from './lines.ts'

/** How long a lost frame waits until it is sent again: at first, and at most. */
const retryUsMin = 200_000
const retryUsMax = 2_000_000
/** So long nothing may get through before the connection is given up. */
const stallUsMax = 120_000_000
/** More bytes than these are cut into several frames. */
export const frameBytesMax = 65_536
/** With so many bytes that have not left, a pipe is full; with half as many it is free again. */
const unsentBytesMax = 262_144
/** So many bytes that nobody reads stop the sender. */
const unreadBytesMax = 262_144
/** What TCP, IP and Ethernet add to a frame that is small. */
const headerBytes = 66

/** `dial` and `accept` open a connection, `close` says that nothing follows. */
export interface Frame {
  readonly kind: Extract<FlightKind, 'dial' | 'accept' | 'bytes' | 'close'>
  readonly bytes: Uint8Array
  /** Counts the frames of a pipe. */
  readonly number: number
}

/** Where a pipe leads, and whose it is. */
export interface PipeEnds {
  /** A frame has come out. False if there is nobody to take it: then it counts as lost. */
  arrive(frame: Frame): boolean
  /** How many bytes have come out that nobody has read. */
  unread(): number
  /** The pipe was full, and is free again. */
  drained(): void
  /** Nothing gets through any more: a device on the way has reset the connection, or time is up. */
  broken(how: 'reset' | 'timeout'): void
}

export class Pipe implements TimelineEvent<Frame> {
  readonly #lines: Lines
  readonly #link: LinkNumber
  readonly #ends: PipeEnds
  /** Frames that have not left, in order. */
  readonly #waiting: Frame[] = []
  /** Bytes that are on their way onto the link, and when they have left. */
  readonly #leaving: { readonly atUs: number; readonly bytes: number }[] = []
  #unsent = 0
  #frames = 0
  #lastDueUs = 0
  #isFull = false
  #isClosed = false
  #isHalted = false
  #retry: TimelineEntry | undefined
  #retryUs = retryUsMin
  #stalledSinceUs: number | undefined

  constructor(lines: Lines, link: LinkNumber, ends: PipeEnds) {
    this.#lines = lines
    this.#link = link
    this.#ends = ends
  }

  /** Bytes that were put in and have not left. */
  get unsentBytes(): number {
    const { nowUs } = this.#lines.timeline
    const leaving = this.#leaving
    while (leaving[0] !== undefined && leaving[0].atUs <= nowUs) {
      this.#unsent -= leaving[0].bytes
      leaving.shift()
    }
    return this.#unsent
  }

  /** Puts a frame in. False if the pipe is full by then: whoever minds waits until it is drained. */
  put(kind: Frame['kind'], bytes: Uint8Array): boolean {
    if (this.#isClosed) return false
    const frame = { kind, bytes, number: this.#frames }
    this.#frames += 1
    this.#unsent += bytes.length
    const mustWait = this.#waiting.length > 0 || (bytes.length > 0 && this.#isShut())
    if (mustWait) this.#waiting.push(frame)
    else this.#send(frame)
    if (this.#isFull) return false
    this.#isFull = this.unsentBytes >= unsentBytesMax
    if (this.#isFull) this.#awaitDrain()
    return !this.#isFull
  }

  /** The far end reads again. */
  reopen(): void {
    if (this.#retry === undefined) this.#pump()
  }

  /** Nothing goes in any more, and what has not left never will. What is on the link arrives. */
  close(): void {
    this.#isClosed = true
    this.#waiting.length = 0
    if (this.#retry !== undefined) this.#lines.timeline.cancel(this.#retry)
    this.#retry = undefined
  }

  /** A frame is at the far end. */
  fire(frame: Frame): void {
    if (this.#ends.arrive(frame)) this.#progressed()
    else if (!this.#isClosed) this.#hold(frame)
  }

  /** What goes in now would not be read. */
  #isShut(): boolean {
    return this.#ends.unread() >= unreadBytesMax
  }

  /** Puts a frame on the link. False if it has to wait: it got lost, or stands before a gate. */
  #send(frame: Frame): boolean {
    const { timeline } = this.#lines
    const { kind, bytes } = frame
    const size = bytes.length + headerBytes
    const departure = this.#lines.depart(this.#link, { kind, label: '', bytes: size })
    if (departure === 'lost') return this.#hold(frame)
    if (departure === 'reset') {
      timeline.at(timeline.nowUs, { fire: () => this.#break('reset') })
      return true
    }
    if (typeof departure !== 'number') return this.#halt(frame, departure)
    this.#lastDueUs = Math.max(departure, this.#lastDueUs)
    timeline.at(this.#lastDueUs, this, frame)
    if (bytes.length > 0) {
      const atUs = Math.max(timeline.nowUs, this.#lines.busyUntilUs(this.#link))
      this.#leaving.push({ atUs, bytes: bytes.length })
    }
    return true
  }

  /** Keeps a frame that got lost, before those that came after it, to be sent again. */
  #hold(frame: Frame): false {
    this.#putBack(frame)
    const { timeline } = this.#lines
    this.#stalledSinceUs ??= timeline.nowUs
    if (this.#retry !== undefined) return false
    this.#retry = timeline.at(timeline.nowUs + this.#retryUs, { fire: () => this.#tryAgain() })
    this.#retryUs = Math.min(2 * this.#retryUs, retryUsMax)
    return false
  }

  /** Keeps a frame that stands before a gate. It is not sent again before that opens, and does not break the connection. */
  #halt(frame: Frame, gate: Gate): false {
    this.#putBack(frame)
    if (this.#isHalted) return false
    this.#isHalted = true
    gate.queue(() => {
      this.#isHalted = false
      this.#pump()
    })
    return false
  }

  #putBack(frame: Frame): void {
    const at = this.#waiting.findIndex(({ number }) => number > frame.number)
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, frame)
  }

  #tryAgain(): void {
    this.#retry = undefined
    const { nowUs } = this.#lines.timeline
    if (nowUs - (this.#stalledSinceUs ?? nowUs) >= stallUsMax) this.#break('timeout')
    else this.#pump()
  }

  #pump(): void {
    for (let frame = this.#waiting[0]; frame !== undefined; frame = this.#waiting[0]) {
      if (frame.bytes.length > 0 && this.#isShut()) break
      this.#waiting.shift()
      if (!this.#send(frame)) break
    }
    if (this.#isFull) this.#awaitDrain()
  }

  #progressed(): void {
    this.#retryUs = retryUsMin
    this.#stalledSinceUs = undefined
  }

  /** Looks again when enough of what is on its way onto the link will have left. */
  #awaitDrain(): void {
    const { timeline } = this.#lines
    let left = this.unsentBytes
    let atUs = timeline.nowUs
    for (const { atUs: leftUs, bytes } of this.#leaving) {
      if (left <= unsentBytesMax / 2) break
      left -= bytes
      atUs = leftUs
    }
    // If too much still waits for the link, the pump looks again.
    if (left <= unsentBytesMax / 2) timeline.at(atUs, { fire: () => this.#checkDrain() })
  }

  #checkDrain(): void {
    if (!this.#isFull || this.#isClosed) return
    if (this.unsentBytes > unsentBytesMax / 2) return this.#awaitDrain()
    this.#isFull = false
    this.#ends.drained()
  }

  #break(how: 'reset' | 'timeout'): void {
    if (this.#isClosed) return
    this.close()
    this.#ends.broken(how)
  }
}
