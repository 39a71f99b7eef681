/**
 * How fast peers may gossip. Gossipsub weighs messages and knows neither bytes nor frames: those that cannot be read,
 * that repeat what was seen, or that come from somebody who is not heard any more cost nothing but the reading of them, for
 * ever. So whoever sends more than it could have to say is read more slowly, by bytes and by what they are made of;
 * Yamux then makes it wait. And never is so much handed out at once that anything else would have to wait for long.
 *
 * A frame that is too long ends the connection: gossipsub would stop reading, and leave what comes after it lying here.
 * Who offers and asks for messages (IHAVE, IWANT) as nobody does who follows the protocol is told of: gossipsub
 * would no longer answer, and go on reading. Else nothing is dropped, and nobody is blamed.
 */
import {
  type Connection,
  type Stream,
  type StreamHandler,
  StreamMessageEvent,
} from '@libp2p/interface'
import type { Millis } from '../../base/units.ts'
import { Allowance, type Rate } from './allowance.ts'
import { FrameMeter } from './frame-meter.ts'
import { override } from './override.ts'

/** What a connection may send. */
export interface PaceLimits {
  readonly bytes: Rate
  /** Frames and their fields: a message costs as much to look into as some hundred bytes, however short it is. */
  readonly parts: Rate
  /** IHAVE and IWANT. */
  readonly asks: Rate
  /** Parts that are handed out before anything else has its turn. */
  readonly partsPerTurnMax: number
  /** Bytes of one frame. */
  readonly frameBytesMax: number
}

export interface PaceHooks {
  /** Monotonic. */
  readonly nowMs: () => Millis
  /** Somebody asks beyond all measure. May be told again. */
  readonly onFlood: (connection: Connection) => void
}

/** What gossipsub wants of libp2p, as far as it is of interest here. */
interface Fenced {
  readonly registrar: {
    handle(protocol: string, handler: StreamHandler, options?: object): Promise<void>
  }
}

/** Parts of libp2p whose handlers of streams are slowed. */
export function paced<Parts extends Fenced>(
  parts: Parts,
  limits: PaceLimits,
  hooks: PaceHooks,
): Parts {
  const { registrar } = parts
  const purses = new WeakMap<Connection, Purse>()
  const handle: Fenced['registrar']['handle'] = (protocol, handler, options) => {
    const slowed: StreamHandler = (stream, connection) => {
      const purse = purses.get(connection) ?? new Purse(connection, limits, hooks)
      purses.set(connection, purse)
      return handler(heardInPace(stream, purse), connection)
    }
    return registrar.handle(protocol, slowed, options)
  }
  return override(parts, { registrar: override(registrar, { handle }) } as Partial<Parts>)
}

/** The same stream, of which whoever listens is told what comes in at the pace of a purse. */
function heardInPace(stream: Stream, purse: Purse): Stream {
  const readings = new Map<unknown, Reading>()
  const listen = (type: string, listener: unknown, options?: object): void => {
    if (type !== 'message' || typeof listener !== 'function') {
      return Reflect.apply(stream.addEventListener, stream, [type, listener, options])
    }
    const hear = (piece: Uint8Array): void => void listener(new StreamMessageEvent(piece))
    readings.set(listener, new Reading(stream, purse, hear))
  }
  const hearNoMore = (type: string, listener: unknown): void => {
    readings.get(listener)?.end()
    if (!readings.delete(listener)) {
      Reflect.apply(stream.removeEventListener, stream, [type, listener])
    }
  }
  return override(stream, { addEventListener: listen, removeEventListener: hearNoMore })
}

/** What all streams of one connection may spend. */
class Purse {
  readonly limits: PaceLimits
  readonly #connection: Connection
  readonly #hooks: PaceHooks
  readonly #bytes: Allowance
  readonly #parts: Allowance
  readonly #asks: Allowance

  constructor(connection: Connection, limits: PaceLimits, hooks: PaceHooks) {
    const nowMs = hooks.nowMs()
    this.limits = limits
    this.#connection = connection
    this.#hooks = hooks
    this.#bytes = new Allowance(limits.bytes, nowMs)
    this.#parts = new Allowance(limits.parts, nowMs)
    this.#asks = new Allowance(limits.asks, nowMs)
  }

  spend({
    bytes,
    parts,
    asks,
  }: {
    readonly bytes: number
    readonly parts: number
    readonly asks: number
  }): void {
    const nowMs = this.#hooks.nowMs()
    this.#bytes.spend(bytes, nowMs)
    this.#parts.spend(parts, nowMs)
    this.#asks.spend(asks, nowMs)
    if (asks > 0 && this.#asks.owedMs(nowMs) > 0) this.#hooks.onFlood(this.#connection)
  }

  owedMs(): Millis {
    const nowMs = this.#hooks.nowMs()
    return Math.max(this.#bytes.owedMs(nowMs), this.#parts.owedMs(nowMs))
  }

  frameTooLong(): void {
    this.#connection.abort(new Error('a frame is too long'))
  }
}

const nothing = new Uint8Array()

/** One stream that is read. While something is owed, or more has come in than is handed out at once, it is paused. */
class Reading {
  readonly #stream: Stream
  readonly #purse: Purse
  readonly #hear: (piece: Uint8Array) => void
  readonly #meter = new FrameMeter()
  /** What has come in, and how much of it has been handed out. */
  #held: Uint8Array = nothing
  #at = 0
  #timeout: NodeJS.Timeout | undefined
  #turn: NodeJS.Immediate | undefined
  #isResuming = false

  constructor(stream: Stream, purse: Purse, hear: (piece: Uint8Array) => void) {
    this.#stream = stream
    this.#purse = purse
    this.#hear = hear
    stream.addEventListener('message', this.#arrive)
    stream.addEventListener('close', this.#close, { once: true })
  }

  end(): void {
    this.#stream.removeEventListener('message', this.#arrive)
    this.#stream.removeEventListener('close', this.#close)
    this.#close()
  }

  readonly #close = (): void => {
    clearTimeout(this.#timeout)
    clearImmediate(this.#turn)
    this.#held = nothing
  }

  readonly #arrive = ({ data }: { readonly data: { subarray(): Uint8Array } }): void => {
    const piece = data.subarray()
    const left = this.#held.subarray(this.#at)
    this.#held = left.length === 0 ? piece : Buffer.concat([left, piece])
    this.#at = 0
    // A stream that resumes tells what has come in, and then opens its window, even if it was paused meanwhile.
    if (!this.#isResuming && this.#stream.readStatus === 'readable') this.#goOn()
  }

  readonly #goOn = (): void => {
    for (;;) {
      const owedMs = this.#purse.owedMs()
      if (owedMs > 0) return this.#rest(owedMs)
      if (this.#at < this.#held.length) {
        if (!this.#handOut()) return
        if (this.#at < this.#held.length) return this.#rest(0)
      } else if (!this.#resumed()) return
    }
  }

  /** Hands out a turn's worth. False if that was the end. */
  #handOut(): boolean {
    const { partsPerTurnMax, frameBytesMax } = this.#purse.limits
    const { parts, asks } = this.#meter
    const [from, held] = [this.#at, this.#held]
    this.#at = this.#meter.read(held, from, partsPerTurnMax)
    if (this.#meter.lengthMax > frameBytesMax) {
      this.#purse.frameTooLong()
      return false
    }
    this.#hear(held.subarray(from, this.#at))
    this.#purse.spend({
      bytes: this.#at - from,
      parts: this.#meter.parts - parts,
      asks: this.#meter.asks - asks,
    })
    return true
  }

  #rest(ms: Millis): void {
    const { readStatus } = this.#stream
    if (readStatus !== 'readable' && readStatus !== 'paused') return
    if (readStatus === 'readable') this.#stream.pause()
    if (ms > 0) this.#timeout = setTimeout(this.#goOn, ms)
    else this.#turn = setImmediate(this.#goOn)
  }

  /** Lets more come in if it was paused. Whether something has. */
  #resumed(): boolean {
    if (this.#stream.readStatus !== 'paused') return false
    this.#isResuming = true
    this.#stream.resume()
    this.#isResuming = false
    return this.#at < this.#held.length
  }
}
