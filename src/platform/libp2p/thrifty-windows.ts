/**
 * Yamux that gives back credit by the mouthful. The one of libp2p answers each frame of data with a window update of as many
 * bytes, a third or so of all frames of a node and each of them encrypted and sent by itself. Here they are
 * added up until they are worth a frame (as go-yamux does, at half a window). Whoever sends never waits for
 * what is held back, as that is far less than a window.
 *
 * It works on frames as they are on the wire (https://github.com/hashicorp/yamux/blob/master/spec.md): a header of twelve
 * bytes, in network order: version (1), type (1), flags (2), stream (4), length (4). Flags are never held back.
 */
import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface'
import { override } from './override.ts'

/** Credit that is worth a frame: a quarter of the smallest window that Yamux has. */
export const creditBytesMin: number = 64 * 1024
/** Streams whose credit is held. With more, the oldest gets what it has: most likely it is over. */
const streamsHeldMax = 512

const headerBytes = 12
const updateType = 1

type Sent = Parameters<MessageStream['send']>[0]

/** The same multiplexers, which send fewer window updates. */
export function thrifty<Parts>(
  make: (parts: Parts) => StreamMuxerFactory,
): (parts: Parts) => StreamMuxerFactory {
  return (parts) => {
    const factory = make(parts)
    return override(factory, {
      createStreamMuxer: (stream) => factory.createStreamMuxer(holdingCredit(stream)),
    })
  }
}

function holdingCredit(line: MessageStream): MessageStream {
  const send = line.send.bind(line)
  const held = new Map<number, number>()
  line.send = (data) => {
    const update = creditIn(data)
    if (update === undefined) return send(data)
    const [stream, given] = [update.getUint32(4), update.getUint32(8)]
    const credit = given + (held.get(stream) ?? 0)
    held.delete(stream)
    if (credit >= creditBytesMin) return send(windowUpdate(stream, credit))
    const [oldest] = held
    held.set(stream, credit)
    if (oldest === undefined || held.size <= streamsHeldMax) return true
    held.delete(oldest[0])
    return send(windowUpdate(...oldest))
  }
  return line
}

/** A window update without flags; undefined of any other frame. */
function creditIn(data: Sent): DataView | undefined {
  if (!(data instanceof Uint8Array) || data.length !== headerBytes) return undefined
  if (data[1] !== updateType || data[2] !== 0 || data[3] !== 0) return undefined
  return new DataView(data.buffer, data.byteOffset, headerBytes)
}

function windowUpdate(stream: number, credit: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes)
  const view = new DataView(bytes.buffer)
  view.setUint8(1, updateType)
  view.setUint32(4, stream)
  view.setUint32(8, credit)
  return bytes
}
