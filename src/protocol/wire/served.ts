/**
 * What a peer says to a request for a part of the chain that it understood: here it is, I have other heights, or
 * not now. An answer with nothing in it is none of these, and malformed: silence about a gap has held up more
 * than one chain. None of the three is an offence.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'

export type Served<Value> =
  | { readonly kind: 'found'; readonly value: Value }
  /** Nothing of what was asked for. Heights from and to which this peer has committed blocks, both included. */
  | { readonly kind: 'unavailable'; readonly fromHeight: number; readonly toHeight: number }
  /** Too much is asked of this peer, by this one or by all. 1 to {@link retryAfterMsMax}. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number }

/** The longest pause that a peer may ask for: an hour. */
export const retryAfterMsMax = 3_600_000

/** The first byte. Never reused. */
const servedCode = { found: 1, unavailable: 2, busy: 3 } as const

const headBytes = 3

/** How items that are encoded already are put into an answer. */
interface ItemFormat {
  /** What they are called. */
  readonly name: string
  readonly countMax: number
  /** What `write` adds to the bytes of an item. */
  readonly framingBytes: number
  readonly write: (writer: Writer, item: Uint8Array) => void
}

/** What it is (u8); then the count (u16) and the items, two heights (u53), or a pause (u32). Asserts the bounds. */
export function encodeServed(
  served: Served<readonly Uint8Array[]>,
  { name, countMax, framingBytes, write }: ItemFormat,
): Uint8Array {
  if (served.kind !== 'found') return encodeNothing(served)
  const { value } = served
  assert(value.length >= 1 && value.length <= countMax, `1 to ${countMax} ${name}`)
  let length = headBytes
  for (const item of value) length += framingBytes + item.length
  return new Writer(length).u8(servedCode.found).list(value, write).finish()
}

function encodeNothing(served: Exclude<Served<unknown>, { kind: 'found' }>): Uint8Array {
  const writer = new Writer(17).u8(servedCode[served.kind])
  if (served.kind === 'busy') {
    const { retryAfterMs } = served
    assert(retryAfterMs >= 1 && retryAfterMs <= retryAfterMsMax, `a pause of ${retryAfterMs} ms`)
    return writer.u32(retryAfterMs).finish()
  }
  const { fromHeight, toHeight } = served
  assert(fromHeight <= toHeight, 'heights that ascend')
  return writer.u53(fromHeight).u53(toHeight).finish()
}

/** One item of an answer; `at` counts the items before it. */
type ReadItem<Item> = (reader: Reader, at: number) => Item

/** What a peer says, whose items, if any, are 1 to `countMax`. `field` is the name of the answer in faults. */
export function decodeServed<Item>(
  bytes: Uint8Array,
  field: string,
  countMax: number,
  read: ReadItem<Item>,
): Result<Served<readonly Item[]>, CodecFault> {
  return decodeWith(bytes, field, (reader): Served<readonly Item[]> => {
    const code = reader.u8(`${field}.kind`)
    switch (code) {
      case servedCode.found:
        return { kind: 'found', value: readItems(reader, field, countMax, read) }
      case servedCode.unavailable:
        return readUnavailable(reader, field)
      default:
        if (code !== servedCode.busy) reader.fail('unknown-kind', `${field}.kind`, `is ${code}`)
        return readBusy(reader, field)
    }
  })
}

function readItems<Item>(
  reader: Reader,
  field: string,
  countMax: number,
  read: ReadItem<Item>,
): readonly Item[] {
  let at = 0
  const items = reader.list(`${field}.count`, countMax, () => {
    at += 1
    return read(reader, at - 1)
  })
  if (items.length === 0) reader.fail('out-of-range', `${field}.count`, 'is 0')
  return items
}

function readUnavailable(reader: Reader, field: string): Served<never> {
  const fromHeight = reader.u53(`${field}.fromHeight`)
  const toHeight = reader.u53(`${field}.toHeight`)
  if (toHeight < fromHeight) {
    reader.fail('out-of-range', `${field}.toHeight`, `is ${toHeight}, below ${fromHeight}`)
  }
  return { kind: 'unavailable', fromHeight, toHeight }
}

function readBusy(reader: Reader, field: string): Served<never> {
  const retryAfterMs = readWithin(reader, `${field}.retryAfterMs`, 'u32', retryAfterMsMax)
  return { kind: 'busy', retryAfterMs }
}

/** A number from 1 to `max`. */
export function readWithin(
  reader: Reader,
  field: string,
  width: 'u16' | 'u32',
  max: number,
): number {
  const value = reader[width](field)
  if (value < 1 || value > max) {
    reader.fail('out-of-range', field, `is ${value}, 1 to ${max} are allowed`)
  }
  return value
}
