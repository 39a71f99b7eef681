/**
 * How fast peers may gossip. Gossipsub weighs messages and knows no bytes: frames that cannot be read, that repeat what
 * was seen, or that come from somebody who is not heard any more cost nothing but the reading of them, for ever. So
 * whoever sends more than it could have to say is read more slowly, by bytes and by frames; Yamux then makes it wait.
 *
 * A frame that is too long ends the connection: gossipsub would stop reading, and leave what comes after it lying here.
 * Else nothing is dropped, and nobody is blamed.
 */
import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import { override } from './override.ts'

export interface PaceLimits {
  /** What a connection may send on end, and for a moment. */
  readonly bytesPerSecond: number
  readonly burstBytes: number
  /** Bytes of one frame. */
  readonly frameBytesMax: number
}

/** Looking into a frame costs as much as reading so many bytes more, however short it is. */
const frameBytes = 1_024

/** What a connection may still send without being slowed. Less than nothing: it has sent ahead. */
interface Allowance {
  bytes: number
  atMs: number
}

/** What gossipsub wants of libp2p, as far as it is of interest here. */
interface Fenced {
  readonly registrar: {
    handle(protocol: string, handler: StreamHandler, options?: object): Promise<void>
  }
}

/** Parts of libp2p whose handlers of streams are slowed. `nowMs` is monotonic. */
export function paced<Parts extends Fenced>(
  parts: Parts,
  limits: PaceLimits,
  nowMs: () => number,
): Parts {
  const { registrar } = parts
  const allowances = new WeakMap<Connection, Allowance>()
  const handle: Fenced['registrar']['handle'] = (protocol, handler, options) => {
    const slowed: StreamHandler = (stream, connection) => {
      const allowance = allowances.get(connection) ?? { bytes: limits.burstBytes, atMs: nowMs() }
      allowances.set(connection, allowance)
      const onTooLong = (): void => connection.abort(new Error('a frame is too long'))
      const handled = handler(stream, connection)
      // What comes in before anybody listens waits for the first who does, and that must not be us.
      const begin = (): void => {
        if (stream.listenerCount('message') > 0)
          slow(stream, allowance, limits, { nowMs, onTooLong })
        else if (stream.status === 'open') setImmediate(begin)
      }
      begin()
      return handled
    }
    return registrar.handle(protocol, slowed, options)
  }
  return override(parts, { registrar: override(registrar, { handle }) } as Partial<Parts>)
}

function slow(
  stream: Stream,
  allowance: Allowance,
  { bytesPerSecond, burstBytes, frameBytesMax }: PaceLimits,
  { nowMs, onTooLong }: { readonly nowMs: () => number; readonly onTooLong: () => void },
): void {
  const frames = new FrameCounter()
  let timeout: NodeJS.Timeout | undefined
  let isResuming = false
  const rest = (): void => {
    if (allowance.bytes >= 0 || stream.readStatus !== 'readable') return
    stream.pause()
    timeout = setTimeout(goOn, (-allowance.bytes * 1_000) / bytesPerSecond)
  }
  const goOn = (): void => {
    if (stream.readStatus !== 'paused') return
    // It hands out what has come in, and then opens its window, even if it was paused meanwhile: so not until then.
    isResuming = true
    stream.resume()
    isResuming = false
    rest()
  }
  stream.addEventListener('message', ({ data }) => {
    const now = nowMs()
    const gained = ((now - allowance.atMs) * bytesPerSecond) / 1_000
    const weight = data.byteLength + frameBytes * frames.begunIn(data.subarray())
    allowance.bytes = Math.min(burstBytes, allowance.bytes + gained) - weight
    allowance.atMs = now
    if (frames.lengthMax > frameBytesMax) onTooLong()
    else if (!isResuming) rest()
  })
  stream.addEventListener('close', () => clearTimeout(timeout), { once: true })
}

/** Counts frames, each of which is its length (a varint) and so many bytes, in the pieces in which they come. */
class FrameCounter {
  /** Bytes of the frame that is under way. */
  #left = 0
  #length = 0
  #factor = 1
  /** The longest so far. */
  lengthMax = 0

  /** How many frames begin in this piece, so that their length is known. */
  begunIn(piece: Uint8Array): number {
    let [at, begun] = [0, 0]
    while (at < piece.length) {
      const skipped = Math.min(this.#left, piece.length - at)
      at += skipped
      this.#left -= skipped
      if (at >= piece.length) break
      const byte = piece[at] ?? 0
      at += 1
      this.#length += (byte & 0x7f) * this.#factor
      this.#factor *= 128
      if (byte >= 0x80) continue
      begun += 1
      this.#left = this.#length
      this.lengthMax = Math.max(this.lengthMax, this.#length)
      this.#length = 0
      this.#factor = 1
    }
    return begun
  }
}
