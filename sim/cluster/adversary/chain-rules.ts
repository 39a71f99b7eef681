/**
 * Lies about the chain, under the protocols by which it is downloaded: certified headers, headers, and
 * bodies. Each changes an honest answer in one way; what does not fit its protocol is left as it is.
 */
import type { Millis } from '../../../src/base/units.ts'
import {
  encodeSignedHeader,
  headerHash,
  type SignedHeader,
} from '../../../src/protocol/block/header.ts'
import { encodeCertificate } from '../../../src/protocol/consensus/codec.ts'
import type { Certificate } from '../../../src/protocol/consensus/vote.ts'
import {
  bodiesBytesMax,
  decodeBodiesAnswer,
  decodeBodiesRequest,
  encodeBodiesAnswer,
} from '../../../src/protocol/wire/bodies.ts'
import {
  decodeCertifiedAnswer,
  decodeCertifiedRequest,
  encodeCertifiedAnswer,
} from '../../../src/protocol/wire/certified.ts'
import type { CertifiedHeader } from '../../../src/protocol/wire/certified-header.ts'
import {
  decodeHeadersAnswer,
  decodeHeadersRequest,
  encodeHeadersAnswer,
} from '../../../src/protocol/wire/headers.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import type { Served } from '../../../src/protocol/wire/served.ts'
import type { HostileParts } from '../cluster.ts'
import { type Asked, type MakeServeRule, sometimes } from './hostile-server.ts'
import { type CertificateFault, madeUpCertificate, madeUpHash } from './made-up.ts'
import { availableFrom } from './status-rules.ts'

// ----- nothing, in three ways -----

/** Has none of what is asked for, whatever it says of itself. */
export const unavailable: MakeServeRule = saying({
  kind: 'unavailable',
  fromHeight: 0,
  toHeight: 0,
})

/** Never has time: come again in an hour. */
export const busyForEver: MakeServeRule = saying({ kind: 'busy', retryAfterMs: 3_600_000 })

/** Has no time for so many of a hundred requests: come again a little later. */
export function busyNowAndThen(percent: number, retryAfterMs: Millis): MakeServeRule {
  return sometimes(percent, saying({ kind: 'busy', retryAfterMs }))
}

/** Forgets old blocks while it serves: so many more with each answer about them, and says so. */
export function pruning(blocksAnAnswer: number, toHeight: number): MakeServeRule {
  return (parts) => {
    let fromHeight = 0
    const sayingSo = availableFrom(() => fromHeight)(parts)
    return (reply, asked) => {
      const wanted = fromHeightOf(asked)
      if (wanted === undefined) return sayingSo(reply, asked)
      fromHeight = Math.min(toHeight, fromHeight + blocksAnAnswer)
      if (wanted >= fromHeight) return reply
      return saying({ kind: 'unavailable', fromHeight, toHeight })(parts)(reply, asked)
    }
  }
}

/** Found, and nothing in it: the one way of having nothing that is not allowed. */
export const foundNothing: MakeServeRule = () => (reply, asked) => {
  // The code of "found", and a count of 0.
  return isDownload(asked) ? { ...reply, body: Uint8Array.of(1, 0, 0) } : reply
}

// ----- the right items in a wrong list -----

/** Leaves one out, and moves on. */
export const gap: MakeServeRule = editing((items, { random }) => {
  const at = random.below(items.length)
  return [...items.slice(0, at), ...items.slice(at + 1)]
})

/** Gives one twice. */
export const doubled: MakeServeRule = editing((items, { random }) => {
  const at = random.below(items.length)
  return [...items.slice(0, at + 1), ...items.slice(at)]
})

/** Begins with the last. */
export const disordered: MakeServeRule = editing((items) => [
  ...items.slice(-1),
  ...items.slice(0, -1),
])

/** Goes on where it should end: with as many again. */
export const extra: MakeServeRule = editing((items) => [...items, ...items])

// ----- items that are wrong -----

/** Headers of which one is another: it no longer has the hash that the next one names. */
export function changedHeader(where: 'first' | 'middle' | 'last'): MakeServeRule {
  return changingHeaders((headers, parts) => {
    const at = { first: 0, middle: headers.length >> 1, last: headers.length - 1 }[where]
    return headers.map((signed, i) => (i === at ? changed(signed, parts) : signed))
  })
}

/**
 * Headers that leave the chain in the middle and follow one another soundly from there on, under the
 * signatures of others: a fork that nobody certified.
 */
export const forkedHeaders: MakeServeRule = changingHeaders((headers, parts) => {
  const forked: SignedHeader[] = []
  for (const [i, signed] of headers.entries()) {
    const before = forked.at(-1)
    const isForked = i >= headers.length >> 1
    const parentHash = before?.hash ?? signed.header.parentHash
    forked.push(isForked ? changed(signed, parts, parentHash) : signed)
  }
  return forked
})

/** The headers of the chain, one of them under a signature that is not its author's: no hash covers those. */
export const forgedAuthor: MakeServeRule = changingHeaders((headers, { random }) => {
  const at = random.below(headers.length)
  const signature = new Uint8Array(64).fill(random.below(256))
  return headers.map((signed, i) => (i === at ? { ...signed, signature } : signed))
})

/** The bodies of the chain, one of them in the place of another: that of this height is the one before or behind it. */
export function otherBodyAt(height: number): MakeServeRule {
  return (parts) => (reply, asked) => {
    const items = reply.body && itemsOf(reply.body, asked, parts)
    const at = height - (fromHeightOf(asked) ?? height + 1)
    if (asked.protocol !== protocolId.bodies || items?.[at] === undefined) return reply
    const other = items[at - 1] ?? items[at + 1] ?? items[at]
    const value = items.map((item, i) => (i === at ? (other ?? item) : item))
    return { ...reply, body: encodeBodiesAnswer({ kind: 'found', value }) }
  }
}

/** Certified headers under certificates that prove nothing. */
export function wrongCertificates(fault: CertificateFault): MakeServeRule {
  return changingCertified((list, parts) =>
    list.map(({ signed }) => certifiedBy(signed, fault, parts)),
  )
}

/** Certified headers of which the last is one that does not exist, under a forged certificate. */
export const inventedCertified: MakeServeRule = changingCertified((list, parts) => {
  const invented = list.slice(-1).map(({ signed }) => changed(signed, parts))
  return [...list.slice(0, -1), ...invented.map((signed) => certifiedBy(signed, 'forged', parts))]
})

/** Headers that do not exist, each under the genuine certificate of the block that it is made from. */
export const otherHeaders: MakeServeRule = changingCertified((list, parts) =>
  list.map(({ signed, certificate }) => ({ signed: changed(signed, parts), certificate })),
)

/** Certified headers, those of which `certificateOf` has another certificate under that. */
export function certifiedUnder(
  certificateOf: (signed: SignedHeader) => Certificate | undefined,
): MakeServeRule {
  return changingCertified((list) =>
    list.map(({ signed, certificate }) => ({
      signed,
      certificate: certificateOf(signed) ?? certificate,
    })),
  )
}

function changed(
  { header, signature }: SignedHeader,
  parts: HostileParts,
  parentHash: string = header.parentHash,
): SignedHeader {
  const other = { ...header, parentHash, stateRoot: madeUpHash(parts) }
  return { header: other, hash: headerHash(other), signature }
}

function certifiedBy(
  signed: SignedHeader,
  fault: CertificateFault,
  parts: HostileParts,
): CertifiedHeader {
  const block = { slot: signed.header.slot, hash: signed.hash }
  return { signed, certificate: madeUpCertificate(parts, fault, block) }
}

// ----- reading and writing answers -----

type Items = readonly Uint8Array[]

const encoders: Readonly<Record<string, (served: Served<Items>) => Uint8Array>> = {
  [protocolId.certified]: encodeCertifiedAnswer,
  [protocolId.headers]: encodeHeadersAnswer,
  [protocolId.bodies]: encodeBodiesAnswer,
}

/** The lowest height that is asked for; undefined if it is no download. */
function fromHeightOf({ protocol, body }: Asked): number | undefined {
  const decode = {
    [protocolId.certified]: decodeCertifiedRequest,
    [protocolId.headers]: decodeHeadersRequest,
    [protocolId.bodies]: decodeBodiesRequest,
  }[protocol]
  const request = decode?.(body)
  return request?.ok === true ? request.value.fromHeight : undefined
}

function isDownload({ protocol }: Asked): boolean {
  return encoders[protocol] !== undefined
}

function saying(served: Exclude<Served<Items>, { kind: 'found' }>): MakeServeRule {
  return () =>
    (reply, { protocol }) => {
      const encode = encoders[protocol]
      return encode === undefined ? reply : { ...reply, body: encode(served) }
    }
}

/** Changes the list of items, whatever they are. A list that no answer can hold is not sent. */
function editing(edit: (items: Items, parts: HostileParts) => Items): MakeServeRule {
  return (parts) => (reply, asked) => {
    const items = reply.body && itemsOf(reply.body, asked, parts)
    const encode = encoders[asked.protocol]
    if (items === undefined || items.length === 0 || encode === undefined) return reply
    const edited = edit(items, parts)
    const bytes = edited.reduce((sum, { length }) => sum + 4 + length, 0)
    const isSendable = edited.length > 0 && edited.length <= 256 && bytes <= bodiesBytesMax
    return isSendable ? { ...reply, body: encode({ kind: 'found', value: edited }) } : reply
  }
}

function changingHeaders(
  change: (headers: readonly SignedHeader[], parts: HostileParts) => readonly SignedHeader[],
): MakeServeRule {
  return (parts) => (reply, asked) => {
    const headers = reply.body && headersOf(reply.body, asked)
    if (headers === undefined) return reply
    const value = change(headers, parts).map(encodeSignedHeader)
    return { ...reply, body: encodeHeadersAnswer({ kind: 'found', value }) }
  }
}

function changingCertified(
  change: (list: readonly CertifiedHeader[], parts: HostileParts) => readonly CertifiedHeader[],
): MakeServeRule {
  return (parts) => (reply, asked) => {
    const list = reply.body && certifiedOf(reply.body, asked, parts)
    if (list === undefined) return reply
    const value = change(list, parts).map(encodeCertified)
    return { ...reply, body: encodeCertifiedAnswer({ kind: 'found', value }) }
  }
}

function itemsOf(body: Uint8Array, asked: Asked, parts: HostileParts): Items | undefined {
  switch (asked.protocol) {
    case protocolId.certified:
      return certifiedOf(body, asked, parts)?.map(encodeCertified)
    case protocolId.headers:
      return headersOf(body, asked)?.map(encodeSignedHeader)
    case protocolId.bodies: {
      const request = decodeBodiesRequest(asked.body)
      const served = request.ok ? decodeBodiesAnswer(body, request.value) : undefined
      return served?.ok === true && served.value.kind === 'found' ? served.value.value : undefined
    }
    default:
      return undefined
  }
}

function headersOf(body: Uint8Array, asked: Asked): readonly SignedHeader[] | undefined {
  if (asked.protocol !== protocolId.headers) return undefined
  const request = decodeHeadersRequest(asked.body)
  const served = request.ok ? decodeHeadersAnswer(body, request.value) : undefined
  return served?.ok === true && served.value.kind === 'found' ? served.value.value : undefined
}

function certifiedOf(
  body: Uint8Array,
  asked: Asked,
  { chain }: HostileParts,
): readonly CertifiedHeader[] | undefined {
  if (asked.protocol !== protocolId.certified) return undefined
  const request = decodeCertifiedRequest(asked.body)
  const size = chain.committee.members.length
  const served = request.ok ? decodeCertifiedAnswer(body, request.value, size) : undefined
  return served?.ok === true && served.value.kind === 'found' ? served.value.value : undefined
}

function encodeCertified({ signed, certificate }: CertifiedHeader): Uint8Array {
  const [header, proof] = [encodeSignedHeader(signed), encodeCertificate(certificate)]
  const bytes = new Uint8Array(header.length + proof.length)
  bytes.set(header)
  bytes.set(proof, header.length)
  return bytes
}
