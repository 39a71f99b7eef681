/**
 * Little-endian reading and writing of bounded binary formats. A reader never throws and never reads
 * past its end: the first fault sticks, every later read returns a zero value, and the caller asks
 * once, at the end. So a decoder is a straight list of fields.
 *
 * Every value has one encoding, and a reader refuses the others: what it accepts is encoded to the
 * same bytes again.
 *
 * Does not know any format; whoever uses it states the bounds.
 */
import { assert } from './assert.ts'
import { partToHex, storeHex } from './bytes.ts'
import { failed, ok, type Result } from './result.ts'

/** Why bytes are not what they claim to be. `field` names the part that was being read. */
export interface CodecFault {
  readonly code: 'too-short' | 'too-long' | 'out-of-range' | 'not-canonical' | 'unknown-kind'
  readonly field: string
  readonly detail: string
}

const two32 = 0x1_0000_0000
const safeHigh = 0x1f_ffff
const safeMax = BigInt(Number.MAX_SAFE_INTEGER)
const u64Max = (1n << 64n) - 1n
const nothing = new Uint8Array(0)

// Byte by byte rather than by a DataView: that would force a short array, which lives among ordinary objects,
// into a buffer of its own, at several times the price of the array.

function loadU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
}

function loadU32(bytes: Uint8Array, at: number): number {
  return (loadU16(bytes, at) | (loadU16(bytes, at + 2) << 16)) >>> 0
}

/** Stores the low 16 bits of a whole number. */
function storeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
}

/** Stores the low 32 bits of a whole number. */
function storeU32(bytes: Uint8Array, at: number, value: number): void {
  storeU16(bytes, at, value)
  storeU16(bytes, at + 2, value >>> 16)
}

/** Printable ASCII, the space included. */
function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e
}

/** Asserts a whole number from 0 to `max`. The message is made only when it is needed. */
function requireUpTo(max: number, value: number): void {
  const fits = Number.isInteger(value) && value >= 0 && value <= max
  if (!fits) assert(false, `a whole number from 0 to ${max}, not ${value}`)
}

/** Reads the whole of `bytes` with `read`. `what` is the name that bytes left over are blamed on. */
export function decodeWith<Value>(
  bytes: Uint8Array,
  what: string,
  read: (reader: Reader) => Value,
): Result<Value, CodecFault> {
  const reader = new Reader(bytes)
  const value = read(reader)
  const fault = reader.finish(what)
  return fault === undefined ? ok(value) : failed(fault)
}

/** Reads fields in order from `bytes`, which it does not copy: returned byte fields are copies. */
export class Reader {
  readonly #bytes: Uint8Array
  #at = 0
  #fault: CodecFault | undefined

  constructor(bytes: Uint8Array) {
    // Subclasses may return views where a Uint8Array copies (Node's Buffer does): see them as plain.
    this.#bytes =
      bytes.constructor === Uint8Array
        ? bytes
        : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
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
    return this.#take(field, 1) ? (this.#bytes[this.#at - 1] ?? 0) : 0
  }

  u16(field: string): number {
    return this.#take(field, 2) ? loadU16(this.#bytes, this.#at - 2) : 0
  }

  u32(field: string): number {
    return this.#take(field, 4) ? loadU32(this.#bytes, this.#at - 4) : 0
  }

  /** A 64-bit count that must be a safe integer (below 2^53), as heights and slots are. */
  u53(field: string): number {
    if (!this.#take(field, 8)) return 0
    const low = loadU32(this.#bytes, this.#at - 8)
    const high = loadU32(this.#bytes, this.#at - 4)
    if (high > safeHigh) {
      this.fail('out-of-range', field, 'is 2^53 or more')
      return 0
    }
    return high * two32 + low
  }

  u64(field: string): bigint {
    if (!this.#take(field, 8)) return 0n
    const low = loadU32(this.#bytes, this.#at - 8)
    const high = loadU32(this.#bytes, this.#at - 4)
    // Each step of a calculation with bigints makes an object; most amounts are small.
    if (high <= safeHigh) return BigInt(high * two32 + low)
    return (BigInt(high) << 32n) | BigInt(low)
  }

  /** A copy of the next `length` bytes. */
  bytes(field: string, length: number): Uint8Array {
    if (!this.#take(field, length)) return new Uint8Array(length <= 1_024 ? length : 0)
    return this.#bytes.slice(this.#at - length, this.#at)
  }

  /** As {@link bytes}, but a view: it keeps all of what is read from in memory. */
  view(field: string, length: number): Uint8Array {
    return this.#take(field, length) ? this.#bytes.subarray(this.#at - length, this.#at) : nothing
  }

  /** Steps over as many bytes as there are in `expected`; false, and no fault, if they are others. */
  isNext(field: string, expected: Uint8Array): boolean {
    const { length } = expected
    if (!this.#take(field, length)) return false
    const from = this.#at - length
    for (let i = 0; i < length; i += 1) if (this.#bytes[from + i] !== expected[i]) return false
    return true
  }

  /** Steps over `length` bytes. */
  skip(field: string, length: number): void {
    this.#take(field, length)
  }

  /** The next `length` bytes, or what is left of them, without taking them. A view, not a copy. */
  peek(length: number): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#at + length)
  }

  /** The next `length` bytes as lower-case hexadecimal. */
  hex(field: string, length: number): string {
    if (!this.#take(field, length)) return '00'.repeat(length)
    return partToHex(this.#bytes, this.#at - length, this.#at)
  }

  /** An 8-bit length from 1 to `lengthMax`, then that many characters of printable ASCII. */
  ascii(field: string, lengthMax: number): string {
    const length = this.u8(field)
    if (length < 1 || length > lengthMax) {
      this.fail('out-of-range', field, `has ${length} characters, 1 to ${lengthMax} are allowed`)
    }
    if (!this.#take(field, length)) return ''
    const codes = this.#bytes.subarray(this.#at - length, this.#at)
    if (!codes.every(isPrintable)) this.fail('out-of-range', field, 'is not printable ASCII')
    return String.fromCharCode(...codes)
  }

  /** One byte: 0 is false, 1 is true, and nothing else is allowed. */
  flag(field: string): boolean {
    const value = this.u8(field)
    if (value > 1) this.fail('not-canonical', field, `is ${value}, not 0 or 1`)
    return value === 1
  }

  /** A 16-bit count of at most `countMax`, then that many items. Stops at the first fault. */
  list<Item>(field: string, countMax: number, read: (reader: Reader) => Item): readonly Item[] {
    const count = this.u16(field)
    if (count > countMax) {
      this.fail('too-long', field, `has ${count} items, ${countMax} are allowed`)
    }
    const items: Item[] = []
    while (items.length < count && this.#fault === undefined) items.push(read(this))
    return items
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

  /** As {@link blob}, but a view: it keeps all of what is read from in memory. */
  blobView(field: string, lengthMax: number): Uint8Array {
    const length = this.u32(field)
    if (length <= lengthMax) return this.view(field, length)
    this.fail('too-long', field, `is ${length} bytes, ${lengthMax} are allowed`)
    return nothing
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
  #at = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  u8(value: number): this {
    requireUpTo(0xff, value)
    const at = this.#reserve(1)
    this.#bytes[at] = value
    return this
  }

  u16(value: number): this {
    requireUpTo(0xffff, value)
    const at = this.#reserve(2)
    storeU16(this.#bytes, at, value)
    return this
  }

  u32(value: number): this {
    requireUpTo(0xffff_ffff, value)
    const at = this.#reserve(4)
    storeU32(this.#bytes, at, value)
    return this
  }

  u53(value: number): this {
    requireUpTo(Number.MAX_SAFE_INTEGER, value)
    const at = this.#reserve(8)
    storeU32(this.#bytes, at, value % two32)
    storeU32(this.#bytes, at + 4, Math.floor(value / two32))
    return this
  }

  u64(value: bigint): this {
    if (value >= 0n && value <= safeMax) return this.u53(Number(value))
    const fits = value >= 0n && value <= u64Max
    if (!fits) assert(false, `64 bits, not ${value}`)
    const at = this.#reserve(8)
    storeU32(this.#bytes, at, Number(value & 0xffff_ffffn))
    storeU32(this.#bytes, at + 4, Number(value >> 32n))
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

  /** The bytes that this hexadecimal text stands for. Asserts that it is lower-case and even. */
  hex(text: string): this {
    assert(text.length % 2 === 0, 'two digits a byte')
    const at = this.#reserve(text.length / 2)
    assert(storeHex(text, this.#bytes, at), 'lower-case hexadecimal')
    return this
  }

  /** An 8-bit length, then the characters. Asserts 1 to 255 characters of printable ASCII. */
  ascii(text: string): this {
    assert(text.length >= 1, 'a text that is not empty')
    this.u8(text.length)
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i)
      assert(isPrintable(code), 'printable ASCII')
      this.u8(code)
    }
    return this
  }

  /** One byte, 0 or 1. */
  flag(value: boolean): this {
    return this.u8(value ? 1 : 0)
  }

  /** A 16-bit count, then the items. */
  list<Item>(items: readonly Item[], write: (writer: this, item: Item) => void): this {
    this.u16(items.length)
    for (const item of items) write(this, item)
    return this
  }

  /** What was written so far. The writer is empty afterwards, so no copy is made of a full buffer. */
  finish(): Uint8Array {
    const written = this.#at === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#at)
    this.#bytes = nothing
    this.#at = 0
    return written
  }

  /** Makes room and returns where it begins. May replace the buffer: look at it only afterwards. */
  #reserve(length: number): number {
    const at = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2, 64))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    return at
  }
}
