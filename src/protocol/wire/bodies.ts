/**
 * Bodies of the committed chain, one height after the other, as they were encoded by their authors. Neither side
 * looks into them: whoever gives them sends pieces of its records, and whoever asked has pieces of the answer, to be
 * compared with headers that are proven.
 */
import { assert } from '../../base/assert.ts'
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import { bodyBytesMax } from '../block/body.ts'
import { answerBytesMax } from './requests.ts'
import { decodeServed, encodeServed, readWithin, type Served } from './served.ts'

/** Bodies in one answer. */
export const bodiesMax = 1_024

/** All bodies of an answer, framing included. More than any single one; the rest is for what comes before them. */
export const bodiesBytesMax = answerBytesMax - 4_096

/** What a body takes in an answer beside its own bytes: its length (u32). */
export const bodyFramingBytes = 4

/**
 * Asks for bodies in ascending height. The answer is the longest run that is there from the first on and fits into
 * `bytesMax`, framing included; the first is given whatever its size.
 */
export interface BodiesRequest {
  readonly fromHeight: number
  /** 1 to {@link bodiesMax}. */
  readonly countMax: number
  /** 1 to {@link bodiesBytesMax}. */
  readonly bytesMax: number
}

/** From (u53), count (u16), bytes (u32). Asserts the bounds that a decoder checks. */
export function encodeBodiesRequest({ fromHeight, countMax, bytesMax }: BodiesRequest): Uint8Array {
  assert(countMax >= 1 && countMax <= bodiesMax, `${countMax} bodies`)
  assert(bytesMax >= 1 && bytesMax <= bodiesBytesMax, `${bytesMax} bytes of bodies`)
  return new Writer(14).u53(fromHeight).u16(countMax).u32(bytesMax).finish()
}

export function decodeBodiesRequest(bytes: Uint8Array): Result<BodiesRequest, CodecFault> {
  return decodeWith(bytes, 'bodiesRequest', (reader) => ({
    fromHeight: reader.u53('bodiesRequest.fromHeight'),
    countMax: readWithin(reader, 'bodiesRequest.countMax', 'u16', bodiesMax),
    bytesMax: readWithin(reader, 'bodiesRequest.bytesMax', 'u32', bodiesBytesMax),
  }))
}

/** Each item is an encoded body. Asserts the bounds that a decoder checks. */
export function encodeBodiesAnswer(served: Served<readonly Uint8Array[]>): Uint8Array {
  if (served.kind === 'found') requireBytes(served.value)
  const write = (writer: Writer, body: Uint8Array): void => void writer.blob(body)
  const format = { name: 'bodies', countMax: bodiesMax, framingBytes: bodyFramingBytes, write }
  return encodeServed(served, format)
}

function requireBytes(bodies: readonly Uint8Array[]): void {
  let length = 0
  for (const body of bodies) {
    assert(body.length <= bodyBytesMax, `a body of ${body.length} bytes`)
    length += bodyFramingBytes + body.length
  }
  assert(length <= bodiesBytesMax, `${length} bytes of bodies in an answer`)
}

/** Views on the answer: as many bodies and bytes as were asked for at most. Their content was not looked at. */
export function decodeBodiesAnswer(
  bytes: Uint8Array,
  { countMax, bytesMax }: BodiesRequest,
): Result<Served<readonly Uint8Array[]>, CodecFault> {
  let length = 0
  return decodeServed(bytes, 'bodiesAnswer', countMax, (reader, at) => {
    const body = readView(reader)
    length += bodyFramingBytes + body.length
    if (at > 0 && length > bytesMax) {
      const detail = `are ${length} bytes or more, ${bytesMax} were asked for`
      reader.fail('too-long', 'bodiesAnswer.bodies', detail)
    }
    return body
  })
}

function readView(reader: Reader): Uint8Array {
  const length = reader.u32('bodiesAnswer.body')
  if (length > bodyBytesMax) {
    const detail = `is ${length} bytes, ${bodyBytesMax} are allowed`
    reader.fail('too-long', 'bodiesAnswer.body', detail)
  }
  return reader.view('bodiesAnswer.body', length)
}
