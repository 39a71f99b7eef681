/**
 * One end of a connection, as a program on a host holds it: bytes in order, back-pressure both ways, an end that is
 * said, and a reset that is not. What the program is told comes in events of its host: never after its
 * life, and after a pause.
 */
import { within } from '../host.ts'
import { type Frame, frameBytesMax, type Pipe } from './pipe.ts'
import type { SocketSeat } from './site.ts'

/** Where an end is: an IPv4 address and a port. */
export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/** Why a connection is over: both ends said so, or it broke. */
export type CloseReason = 'ended' | 'reset' | 'timeout'

const nothing = new Uint8Array()

export class Socket {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly #seat: SocketSeat
  /** From here to there; undefined until the connection has an other end. */
  #out: Pipe | undefined
  /** What has come and waits for somebody to read it. */
  readonly #inbox: Uint8Array[] = []
  #unread = 0
  #isPaused = false
  #isEnded = false
  #hasPeerEnded = false
  #isPeerEndTold = false
  #closed: CloseReason | undefined
  #data: ((bytes: Uint8Array) => void) | undefined
  #end: (() => void) | undefined
  #drain: (() => void) | undefined
  #close: ((reason: CloseReason) => void) | undefined

  constructor(seat: SocketSeat, local: Endpoint, remote: Endpoint) {
    this.#seat = seat
    this.local = local
    this.remote = remote
  }

  /** Why the connection is over; undefined while it is not. */
  get closed(): CloseReason | undefined {
    return this.#closed
  }

  /** Bytes that were sent and have not left this host. */
  get unsentBytes(): number {
    return this.#out?.unsentBytes ?? 0
  }

  /** Bytes that have come in and wait here. */
  get unreadBytes(): number {
    return this.#unread
  }

  // ----- what the program does -----

  /** Calls `hear` with what comes in, and with what has come in before. */
  onData(hear: (bytes: Uint8Array) => void): this {
    this.#data = hear
    this.#seat.later(() => this.#read())
    return this
  }

  /** Calls `hear` when the far end has said that nothing more will come, after all that did. */
  onEnd(hear: () => void): this {
    this.#end = hear
    return this
  }

  /** Calls `hear` when more can be sent, after `send` has said that it cannot. */
  onDrain(hear: () => void): this {
    this.#drain = hear
    return this
  }

  /** Calls `hear` once, when the connection is over. */
  onClose(hear: (reason: CloseReason) => void): this {
    this.#close = hear
    return this
  }

  /** Sends a copy of the bytes. False if enough is under way by now: more waits better for `onDrain`. */
  send(bytes: Uint8Array): boolean {
    const out = this.#out
    if (out === undefined || this.#isEnded || this.#closed !== undefined) return false
    let isFree = true
    for (let at = 0; at < bytes.length; at += frameBytesMax) {
      isFree = out.put('bytes', bytes.slice(at, at + frameBytesMax))
    }
    return isFree
  }

  /** Says that nothing more will come from here. The connection lasts until the far end says so too. */
  end(): void {
    if (this.#isEnded || this.#closed !== undefined) return
    this.#isEnded = true
    this.#out?.put('close', nothing)
    // Otherwise whoever reads the last of it finds that this end is closed.
    if (this.#isPeerEndTold) this.#seat.later(() => this.#finish('ended'))
  }

  /** Breaks the connection off: what has not left never will, and the far end is told by a reset. */
  abort(): void {
    if (this.#closed !== undefined) return
    this.#seat.sendReset()
    this.#finish('reset')
  }

  /** Reads no more for now. A sender that goes on is stopped before long. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#seat.later(() => this.#read())
  }

  // ----- what the network does -----

  /** There is a far end, and a way to it. */
  connected(out: Pipe): void {
    this.#out = out
  }

  /** A frame comes in. False if nobody is here to take it. */
  arrive({ kind, bytes }: Frame): boolean {
    if (this.#closed !== undefined || this.#seat.life.isOver) return this.#seat.refuseStray()
    if (kind === 'close') this.#hasPeerEnded = true
    else {
      this.#inbox.push(bytes)
      this.#unread += bytes.length
      this.#seat.mixArrival(bytes)
    }
    this.#seat.life.enter({ fire: () => within(this.#seat.host, () => this.#read()) })
    return true
  }

  /** The connection broke somewhere else. */
  broken(reason: CloseReason): void {
    this.#seat.life.enter({ fire: () => within(this.#seat.host, () => this.#finish(reason)) })
  }

  drained(): void {
    this.#seat.life.enter({ fire: () => within(this.#seat.host, () => this.#drain?.()) })
  }

  /** The process is gone: nobody here is told anything, and the far end only if the machine still can. */
  vanish(isFarTold: boolean): void {
    if (this.#closed !== undefined) return
    this.#closed = 'reset'
    this.#out?.close()
    if (isFarTold) this.#seat.sendReset()
  }

  #read(): void {
    const hear = this.#data
    if (hear === undefined) return
    while (!this.#isPaused && this.#closed === undefined) {
      const bytes = this.#inbox.shift()
      if (bytes === undefined) break
      this.#unread -= bytes.length
      hear(bytes)
    }
    if (this.#inbox.length > 0 || this.#closed !== undefined) return
    this.#seat.reopenFar()
    if (!this.#hasPeerEnded || this.#isPeerEndTold) return
    this.#isPeerEndTold = true
    this.#end?.()
    if (this.#isEnded) this.#finish('ended')
  }

  #finish(reason: CloseReason): void {
    if (this.#closed !== undefined) return
    this.#closed = reason
    // What was sent before a farewell still goes out.
    if (reason !== 'ended') this.#out?.close()
    this.#inbox.length = 0
    this.#unread = 0
    this.#seat.forget(this)
    this.#close?.(reason)
  }
}
