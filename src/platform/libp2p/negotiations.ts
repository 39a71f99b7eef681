/**
 * How often a peer may begin a stream. The choice of its protocol (multistream-select) costs a node a millisecond or
 * so, whether or not it speaks what is asked for, and libp2p limits only the streams that are open at once, of a
 * protocol that it knows. So each stream and each answer to what is proposed on it is paid for, and a
 * connection on which that happens beyond all measure is told of.
 */
import type { Connection, Stream, StreamMuxer } from '@libp2p/interface'
import { assert } from '../../base/assert.ts'
import type { Millis } from '../../base/units.ts'
import { Allowance, type Rate } from './allowance.ts'

export interface NegotiationHooks {
  /** Monotonic. */
  readonly nowMs: () => Millis
  /** Too many. May be told again. */
  readonly onFlood: (connection: Connection) => void
}

/** Counts what a peer begins on a connection that has just opened. */
export function countNegotiations(
  connection: Connection,
  rate: Rate,
  { nowMs, onFlood }: NegotiationHooks,
): void {
  const allowance = new Allowance(rate, nowMs())
  const pay = (): void => {
    allowance.spend(1, nowMs())
    if (allowance.owedMs(nowMs()) > 0) onFlood(connection)
  }
  muxerOf(connection).addEventListener('stream', ({ detail: stream }) => {
    pay()
    if (stream.protocol === '') countAnswers(stream, pay)
  })
}

/** Until a protocol is chosen all that is sent are answers to proposals. */
function countAnswers(stream: Stream, pay: () => void): void {
  const send = stream.send.bind(stream)
  stream.send = (data) => {
    if (stream.protocol === '') pay()
    else stream.send = send
    return send(data)
  }
}

/** The multiplexer of a connection. libp2p keeps it to itself by its type; a version that has it no more is found out with the first connection. */
export function muxerOf(connection: Connection): StreamMuxer {
  assert('muxer' in connection && isMuxer(connection.muxer), 'a connection has a multiplexer')
  return connection.muxer
}

function isMuxer(muxer: unknown): muxer is StreamMuxer {
  return muxer instanceof EventTarget && 'streams' in muxer
}
