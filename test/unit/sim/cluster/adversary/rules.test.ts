/** Each rule does to an honest answer what its name says, as whoever asked would find. */
import { describe, expect, test } from 'vitest'
import {
  flipped,
  garbage,
  hugeLength,
  late,
  nothing,
  oversize,
  refusal,
  silence,
  stale,
  trailing,
  truncated,
} from '../../../../../sim/cluster/adversary/answer-rules.ts'
import {
  busyForEver,
  changedHeader,
  disordered,
  doubled,
  extra,
  forgedAuthor,
  forkedHeaders,
  foundNothing,
  gap,
  inventedCertified,
  otherHeaders,
  unavailable,
  wrongCertificates,
} from '../../../../../sim/cluster/adversary/chain-rules.ts'
import type {
  Asked,
  MakeServeRule,
  Reply,
} from '../../../../../sim/cluster/adversary/hostile-server.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import { concatBytes, toHex } from '../../../../../src/base/bytes.ts'
import { encodeBody } from '../../../../../src/protocol/block/body.ts'
import { encodeSignedHeader, headerHash } from '../../../../../src/protocol/block/header.ts'
import { certificateCheck, isQuorum } from '../../../../../src/protocol/consensus/checks.ts'
import { encodeCertificate } from '../../../../../src/protocol/consensus/codec.ts'
import {
  decodeBodiesAnswer,
  encodeBodiesAnswer,
  encodeBodiesRequest,
} from '../../../../../src/protocol/wire/bodies.ts'
import {
  decodeCertifiedAnswer,
  encodeCertifiedAnswer,
  encodeCertifiedRequest,
} from '../../../../../src/protocol/wire/certified.ts'
import {
  decodeHeadersAnswer,
  encodeHeadersAnswer,
  encodeHeadersRequest,
} from '../../../../../src/protocol/wire/headers.ts'
import { protocolId } from '../../../../../src/protocol/wire/requests.ts'
import { certify, federationOf, grow } from '../../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain, scheme } = federation
const blocks = grow(federation, 8)
const request = { fromHeight: 1, strideHeights: 1, countMax: 8, bytesMax: 100_000 }

const certifiedBytes = blocks.map((block) =>
  concatBytes(
    encodeSignedHeader(block.signed),
    encodeCertificate(certify(federation, 'finalise', block)),
  ),
)
const bodies = blocks.map(({ body }) => encodeBody(body))
const honest = {
  certified: encodeCertifiedAnswer({ kind: 'found', value: certifiedBytes }),
  headers: encodeHeadersAnswer({
    kind: 'found',
    value: blocks.map(({ signed }) => encodeSignedHeader(signed)),
  }),
  bodies: encodeBodiesAnswer({ kind: 'found', value: bodies }),
}
const requests = {
  certified: encodeCertifiedRequest(request),
  headers: encodeHeadersRequest(request),
  bodies: encodeBodiesRequest(request),
}
type Download = keyof typeof honest

function asked(protocol: string, body: Uint8Array): Asked {
  return { protocol, from: 'joiner', body, nth: 1, nowMs: 0 }
}

function reply(body: Uint8Array | undefined): Reply {
  return { body, afterMs: 0, isSilent: false }
}

/** What `rule` makes of the honest answer under a protocol. */
function changed(rule: MakeServeRule, download: Download): Uint8Array {
  const made = rule({ chain, random: new SimRandom('rules'), nowMs: () => 0 })
  const question = asked(protocolId[download], requests[download])
  return made(reply(honest[download]), question).body ?? new Uint8Array(0)
}

const readCertified = (bytes: Uint8Array) => decodeCertifiedAnswer(bytes, request, 4)
const readHeaders = (bytes: Uint8Array) => decodeHeadersAnswer(bytes, request)
const readBodies = (bytes: Uint8Array) => decodeBodiesAnswer(bytes, request)

/** The items of an answer that can be read, and is of the kind "found". */
function itemsOf<Item>(
  outcome: ReturnType<typeof decodeHeadersAnswer> | { ok: boolean; value?: unknown },
): readonly Item[] {
  const served = outcome.ok ? (outcome as { value: { value: readonly Item[] } }).value : undefined
  return served?.value ?? []
}

type Header = (typeof blocks)[number]['signed']

describe('a list of the right pieces', () => {
  test.each<[string, MakeServeRule]>([
    ['gap', gap],
    ['doubled', doubled],
    ['disordered', disordered],
    ['extra', extra],
  ])('of headers with %s is malformed, or not what was asked for', (_name, rule) => {
    const outcome = readHeaders(changed(rule, 'headers'))
    // A header left out at the end is a shorter answer, which is allowed.
    if (outcome.ok) expect(itemsOf(outcome)).toHaveLength(7)
    else expect(outcome.fault.field).toMatch(/^headersAnswer/)
    expect(readCertified(changed(rule, 'certified'))).not.toEqual(readCertified(honest.certified))
  })

  test('of bodies can be read, and is another', () => {
    const right = itemsOf<Uint8Array>(readBodies(honest.bodies))
    for (const rule of [gap, disordered]) {
      const wrong = itemsOf<Uint8Array>(readBodies(changed(rule, 'bodies')))
      expect(wrong.length).toBeGreaterThan(0)
      expect(wrong).not.toEqual(right)
    }
    expect(itemsOf(readBodies(changed(gap, 'bodies')))).toHaveLength(7)
    // More than the eight that were asked for.
    for (const rule of [doubled, extra]) expect(readBodies(changed(rule, 'bodies')).ok).toBe(false)
  })
})

describe('headers', () => {
  test.each<['first' | 'middle' | 'last', number]>([
    ['first', 0],
    ['middle', 4],
    ['last', 7],
  ])('of which the %s is changed differ in that one', (where, at) => {
    const headers = itemsOf<Header>(readHeaders(changed(changedHeader(where), 'headers')))
    const different = headers.flatMap(({ hash }, i) => (hash === blocks[i]?.signed.hash ? [] : [i]))
    expect(different).toEqual([at])
  })

  test('that fork follow one another, and end elsewhere', () => {
    const headers = itemsOf<Header>(readHeaders(changed(forkedHeaders, 'headers')))
    expect(headers).toHaveLength(8)
    for (const [i, { header, hash }] of headers.entries()) {
      expect(hash).toBe(headerHash(header))
      if (i > 0) expect(header.parentHash).toBe(headers[i - 1]?.hash)
    }
    expect(headers[3]?.hash).toBe(blocks[3]?.signed.hash)
    expect(headers[7]?.hash).not.toBe(blocks[7]?.signed.hash)
  })
})

test('headers under the signature of another are those of the chain for whoever looks at hashes', () => {
  const headers = itemsOf<Header>(readHeaders(changed(forgedAuthor, 'headers')))
  expect(headers.map(({ hash }) => hash)).toEqual(blocks.map(({ signed }) => signed.hash))
  const forged = headers.filter(({ signature }, i) => {
    return toHex(signature) !== toHex(blocks[i]?.signed.signature ?? new Uint8Array(0))
  })
  expect(forged).toHaveLength(1)
})

describe('certified headers', () => {
  interface Pair {
    readonly signed: Header
    readonly certificate: Parameters<typeof isQuorum>[1]
  }
  const isGenuine = ({ certificate }: Pair): boolean =>
    isQuorum(chain, certificate) && scheme.check(certificateCheck(chain, certificate))

  test('are genuine before anything is done to them', () => {
    const pairs = itemsOf<Pair>(readCertified(honest.certified))
    expect(pairs.map(isGenuine)).toEqual(pairs.map(() => true))
  })

  test.each<['forged' | 'too-few' | 'other-committee', boolean]>([
    ['forged', true],
    ['too-few', false],
    ['other-committee', false],
  ])('under certificates that are %s prove nothing', (fault, isByQuorum) => {
    const pairs = itemsOf<Pair>(readCertified(changed(wrongCertificates(fault), 'certified')))
    expect(pairs).toHaveLength(8)
    expect(pairs.some(isGenuine)).toBe(false)
    expect(pairs.every(({ certificate }) => isQuorum(chain, certificate))).toBe(isByQuorum)
  })

  test('of which the last is invented are genuine but for that one', () => {
    const pairs = itemsOf<Pair>(readCertified(changed(inventedCertified, 'certified')))
    expect(pairs.map(isGenuine)).toEqual([...Array.from({ length: 7 }, () => true), false])
  })

  test('that are others than their certificates name are refused as such', () => {
    const outcome = readCertified(changed(otherHeaders, 'certified'))
    if (outcome.ok) return expect.unreachable()
    expect(outcome.fault.field).toBe('certified.certificate')
  })
})

describe('nothing', () => {
  const downloads: readonly Download[] = ['certified', 'headers', 'bodies']
  const readers = { certified: readCertified, headers: readHeaders, bodies: readBodies }

  test.each(downloads)(
    'of %s is said in two ways that are allowed, and one that is not',
    (name) => {
      const read = readers[name]
      expect(read(changed(unavailable, name))).toMatchObject({
        ok: true,
        value: { kind: 'unavailable' },
      })
      expect(read(changed(busyForEver, name))).toMatchObject({ ok: true, value: { kind: 'busy' } })
      expect(read(changed(foundNothing, name)).ok).toBe(false)
      expect(read(changed(nothing, name)).ok).toBe(false)
    },
  )

  test('is not said under another protocol', () => {
    const body = Uint8Array.of(7, 7)
    for (const rule of [unavailable, busyForEver, foundNothing, gap, forkedHeaders]) {
      const made = rule({ chain, random: new SimRandom('rules'), nowMs: () => 0 })
      expect(made(reply(body), asked(protocolId.status, body)).body).toEqual(body)
    }
  })
})

describe('bytes', () => {
  test.each<[string, MakeServeRule]>([
    ['truncated', truncated],
    ['with more after the end', trailing],
    ['garbage', garbage],
    ['with a huge length', hugeLength],
    ['oversize', oversize],
  ])('that are %s cannot be read', (_name, rule) => {
    expect(readHeaders(changed(rule, 'headers')).ok).toBe(false)
    expect(readBodies(changed(rule, 'bodies')).ok).toBe(false)
  })

  test.each<['first' | 'middle' | 'last', number, number]>([
    ['first', 0, 0.1],
    ['middle', 0.4, 0.51],
    ['last', 0.9, 1],
  ])('of which one near the %s is flipped differ in one bit there', (where, from, to) => {
    const bytes = changed(flipped(where), 'headers')
    const different = [...bytes].flatMap((byte, i) => {
      const bits = byte ^ (honest.headers[i] ?? 0)
      return bits === 0 ? [] : [{ at: i / bytes.length, bits }]
    })
    expect(different).toHaveLength(1)
    expect(different[0]?.at).toBeGreaterThanOrEqual(from)
    expect(different[0]?.at).toBeLessThan(to)
    expect(Math.log2(different[0]?.bits ?? 3) % 1).toBe(0)
  })

  test('that are stale are those of the answer before', () => {
    const rule = stale({ chain, random: new SimRandom('rules'), nowMs: () => 0 })
    const answers = [1, 2, 3].map((n) => {
      return rule(reply(Uint8Array.of(n)), asked('p', Uint8Array.of(n))).body
    })
    expect(answers).toEqual([1, 1, 2].map((n) => Uint8Array.of(n)))
  })

  test('that never come, come late, or are refused', () => {
    const parts = { chain, random: new SimRandom('rules'), nowMs: () => 0 }
    const [body, question] = [reply(honest.headers), asked('p', honest.headers)]
    expect(silence(parts)(body, question).isSilent).toBe(true)
    expect(refusal(parts)(body, question).body).toBeUndefined()
    expect(late(5)(parts)(late(6)(parts)(body, question), question).afterMs).toBe(11)
  })
})
