/** The three protocols by which the chain is downloaded: their exact bytes, and each of their bounds. */
import { describe, expect, test } from 'vitest'
import { AssertionError } from '../../../../src/base/assert.ts'
import { asciiBytes, concatBytes, toHex } from '../../../../src/base/bytes.ts'
import { bodyBytesMax } from '../../../../src/protocol/block/body.ts'
import {
  encodeSignedHeader,
  genesisHeader,
  headerHash,
  type SignedHeader,
} from '../../../../src/protocol/block/header.ts'
import { encodeCertificate } from '../../../../src/protocol/consensus/codec.ts'
import type { Certificate } from '../../../../src/protocol/consensus/vote.ts'
import {
  bodiesBytesMax,
  bodiesMax,
  decodeBodiesAnswer,
  decodeBodiesRequest,
  encodeBodiesAnswer,
  encodeBodiesRequest,
} from '../../../../src/protocol/wire/bodies.ts'
import {
  certifiedMax,
  decodeCertifiedAnswer,
  decodeCertifiedRequest,
  encodeCertifiedAnswer,
  encodeCertifiedRequest,
} from '../../../../src/protocol/wire/certified.ts'
import {
  decodeHeadersAnswer,
  decodeHeadersRequest,
  encodeHeadersAnswer,
  encodeHeadersRequest,
  headersMax,
} from '../../../../src/protocol/wire/headers.ts'
import { answerBytesMax } from '../../../../src/protocol/wire/requests.ts'
import { retryAfterMsMax } from '../../../../src/protocol/wire/served.ts'

const size = 4
const stateRoot = '12'.repeat(32)

function headerAt(height: number): SignedHeader {
  const header = { ...genesisHeader(asciiBytes('testtag1'), stateRoot), height, slot: height + 1 }
  return { header, hash: headerHash(header), signature: new Uint8Array(64).fill(3) }
}

function certificateOn({ header, hash }: SignedHeader): Certificate {
  const signature = new Uint8Array(96).fill(4)
  return { kind: 'finalise', epoch: 0, slot: header.slot, block: hash, signers: [0, 3], signature }
}

function pairAt(height: number, change: Partial<Certificate> = {}): Uint8Array {
  const signed = headerAt(height)
  const certificate = { ...certificateOn(signed), ...change }
  return concatBytes(encodeSignedHeader(signed), encodeCertificate(certificate))
}

function found(...value: readonly Uint8Array[]) {
  return { kind: 'found' as const, value }
}

function fault(code: string, field: string) {
  return { ok: false, fault: { code, field } }
}

const many = { fromHeight: 5, countMax: 256, strideHeights: 1, bytesMax: bodiesBytesMax }
const answers = [
  { what: 'certifiedAnswer', decode: (b: Uint8Array) => decodeCertifiedAnswer(b, many, size) },
  { what: 'headersAnswer', decode: (b: Uint8Array) => decodeHeadersAnswer(b, many) },
  { what: 'bodiesAnswer', decode: (b: Uint8Array) => decodeBodiesAnswer(b, many) },
]
const encoders = [encodeCertifiedAnswer, encodeHeadersAnswer, encodeBodiesAnswer]

describe('a request', () => {
  test('has these bytes', () => {
    const certified = { fromHeight: 0x0102, strideHeights: 1_024, countMax: 256 }
    expect(toHex(encodeCertifiedRequest(certified))).toBe('020100000000000000040001')
    const headers = { fromHeight: 3, countMax: 1_024 }
    expect(toHex(encodeHeadersRequest(headers))).toBe('03000000000000000004')
    const bodies = { fromHeight: 3, countMax: 1, bytesMax: bodiesBytesMax }
    expect(toHex(encodeBodiesRequest(bodies))).toBe('0300000000000000010000f01f00')
  })

  test.each([
    [{ strideHeights: 0, countMax: 1 }, 'certifiedRequest.stride'],
    [{ strideHeights: 1_025, countMax: 1 }, 'certifiedRequest.stride'],
    [{ strideHeights: 1, countMax: 0 }, 'certifiedRequest.countMax'],
    [{ strideHeights: 1, countMax: certifiedMax + 1 }, 'certifiedRequest.countMax'],
  ])('for certified headers with %o is refused', ({ strideHeights, countMax }, field) => {
    const request = { fromHeight: 1, strideHeights, countMax }
    expect(() => encodeCertifiedRequest(request)).toThrow(AssertionError)
    const bytes = encodeCertifiedRequest({ ...request, strideHeights: 1, countMax: 1 })
    new DataView(bytes.buffer).setUint16(8, strideHeights, true)
    new DataView(bytes.buffer).setUint16(10, countMax, true)
    expect(decodeCertifiedRequest(bytes)).toMatchObject(fault('out-of-range', field))
  })

  test.each([0, headersMax + 1])('for %i headers is refused', (countMax) => {
    expect(() => encodeHeadersRequest({ fromHeight: 1, countMax })).toThrow(AssertionError)
    const bytes = encodeHeadersRequest({ fromHeight: 1, countMax: 1 })
    new DataView(bytes.buffer).setUint16(8, countMax, true)
    const field = 'headersRequest.countMax'
    expect(decodeHeadersRequest(bytes)).toMatchObject(fault('out-of-range', field))
  })

  test.each([
    [0, 1, 'bodiesRequest.countMax'],
    [bodiesMax + 1, 1, 'bodiesRequest.countMax'],
    [1, 0, 'bodiesRequest.bytesMax'],
    [1, bodiesBytesMax + 1, 'bodiesRequest.bytesMax'],
  ])('for %i bodies of %i bytes is refused', (countMax, bytesMax, field) => {
    expect(() => encodeBodiesRequest({ fromHeight: 1, countMax, bytesMax })).toThrow(AssertionError)
    const bytes = encodeBodiesRequest({ fromHeight: 1, countMax: 1, bytesMax: 1 })
    new DataView(bytes.buffer).setUint16(8, countMax, true)
    new DataView(bytes.buffer).setUint32(10, bytesMax, true)
    expect(decodeBodiesRequest(bytes)).toMatchObject(fault('out-of-range', field))
  })
})

describe('an answer without what was asked for', () => {
  const unavailable = { kind: 'unavailable' as const, fromHeight: 1, toHeight: 0x0203 }
  const busy = { kind: 'busy' as const, retryAfterMs: 1_000 }

  test('has these bytes, the same by all three protocols', () => {
    for (const encode of encoders) {
      expect(toHex(encode(unavailable))).toBe('0201000000000000000302000000000000')
      expect(toHex(encode(busy))).toBe('03e8030000')
    }
    for (const { decode } of answers) {
      expect(decode(encodeHeadersAnswer(unavailable))).toEqual({ ok: true, value: unavailable })
      expect(decode(encodeHeadersAnswer(busy))).toEqual({ ok: true, value: busy })
    }
  })

  test('has heights that ascend, and a pause of a millisecond to an hour', () => {
    const wrong = { ...unavailable, fromHeight: 2, toHeight: 1 }
    expect(() => encodeBodiesAnswer(wrong)).toThrow(AssertionError)
    const pauses = [0, retryAfterMsMax + 1]
    for (const retryAfterMs of pauses) {
      expect(() => encodeBodiesAnswer({ kind: 'busy', retryAfterMs })).toThrow(AssertionError)
    }
    for (const { what, decode } of answers) {
      const swapped = Uint8Array.of(2, 2, ...new Uint8Array(7), 1, ...new Uint8Array(7))
      expect(decode(swapped)).toMatchObject(fault('out-of-range', `${what}.toHeight`))
      for (const retryAfterMs of pauses) {
        const bytes = encodeBodiesAnswer(busy)
        new DataView(bytes.buffer).setUint32(1, retryAfterMs, true)
        expect(decode(bytes)).toMatchObject(fault('out-of-range', `${what}.retryAfterMs`))
      }
    }
  })

  test('is not an empty one, nor one of another kind', () => {
    for (const encode of encoders) expect(() => encode(found())).toThrow(AssertionError)
    for (const { what, decode } of answers) {
      expect(decode(Uint8Array.of(1, 0, 0))).toMatchObject(fault('out-of-range', `${what}.count`))
      expect(decode(Uint8Array.of(0))).toMatchObject(fault('unknown-kind', `${what}.kind`))
      expect(decode(Uint8Array.of(4))).toMatchObject(fault('unknown-kind', `${what}.kind`))
      expect(decode(new Uint8Array(0))).toMatchObject(fault('too-short', `${what}.kind`))
    }
  })
})

describe('headers', () => {
  test('follow each other without a gap, from the height that was asked for', () => {
    const encoded = [5, 6].map((height) => encodeSignedHeader(headerAt(height)))
    const bytes = encodeHeadersAnswer(found(...encoded))
    expect(toHex(bytes)).toBe(`010200${encoded.map(toHex).join('')}`)
    expect(decodeHeadersAnswer(bytes, many)).toEqual({
      ok: true,
      value: { kind: 'found', value: [headerAt(5), headerAt(6)] },
    })
    for (const heights of [[6], [5, 7], [5, 5], [4, 5]]) {
      const wrong = heights.map((height) => encodeSignedHeader(headerAt(height)))
      const decoded = decodeHeadersAnswer(encodeHeadersAnswer(found(...wrong)), many)
      expect(decoded).toMatchObject(fault('out-of-range', 'headersAnswer.height'))
    }
  })

  test('are no more than were asked for', () => {
    const encoded = [5, 6].map((height) => encodeSignedHeader(headerAt(height)))
    const decoded = decodeHeadersAnswer(encodeHeadersAnswer(found(...encoded)), {
      fromHeight: 5,
      countMax: 1,
    })
    expect(decoded).toMatchObject(fault('too-long', 'headersAnswer.count'))
  })

  test('are whole, and at most 1,024', () => {
    expect(() => encodeHeadersAnswer(found(new Uint8Array(191)))).toThrow(AssertionError)
    const all = Array.from({ length: headersMax }, () => encodeSignedHeader(headerAt(5)))
    expect(encodeHeadersAnswer(found(...all)).length).toBe(3 + 1_024 * 192)
    expect(() => encodeHeadersAnswer(found(...all, new Uint8Array(192)))).toThrow(AssertionError)
  })
})

describe('certified headers', () => {
  const request = { fromHeight: 5, strideHeights: 10, countMax: 4 }

  test('are pairs, at the stride that was asked for or above', () => {
    const pairs = [5, 17, 25].map((height) => pairAt(height))
    const bytes = encodeCertifiedAnswer(found(...pairs))
    expect(toHex(bytes)).toBe(`010300${pairs.map(toHex).join('')}`)
    const decoded = decodeCertifiedAnswer(bytes, request, size)
    const heights =
      decoded.ok && decoded.value.kind === 'found'
        ? decoded.value.value.map(({ signed }) => signed.header.height)
        : []
    expect(heights).toEqual([5, 17, 25])
    for (const wrong of [[4], [5, 14], [16, 16], [17, 15]]) {
      const answer = encodeCertifiedAnswer(found(...wrong.map((height) => pairAt(height))))
      const field = 'certifiedAnswer.height'
      expect(decodeCertifiedAnswer(answer, request, size)).toMatchObject(
        fault('out-of-range', field),
      )
    }
  })

  test.each([{ kind: 'notarise' as const }, { block: stateRoot }, { slot: 7 }])(
    'whose certificate has %o are refused',
    (change) => {
      const bytes = encodeCertifiedAnswer(found(pairAt(5, change)))
      const field = 'certified.certificate'
      expect(decodeCertifiedAnswer(bytes, request, size)).toMatchObject(
        fault('out-of-range', field),
      )
    },
  )

  test('are as many as were asked for at most', () => {
    const five = [5, 15, 25, 35, 45].map((height) => pairAt(height))
    const bytes = encodeCertifiedAnswer(found(...five))
    const field = 'certifiedAnswer.count'
    expect(decodeCertifiedAnswer(bytes, request, size)).toMatchObject(fault('too-long', field))
    const all = Array.from({ length: certifiedMax + 1 }, () => pairAt(5))
    expect(() => encodeCertifiedAnswer(found(...all))).toThrow(AssertionError)
  })
})

describe('bodies', () => {
  test('are views on the answer, each behind its length', () => {
    const bytes = encodeBodiesAnswer(found(Uint8Array.of(7, 8), Uint8Array.of(9)))
    expect(toHex(bytes)).toBe('01020002000000' + '0708' + '01000000' + '09')
    const decoded = decodeBodiesAnswer(bytes, many)
    const bodies = decoded.ok && decoded.value.kind === 'found' ? decoded.value.value : []
    expect(bodies.map(toHex)).toEqual(['0708', '09'])
    expect(bodies.every(({ buffer }) => buffer === bytes.buffer)).toBe(true)
  })

  test('fit into the bytes that were asked for, but for a first one', () => {
    const two = encodeBodiesAnswer(found(new Uint8Array(50), new Uint8Array(50)))
    const request = { ...many, bytesMax: 108 }
    expect(decodeBodiesAnswer(two, request).ok).toBe(true)
    const field = 'bodiesAnswer.bodies'
    const less = { ...many, bytesMax: 107 }
    expect(decodeBodiesAnswer(two, less)).toMatchObject(fault('too-long', field))
    const one = encodeBodiesAnswer(found(new Uint8Array(200)))
    expect(decodeBodiesAnswer(one, request).ok).toBe(true)
  })

  test('are as many as were asked for at most', () => {
    const two = encodeBodiesAnswer(found(new Uint8Array(2), new Uint8Array(2)))
    const field = 'bodiesAnswer.count'
    expect(decodeBodiesAnswer(two, { ...many, countMax: 1 })).toMatchObject(
      fault('too-long', field),
    )
  })

  test('are no larger than a body can be, whatever their length says', () => {
    const largest = new Uint8Array(bodyBytesMax)
    const bytes = encodeBodiesAnswer(found(largest))
    expect(bytes.length).toBeLessThanOrEqual(answerBytesMax)
    expect(decodeBodiesAnswer(bytes, many).ok).toBe(true)
    expect(() => encodeBodiesAnswer(found(new Uint8Array(bodyBytesMax + 1)))).toThrow(
      AssertionError,
    )
    for (const length of [bodyBytesMax + 1, 0xffff_ffff]) {
      const longer = concatBytes(bytes, Uint8Array.of(0))
      new DataView(longer.buffer).setUint32(3, length, true)
      const field = 'bodiesAnswer.body'
      expect(decodeBodiesAnswer(longer, many)).toMatchObject(fault('too-long', field))
    }
  })

  test('fill an answer to its last allowed byte', () => {
    const half = new Uint8Array(bodiesBytesMax / 2 - 4)
    const bytes = encodeBodiesAnswer(found(half, half))
    expect(bytes.length).toBe(3 + bodiesBytesMax)
    expect(bytes.length).toBeLessThanOrEqual(answerBytesMax)
    expect(decodeBodiesAnswer(bytes, many).ok).toBe(true)
    const more = found(half, new Uint8Array(half.length + 1))
    expect(() => encodeBodiesAnswer(more)).toThrow(AssertionError)
  })

  test('that end before their length says are refused', () => {
    const bytes = encodeBodiesAnswer(found(new Uint8Array(9)))
    const field = 'bodiesAnswer.body'
    expect(decodeBodiesAnswer(bytes.slice(0, -1), many)).toMatchObject(fault('too-short', field))
    const more = concatBytes(bytes, Uint8Array.of(1))
    expect(decodeBodiesAnswer(more, many)).toMatchObject(fault('too-long', 'bodiesAnswer'))
  })
})
