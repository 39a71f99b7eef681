/**
 * Reads the fields of a value that came from outside as an object, such as a service's answer. As
 * with `Reader` of base/codec.ts, the first fault sticks, later reads return a zero value, and the
 * caller asks once, at the end; so a decoder is a straight list of fields.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import { type Hash, zeroHash } from '../hash.ts'

/** How much a list of byte strings may hold. */
interface ListLimits {
  readonly countMax: number
  /** Of all byte strings together. */
  readonly bytesMax: number
}

/** How the objects of a list are read, each of them once: they do not change. */
export interface ObjectReading<Value extends object> {
  readonly read: (reader: FieldReader) => Value
  /** What was read without a fault, by the object that it was read from. */
  readonly known: WeakMap<object, Value>
}

const noFields: { readonly [name: string]: unknown } = {}

export class FieldReader {
  readonly #fields: { readonly [name: string]: unknown }
  #fault: string | undefined

  constructor(value: unknown) {
    if (isObject(value)) this.#fields = value
    else {
      this.#fields = noFields
      this.#fault = 'is not an object'
    }
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined
  }

  /** The field as it is, for a reader of its own. */
  raw(name: string): unknown {
    return this.#fields[name]
  }

  /** 64 lower-case hexadecimal digits. */
  hash(name: string): Hash {
    const value = this.#fields[name]
    return typeof value === 'string' && isHash(value) ? value : this.#fail(name, 'a hash', zeroHash)
  }

  /** A whole number from 0 to 2^53 - 1. */
  count(name: string): number {
    const value = this.#fields[name]
    const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    return isCount ? value : this.#fail(name, 'a count', 0)
  }

  /** A bigint from 0 to 2^64 - 1. */
  u64(name: string): bigint {
    const value = this.#fields[name]
    const isU64 = typeof value === 'bigint' && value >= 0n && value < 1n << 64n
    return isU64 ? value : this.#fail(name, 'a 64-bit amount', 0n)
  }

  /** From `lengthMin` to `lengthMax` bytes, not copied. */
  bytes(name: string, lengthMin: number, lengthMax: number): Uint8Array {
    const value = this.#fields[name]
    if (value instanceof Uint8Array && value.length >= lengthMin && value.length <= lengthMax) {
      return value
    }
    return this.#fail(name, `${lengthMin} to ${lengthMax} bytes`, new Uint8Array(lengthMin))
  }

  text(name: string, lengthMax: number): string {
    const value = this.#fields[name]
    const isText = typeof value === 'string' && value.length <= lengthMax
    return isText ? value : this.#fail(name, `a text of at most ${lengthMax} characters`, '')
  }

  /** One of `words`. Asserts nothing about their number, but needs one at least. */
  word<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const value = this.#fields[name]
    const word = words.find((known) => known === value)
    return word ?? this.#fail(name, `one of ${words.join(', ')}`, words[0])
  }

  /** A list of byte strings, copied as a list only. */
  byteStrings(name: string, limits: ListLimits): readonly Uint8Array[] {
    const value = this.#fields[name]
    if (!Array.isArray(value)) return this.#fail(name, 'a list', [])
    if (value.length > limits.countMax) {
      return this.#fail(name, `a list of at most ${limits.countMax}`, [])
    }
    const list: Uint8Array[] = []
    let left = limits.bytesMax
    for (const item of value) {
      if (!(item instanceof Uint8Array)) return this.#fail(name, 'a list of byte strings', [])
      left -= item.length
      list.push(item)
    }
    return left >= 0 ? list : this.#fail(name, `of at most ${limits.bytesMax} bytes`, [])
  }

  /** A list of at most `countMax` objects, each read by `read`. Its faults are reported under this name. */
  objects<Value extends object>(
    name: string,
    countMax: number,
    { read, known }: ObjectReading<Value>,
  ): readonly Value[] {
    const value = this.#fields[name]
    if (!Array.isArray(value) || value.length > countMax) {
      return this.#fail(name, `a list of at most ${countMax}`, [])
    }
    return value.map((item) => {
      const before = isObject(item) ? known.get(item) : undefined
      if (before !== undefined) return before
      const whole = this.#within(name, item, read)
      if (isObject(item) && this.#fault === undefined) known.set(item, whole)
      return whole
    })
  }

  /** What `read` makes of the object in this field. Its faults are reported under this name. */
  object<Value>(name: string, read: (reader: FieldReader) => Value): Value {
    return this.#within(name, this.#fields[name], read)
  }

  #within<Value>(name: string, field: unknown, read: (reader: FieldReader) => Value): Value {
    const inner = new FieldReader(field)
    const value = read(inner)
    if (inner.#fault !== undefined) this.#fault ??= `${name} ${inner.#fault}`
    return value
  }

  /** The value made of these fields, or what is wrong with the first that is wrong. */
  finish<Value>(value: Value): Result<Value, string> {
    return this.#fault === undefined ? ok(value) : failed(this.#fault)
  }

  #fail<Value>(name: string, wanted: string, zero: Value): Value {
    this.#fault ??= `${name} is not ${wanted}`
    return zero
  }
}

/** A pattern says the same in a line, and takes three times as long. */
function isHash(text: string): boolean {
  if (text.length !== 64) return false
  for (let i = 0; i < 64; i += 1) {
    const code = text.charCodeAt(i)
    const isDigit = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66)
    if (!isDigit) return false
  }
  return true
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
}
