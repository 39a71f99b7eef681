/**
 * Finds connections that are dead without a sign: after a failure of power, or behind a router that forgot them. One look
 * at all of them every so often, in place of libp2p's monitor, which pings each on a new stream whether or not anything
 * was heard of it. Here every byte counts as life; what was silent for long is asked by Yamux's own ping, two frames of
 * twelve bytes, which is life to both sides.
 *
 * QUIC looks after its connections by itself; they are left alone.
 */
import type { Connection, MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Millis } from '../../base/units.ts'
import { muxerOf } from './negotiations.ts'
import { override } from './override.ts'

export interface VigilTimes {
  /** From one look to the next. */
  readonly lookEveryMs: Millis
  /** Who was silent at so many looks running is asked. */
  readonly quietLooks: number
  /** And given up after so many more. */
  readonly answerLooks: number
}

/** The longest that a dead connection is held: the first look finds what was heard last, and the next may be a whole one away. */
export function noticedWithinMs({ lookEveryMs, quietLooks, answerLooks }: VigilTimes): Millis {
  return (2 + quietLooks + answerLooks) * lookEveryMs
}

/** What is known of one connection. */
interface Watch {
  /** Pieces that had been heard at the last look that found any new, and the looks since. */
  heard: number
  silentLooks: number
}

export class Vigil {
  readonly #times: VigilTimes
  readonly #heard = new WeakMap<StreamMuxer, { pieces: number }>()
  readonly #watches = new WeakMap<Connection, Watch>()

  constructor(times: VigilTimes) {
    this.#times = times
  }

  /** The same multiplexers, of which it is known whether anything is heard over them. */
  watching<Parts>(
    make: (parts: Parts) => StreamMuxerFactory,
  ): (parts: Parts) => StreamMuxerFactory {
    return (parts) => {
      const factory = make(parts)
      return override(factory, { createStreamMuxer: (line) => this.#watched(factory, line) })
    }
  }

  /**
   * Looks at these, asks who is silent, and breaks off what is dead. Looks are counted and not the time between them:
   * after a pause of this process nothing has been read yet.
   */
  look(connections: readonly Connection[]): void {
    for (const connection of connections) this.#lookAt(connection)
  }

  #watched(factory: StreamMuxerFactory, line: MessageStream): StreamMuxer {
    const count = { pieces: 0 }
    line.addEventListener('message', () => {
      count.pieces += 1
    })
    const muxer = factory.createStreamMuxer(line)
    this.#heard.set(muxer, count)
    return muxer
  }

  #lookAt(connection: Connection): void {
    const muxer = muxerOf(connection)
    const heard = this.#heard.get(muxer)?.pieces
    if (heard === undefined) return
    const watch = this.#watches.get(connection)
    if (watch === undefined || watch.heard !== heard) {
      this.#watches.set(connection, { heard, silentLooks: 0 })
      return
    }
    const { quietLooks, answerLooks } = this.#times
    watch.silentLooks += 1
    if (watch.silentLooks === quietLooks) ask(muxer)
    if (watch.silentLooks < quietLooks + answerLooks) return
    connection.abort(new Error('nothing is heard'))
  }
}

/** Whatever comes back is heard as anything is. */
function ask(muxer: StreamMuxer): void {
  if (!('ping' in muxer) || typeof muxer.ping !== 'function') return
  // It rejects if the connection ends meanwhile.
  Promise.resolve(muxer.ping()).catch(() => {})
}
