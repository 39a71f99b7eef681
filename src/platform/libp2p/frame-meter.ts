/**
 * What frames of gossipsub are made of, counted as they come in, in whatever pieces: by the outline of the protobuf
 * alone, without decoding any of it. What cannot be read is skipped to the end of its frame.
 *
 * A frame is its length (a varint) and an RPC (libp2p/specs, pubsub/gossipsub): messages are its fields 2, and field 3 is
 * control, in which IHAVE is field 1 and IWANT field 2.
 */

const controlField = 3
const ihaveField = 1
const iwantField = 2
/** Bytes of the longest varint that protobuf has. */
const varintBytesMax = 10

type Expected = 'frame' | 'key' | 'length' | 'number'

export class FrameMeter {
  /** Frames, and fields of frames and of their control: about what there is to look into. */
  parts = 0
  /** IHAVE and IWANT. */
  asks = 0
  /** Bytes of the longest frame so far, its length not included. */
  lengthMax = 0

  #expected: Expected = 'frame'
  /** Where in the stream this is, where the frame ends and the control in it, and up to where there is nothing to see. */
  #at = 0
  #frameEnd = 0
  #controlEnd = 0
  #skipEnd = 0
  /** The varint that is being read. */
  #value = 0
  #factor = 1
  #digits = 0
  #field = 0

  /** Reads on in a piece until so many parts have begun or it ends. Returns where it has stopped. */
  read(piece: Uint8Array, from: number, partsMax: number): number {
    const lastPart = this.parts + partsMax
    let at = from
    while (at < piece.length && this.parts < lastPart) {
      const skipped = Math.min(this.#skipEnd - this.#at, piece.length - at)
      if (skipped > 0) {
        at += skipped
        this.#at += skipped
      } else {
        this.#digit(piece[at] ?? 0)
        at += 1
        this.#at += 1
      }
      this.#closeWhatIsOver()
    }
    return at
  }

  #digit(byte: number): void {
    this.#value += (byte & 0x7f) * this.#factor
    this.#factor *= 128
    this.#digits += 1
    if (byte >= 0x80) {
      if (this.#digits >= varintBytesMax) this.#skip(Number.MAX_SAFE_INTEGER)
      return
    }
    const value = this.#value
    this.#forgetDigits()
    this.#number(value, this.#at + 1)
  }

  /** A varint has been read, which ends at `end`. */
  #number(value: number, end: number): void {
    switch (this.#expected) {
      case 'frame':
        this.parts += 1
        this.lengthMax = Math.max(this.lengthMax, value)
        this.#frameEnd = end + value
        this.#expected = 'key'
        return
      case 'key':
        return this.#key(value, end)
      case 'length':
        this.#expected = 'key'
        if (this.#controlEnd === 0 && this.#field === controlField) this.#controlEnd = end + value
        else this.#skip(end + value)
        return
      case 'number':
        this.#expected = 'key'
    }
  }

  #key(value: number, end: number): void {
    this.parts += 1
    this.#field = Math.floor(value / 8)
    const isAsk = this.#field === ihaveField || this.#field === iwantField
    if (this.#controlEnd > 0 && isAsk) this.asks += 1
    switch (value % 8) {
      case 0:
        this.#expected = 'number'
        return
      case 1:
        return this.#skip(end + 8)
      case 2:
        this.#expected = 'length'
        return
      case 5:
        return this.#skip(end + 4)
      default:
        return this.#skip(Number.MAX_SAFE_INTEGER)
    }
  }

  /** Nothing is of interest up to there, or up to the end of the frame. */
  #skip(end: number): void {
    this.#skipEnd = this.#expected === 'frame' ? end : Math.min(end, this.#frameEnd)
  }

  #closeWhatIsOver(): void {
    if (this.#controlEnd > 0 && this.#at >= this.#controlEnd) this.#controlEnd = 0
    if (this.#expected === 'frame' || this.#at < this.#frameEnd) return
    this.#expected = 'frame'
    this.#controlEnd = 0
    this.#forgetDigits()
  }

  #forgetDigits(): void {
    this.#value = 0
    this.#factor = 1
    this.#digits = 0
  }
}
