/**
 * Frames on a libp2p stream: a tag, the length of the body (four bytes, little-endian), the body. A
 * stream carries one exchange at a time, request then answer, and is used again for the next.
 *
 * The length is read before the body, so that nothing is buffered for a peer beyond what is allowed.
 */
import type { Stream } from '@libp2p/interface'
import { type ByteStream, byteStream } from '@libp2p/utils'

const headerBytes = 5
/** What a peer may send ahead of being read: one frame. */
const slackBytes = 64

/** What a frame is. An answer that would have been too large is said to be so. */
export const frameTags = { request: 0, answered: 1, refused: 2, tooLarge: 3 } as const

export interface Frame {
  readonly tag: number
  readonly body: Uint8Array
}

/** A stream of frames. Reading and writing reject or throw when the stream has ended. */
export class FramedStream {
  readonly #stream: Stream
  readonly #bytes: ByteStream<Stream>
  readonly #bodyBytesMax: number

  constructor(stream: Stream, bodyBytesMax: number) {
    this.#stream = stream
    this.#bodyBytesMax = bodyBytesMax
    const bytesMax = headerBytes + bodyBytesMax + slackBytes
    // A peer that asks on and on and never reads its answers is cut off after one of them.
    stream.maxWriteBufferLength = bytesMax
    this.#bytes = byteStream(stream, { maxBufferSize: bytesMax })
  }

  /** Whether another exchange can begin. */
  get isOpen(): boolean {
    const { status, writeStatus, remoteWriteStatus } = this.#stream
    return status === 'open' && writeStatus === 'writable' && remoteWriteStatus === 'writable'
  }

  /** Queues a frame. It is not copied, and must not change. */
  send(tag: number, body: Uint8Array): void {
    const header = new Uint8Array(headerBytes)
    header[0] = tag
    new DataView(header.buffer).setUint32(1, body.length, true)
    this.#stream.send(header)
    if (body.length > 0) this.#stream.send(body)
  }

  /**
   * The next frame; undefined if its body is larger than allowed, after which the stream is of no use.
   * Once the header has come, the body must follow within `bodyMsMax`.
   */
  async read(bodyMsMax: number, signal?: AbortSignal): Promise<Frame | undefined> {
    const header = await this.#take(headerBytes, signal)
    const length = new DataView(header.buffer).getUint32(1, true)
    if (length > this.#bodyBytesMax) return undefined
    const tag = header[0] ?? 0
    if (length === 0) return { tag, body: new Uint8Array() }
    return { tag, body: await this.#take(length, signal ?? AbortSignal.timeout(bodyMsMax)) }
  }

  abort(reason: string): void {
    this.#stream.abort(new Error(reason))
  }

  async #take(bytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const list = await this.#bytes.read(signal === undefined ? { bytes } : { bytes, signal })
    // A copy in one piece, so that the network's larger buffers can go.
    return new Uint8Array(list.slice())
  }
}
