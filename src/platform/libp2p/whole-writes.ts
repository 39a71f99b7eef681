/**
 * What an encrypter hands to the transport at once is written in few pieces.
 *
 * Noise sends each message as a length of two bytes and a body, and TCP writes each buffer by itself: a call of the
 * system and, without Nagle's algorithm, a packet for the two bytes alone. Copying is cheaper by far.
 */
import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'
import { present } from '../../base/assert.ts'

/** Room for a message of Noise and its length; larger pieces would have to be copied for nothing. */
const pieceBytesMax = 65_537

type Sent = Parameters<MessageStream['send']>[0]
type MakeEncrypter<Parts> = (parts: Parts) => ConnectionEncrypter

/** The same encrypter, on connections that join what they are handed at once. */
export function wholeWrites<Parts>(make: MakeEncrypter<Parts>): MakeEncrypter<Parts> {
  return (parts) => {
    const encrypter = make(parts)
    const secureInbound = encrypter.secureInbound.bind(encrypter)
    const secureOutbound = encrypter.secureOutbound.bind(encrypter)
    encrypter.secureInbound = (connection, options) => secureInbound(joining(connection), options)
    encrypter.secureOutbound = (connection, options) => secureOutbound(joining(connection), options)
    return encrypter
  }
}

function joining(connection: MessageStream): MessageStream {
  const send = connection.send.bind(connection)
  connection.send = (data) => joinedPieces(data).reduce((_, piece) => send(piece), true)
  return connection
}

/** The same bytes in order, neighbours joined as long as they fit into a piece. */
export function joinedPieces(data: Sent): readonly Uint8Array[] {
  if (data instanceof Uint8Array) return [data]
  const pieces: Uint8Array[] = []
  let parts: Uint8Array[] = []
  let length = 0
  for (const part of data) {
    if (length + part.length > pieceBytesMax && length > 0) {
      pieces.push(joined(parts))
      parts = []
      length = 0
    }
    parts.push(part)
    length += part.length
  }
  if (length > 0) pieces.push(joined(parts))
  return pieces
}

/** One piece of all these; one alone is not copied. Asserts that there is one. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const first = present(parts[0], 'a part of a piece')
  return parts.length === 1 ? first : Buffer.concat(parts)
}
