/**
 * Little-endian reading and writing of bounded binary formats. A reader never throws and never reads
 * past its end: the first fault sticks, every later read returns a zero value, and the caller asks
 * once, at the end. So a decoder is a straight list of fields.
 *
 * Does not know any format; whoever uses it states the bounds.
 */
import { assert } from './assert.ts'

/** Why bytes are not what they claim to be. `field` names the part that was being read. */
export interface CodecFault {
  readonly code: 'too-short' | 'too-long' | 'out-of-range' | 'not-canonical' | 'unknown-kind'
  readonly field: string
  readonly detail: string
}

const safeHigh = 0x1f_ffff

/** Reads fields in order from `bytes`, which it does not copy: returned byte fields are copies. */
export class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  #fault: CodecFault | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get fault(): CodecFault | undefined {
    return this.#fault
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Records a fault found by the caller. The first one wins. */
  fail(code: CodecFault['code'], field: string, detail: string): void {
    this.#fault ??= { code, field, detail }
  }

  u8(field: string): number {
    return this.#take(field, 1) ? this.#view.getUint8(this.#at - 1) : 0
  }

  u16(field: string): number {
    return this.#take(field, 2) ? this.#view.getUint16(this.#at - 2, true) : 0
  }

  u32(field: string): number {
    return this.#take(field, 4) ? this.#view.getUint32(this.#at - 4, true) : 0
  }

  /** A 64-bit count that must be a safe integer (below 2^53), as heights and slots are. */
  u53(field: string): number {
    if (!this.#take(field, 8)) return 0
    const low = this.#view.getUint32(this.#at - 8, true)
    const high = this.#view.getUint32(this.#at - 4, true)
    if (high > safeHigh) {
      this.fail('out-of-range', field, 'is 2^53 or more')
      return 0
    }
    return high * 0x1_0000_0000 + low
  }

  u64(field: string): bigint {
    return this.#take(field, 8) ? this.#view.getBigUint64(this.#at - 8, true) : 0n
  }

  /** A copy of the next `length` bytes. */
  bytes(field: string, length: number): Uint8Array {
    if (!this.#take(field, length)) return new Uint8Array(length <= 1_024 ? length : 0)
    return this.#bytes.slice(this.#at - length, this.#at)
  }

  /** A 32-bit length of at most `lengthMax`, then that many bytes. */
  blob(field: string, lengthMax: number): Uint8Array {
    const length = this.u32(field)
    if (length > lengthMax) {
      this.fail('too-long', field, `is ${length} bytes, ${lengthMax} are allowed`)
      return new Uint8Array(0)
    }
    return this.bytes(field, length)
  }

  /** Every remaining byte, at most `lengthMax`. */
  rest(field: string, lengthMax: number): Uint8Array {
    if (this.left <= lengthMax) return this.bytes(field, this.left)
    this.fail('too-long', field, `is ${this.left} bytes, ${lengthMax} are allowed`)
    return new Uint8Array(0)
  }

  /** The fault that makes these bytes unreadable, which unread bytes are too; undefined if all is well. */
  finish(what: string): CodecFault | undefined {
    if (this.left > 0) this.fail('too-long', what, `has ${this.left} bytes after its end`)
    return this.#fault
  }

  #take(field: string, length: number): boolean {
    if (this.#fault !== undefined) return false
    if (this.left < length) {
      this.fail('too-short', field, `needs ${length} bytes, ${this.left} are left`)
      return false
    }
    this.#at += length
    return true
  }
}

/** Writes fields in order. It grows as needed; its user is the one who knows the bounds. */
export class Writer {
  #bytes: Uint8Array
  #view: DataView
  #at = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  u8(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, `a byte, not ${value}`)
    this.#view.setUint8(this.#reserve(1), value)
    return this
  }

  u16(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, `16 bits, not ${value}`)
    this.#view.setUint16(this.#reserve(2), value, true)
    return this
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, `32 bits, not ${value}`)
    this.#view.setUint32(this.#reserve(4), value, true)
    return this
  }

  u53(value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, `a safe count, not ${value}`)
    const at = this.#reserve(8)
    this.#view.setUint32(at, value % 0x1_0000_0000, true)
    this.#view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true)
    return this
  }

  u64(value: bigint): this {
    assert(value >= 0n && value < 1n << 64n, `64 bits, not ${value}`)
    this.#view.setBigUint64(this.#reserve(8), value, true)
    return this
  }

  bytes(value: Uint8Array): this {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
    return this
  }

  /** A 32-bit length, then the bytes. */
  blob(value: Uint8Array): this {
    return this.u32(value.length).bytes(value)
  }

  /** What was written so far, as a copy. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }

  #reserve(length: number): number {
    const at = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return at
  }
}
