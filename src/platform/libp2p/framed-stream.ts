/**
 * Frames on a libp2p stream: a tag, the length of the body (four bytes, little-endian), the body. A
 * stream carries one exchange at a time, request then answer, and is used again for the next.
 *
 * The length is read before the body, so that nothing is buffered for a peer beyond what is allowed.
 */
import type { Stream } from '@libp2p/interface'
import { type ByteStream, byteStream } from '@libp2p/utils'
import { concatBytes } from '../../base/bytes.ts'

const headerBytes = 5
/** What a peer may send ahead of being read: one frame. */
const slackBytes = 64

/** What leaves in one go of a frame that is sent slowly. */
export const pieceBytes = 65_536

/** What a frame is. An answer that would have been too large is said to be so. */
export const frameTags = { request: 0, answered: 1, refused: 2, tooLarge: 3 } as const

export interface Frame {
  readonly tag: number
  readonly body: Uint8Array
}

/** Bytes of a body that is read, and of one that is written. */
export interface FrameLimits {
  readonly readMax: number
  readonly writeMax: number
}

/** How long to wait for a frame: until the signal, or, once its header has come, for so long. */
export interface ReadLimits {
  readonly signal?: AbortSignal
  readonly bodyMsMax?: number
  /** Told of bytes of the body as they come in. */
  readonly heard?: (bytes: number) => void
}

/** A stream of frames. Reading and writing reject or throw when the stream has ended. */
export class FramedStream {
  readonly #stream: Stream
  readonly #bytes: ByteStream<Stream>
  readonly #bodyBytesMax: number
  /** Bytes of the frame that is being read, its header included. */
  #incoming = 0
  #heard: ((bytes: number) => void) | undefined

  constructor(stream: Stream, { readMax, writeMax }: FrameLimits) {
    this.#stream = stream
    this.#bodyBytesMax = readMax
    const framing = headerBytes + slackBytes
    // A peer that asks on and on and never reads its answers is cut off after one of them.
    stream.maxWriteBufferLength = framing + writeMax
    this.#bytes = byteStream(stream, { maxBufferSize: framing + readMax })
    stream.addEventListener('message', ({ data }) => this.#hear(data.byteLength))
  }

  /** Whether another exchange can begin. */
  get isOpen(): boolean {
    const { status, writeStatus, remoteWriteStatus } = this.#stream
    return status === 'open' && writeStatus === 'writable' && remoteWriteStatus === 'writable'
  }

  /** Queues a frame, as one piece: two would be encrypted and framed apart. */
  send(tag: number, body: Uint8Array): void {
    this.#stream.send(concatBytes(headerOf(tag, body.length), body))
  }

  /**
   * Sends a frame in pieces, each when the one before has left this stream: so what other streams of the connection
   * have to say gets between them. False if the peer did not take all of it within so long.
   */
  async sendSlowly(tag: number, body: Uint8Array, msMax: number): Promise<boolean> {
    const endMs = performance.now() + msMax
    for (let at = 0; at < body.length || at === 0; at += pieceBytes) {
      const piece = body.subarray(at, at + pieceBytes)
      if (!this.isOpen) return false
      this.#stream.send(at === 0 ? concatBytes(headerOf(tag, body.length), piece) : piece)
      if (!(await this.flushed(Math.max(0, endMs - performance.now())))) return false
    }
    return true
  }

  /** Resolves when what was queued has left this node, or never will, or after so long. True if it has left. */
  async flushed(msMax: number): Promise<boolean> {
    const stream = this.#stream
    if (stream.writeBufferLength === 0) return true
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timeout)
        stream.removeEventListener('idle', end)
        stream.removeEventListener('close', end)
        resolve()
      }
      const timeout = setTimeout(end, msMax)
      stream.addEventListener('idle', end)
      stream.addEventListener('close', end)
    })
    return stream.status === 'open' && stream.writeBufferLength === 0
  }

  /** The next frame; undefined if its body is larger than allowed: then the stream is of no more use. */
  async read(limits: ReadLimits): Promise<Frame | undefined> {
    this.#incoming = 0
    this.#heard = limits.heard
    try {
      return await this.#read(limits)
    } finally {
      this.#heard = undefined
    }
  }

  async #read({ signal, bodyMsMax }: ReadLimits): Promise<Frame | undefined> {
    const header = await this.#take(headerBytes, signal)
    const length = new DataView(header.buffer).getUint32(1, true)
    if (length > this.#bodyBytesMax) return undefined
    const tag = header[0] ?? 0
    if (length === 0) return { tag, body: new Uint8Array() }
    if (bodyMsMax === undefined) return { tag, body: await this.#take(length, signal) }
    const controller = new AbortController()
    const timeout = setTimeout(() => controller.abort(), bodyMsMax)
    try {
      return { tag, body: await this.#take(length, controller.signal) }
    } finally {
      clearTimeout(timeout)
    }
  }

  abort(reason: string): void {
    this.#stream.abort(new Error(reason))
  }

  #hear(bytes: number): void {
    const before = Math.max(0, this.#incoming - headerBytes)
    this.#incoming += bytes
    const more = Math.max(0, this.#incoming - headerBytes) - before
    if (more > 0) this.#heard?.(more)
  }

  async #take(bytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const list = await this.#bytes.read(signal === undefined ? { bytes } : { bytes, signal })
    // A copy in one piece, so that the network's own buffers can go.
    const whole = new Uint8Array(bytes)
    let at = 0
    for (const part of list) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
}

function headerOf(tag: number, length: number): Uint8Array {
  const header = new Uint8Array(headerBytes)
  header[0] = tag
  new DataView(header.buffer).setUint32(1, length, true)
  return header
}
