/**
 * Bytes on the wire, of each connection from the end of its handshake on: what libp2p puts on the socket, encryption
 * and multiplexing included. Of QUIC, which has both below libp2p, what its streams carry.
 */
import type { MessageStream } from '@libp2p/interface'
import type { Carried, PeerId } from '../../kernel/environment.ts'
import { nativeMuxerOf } from './native-muxers.ts'

type Line = Pick<MessageStream, 'addEventListener' | 'send'>

interface Count {
  inBytes: number
  outBytes: number
}

export class Meter {
  readonly #total: Count = { inBytes: 0, outBytes: 0 }
  readonly #peers = new Map<PeerId, Count>()

  /** Counts what goes over a connection from now on. */
  watch(peer: PeerId, line: Line): void {
    const count = this.#peers.get(peer) ?? { inBytes: 0, outBytes: 0 }
    this.#peers.set(peer, count)
    const muxer = nativeMuxerOf(line)
    if (muxer === undefined) return this.#count(count, line)
    for (const stream of muxer.streams) this.#count(count, stream)
    muxer.addEventListener('stream', ({ detail }) => this.#count(count, detail))
    const createStream = muxer.createStream.bind(muxer)
    muxer.createStream = async (options) => {
      const stream = await createStream(options)
      this.#count(count, stream)
      return stream
    }
  }

  #count(count: Count, line: Line): void {
    line.addEventListener('message', ({ data }) => {
      count.inBytes += data.byteLength
      this.#total.inBytes += data.byteLength
    })
    const send = line.send.bind(line)
    line.send = (data) => {
      count.outBytes += data.byteLength
      this.#total.outBytes += data.byteLength
      return send(data)
    }
  }

  /** The last connection of a peer is gone. */
  forget(peer: PeerId): void {
    this.#peers.delete(peer)
  }

  /** Of everybody, those that are gone included. A copy. */
  total(): Carried {
    return { ...this.#total }
  }

  /** Over the connections of a peer; nothing if there are none. */
  of(peer: PeerId): Carried {
    return { ...(this.#peers.get(peer) ?? { inBytes: 0, outBytes: 0 }) }
  }
}
