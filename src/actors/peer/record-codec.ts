/**
 * What is kept of peers over a restart, as bytes: one note of where they are, one of how they behaved. Moments are
 * kept as ages, since the clock of one life means nothing to the next; how long the node was down is told by the
 * wall clock, which may be wrong, so it is never taken to be less than nothing or more than a year.
 *
 * Each note begins with its version. A note of another version is not read.
 */
import { type CodecFault, decodeWith, type Reader, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'
import type { Millis, UnixMillis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { peerCharactersMax } from '../../protocol/consensus/signing.ts'
import { addressCharactersMax } from '../../protocol/wire/addresses.ts'
import { type Ban, type BanHistory, banMsMax } from './ban.ts'
import type { AddressFacts } from './book/entry.ts'
import { newPlaces, secretBytes, triedPlaces } from './book/placement.ts'
import type { Conduct } from './conduct.ts'
import type { BanKind } from './messages.ts'
import { isKeepable } from './place.ts'

/** Where peers are. */
export interface PlacesNote {
  readonly secret: Uint8Array
  readonly addresses: readonly AddressFacts[]
  /** Good outbound peers, to be met again first. */
  readonly anchors: readonly string[]
  /** Of federation peers. */
  readonly federation: readonly string[]
}

/** How one peer behaved. */
export interface MarkedPeer {
  readonly peer: PeerId
  readonly address: string
  readonly conduct: Conduct
  readonly history: BanHistory
  readonly ban: Ban | undefined
}

/** The moment of writing or reading, by both clocks. */
export interface Moment {
  readonly nowMs: Millis
  readonly wallMs: UnixMillis
}

/** Characters of the reason of a ban. */
const reasonCharactersMax = 120
export const anchorsMax = 4
export const federationAddressesMax = 64
/** Peers whose conduct is kept. */
export const markedMax = 4_096
const addressesMax = newPlaces + triedPlaces
const downMsMax = 365 * 86_400_000
const ageSecondsMax = 2 ** 32 - 1
const version = 1
const banCodes: Readonly<Record<BanKind, number>> = { soft: 1, proof: 2, operator: 3 }
/** Conduct in hundredths, as what is missing. */
const conductUnits = 100

// ----- places -----

export function encodePlaces(note: PlacesNote, moment: Moment): Uint8Array {
  const writer = new Writer(64 + 96 * note.addresses.length).u8(version)
  writer.u53(Math.floor(moment.wallMs)).bytes(note.secret)
  const writeText = (to: Writer, text: string): void => void to.ascii(text)
  writer.list(note.anchors, writeText).list(note.federation, writeText)
  writer.list(note.addresses, (to, facts) => writeAddress(to, facts, moment.nowMs))
  return writer.finish()
}

export function decodePlaces(bytes: Uint8Array, moment: Moment): Result<PlacesNote, CodecFault> {
  return decodeWith(bytes, 'places', (reader) => {
    const sinceMs = readMoment(reader, moment)
    const readText = (): string => reader.ascii('places.address', addressCharactersMax)
    return {
      secret: reader.bytes('places.secret', secretBytes),
      anchors: reader.list('places.anchors', anchorsMax, readText),
      federation: reader.list('places.federation', federationAddressesMax, readText),
      addresses: reader.list('places.addresses', addressesMax, () => readAddress(reader, sinceMs)),
    }
  })
}

function writeAddress(writer: Writer, facts: AddressFacts, nowMs: Millis): void {
  const { address, source, isTried, heardMs, triedMs, succeededMs, failures } = facts
  writer.ascii(address).ascii(source).flag(isTried).u32(ageOf(heardMs, nowMs))
  for (const atMs of [triedMs, succeededMs]) {
    writer.flag(atMs !== undefined)
    if (atMs !== undefined) writer.u32(ageOf(atMs, nowMs))
  }
  writer.u16(Math.min(failures, 0xffff))
}

function readAddress(reader: Reader, sinceMs: Millis): AddressFacts {
  const age = (field: string): Millis => sinceMs - 1_000 * reader.u32(field)
  return {
    address: reader.ascii('address', addressCharactersMax),
    source: reader.ascii('address.source', addressCharactersMax),
    isTried: reader.flag('address.isTried'),
    heardMs: age('address.heard'),
    triedMs: reader.flag('address.hasTried') ? age('address.tried') : undefined,
    succeededMs: reader.flag('address.hasSucceeded') ? age('address.succeeded') : undefined,
    failures: reader.u16('address.failures'),
  }
}

// ----- marks -----

export function encodeMarks(marked: readonly MarkedPeer[], moment: Moment): Uint8Array {
  const writer = new Writer(64 + 128 * marked.length).u8(version)
  writer.u53(Math.floor(moment.wallMs))
  return writer.list(marked, (to, each) => writeMarked(to, each, moment.nowMs)).finish()
}

export function decodeMarks(
  bytes: Uint8Array,
  moment: Moment,
): Result<readonly MarkedPeer[], CodecFault> {
  return decodeWith(bytes, 'marks', (reader) => {
    const sinceMs = readMoment(reader, moment)
    return reader.list('marks.peers', markedMax, () => readMarked(reader, sinceMs))
  })
}

function writeMarked(writer: Writer, marked: MarkedPeer, nowMs: Millis): void {
  const { peer, address, conduct, history, ban } = marked
  const hasAddress = isKeepable(address)
  writer.ascii(peer).flag(hasAddress)
  if (hasAddress) writer.ascii(address)
  writer.u16(Math.round(-conduct.value * conductUnits)).u32(ageOf(conduct.atMs, nowMs))
  writer.u16(Math.min(history.soft, 0xffff)).u16(Math.min(history.proof, 0xffff))
  // The day of forgetting begins when a ban ends, which may be still to come.
  writer.u53(Math.max(0, Math.floor(history.atMs - nowMs))).u32(ageOf(history.atMs, nowMs))
  writer.flag(ban !== undefined)
  if (ban === undefined) return
  writer.u8(banCodes[ban.kind]).u32(ageOf(ban.sinceMs, nowMs))
  writer.u53(Math.max(0, Math.ceil(ban.untilMs - nowMs)))
  writer.ascii(ban.reason.slice(0, reasonCharactersMax) || '-')
}

function readMarked(reader: Reader, sinceMs: Millis): MarkedPeer {
  const peer = reader.ascii('marked.peer', peerCharactersMax)
  const hasAddress = reader.flag('marked.hasAddress')
  const address = hasAddress ? reader.ascii('marked.address', addressCharactersMax) : ''
  const value = -reader.u16('marked.conduct') / conductUnits
  if (value < -100) reader.fail('out-of-range', 'marked.conduct', `is ${value}`)
  const conduct = { value, atMs: sinceMs - 1_000 * reader.u32('marked.conductAge') }
  const soft = reader.u16('marked.soft')
  const proof = reader.u16('marked.proof')
  const toComeMs = readDuration(reader, 'marked.historyLeft')
  const pastMs = 1_000 * reader.u32('marked.historyAge')
  const history = { soft, proof, atMs: sinceMs + toComeMs - pastMs }
  const ban = reader.flag('marked.hasBan') ? readBan(reader, sinceMs) : undefined
  return { peer, address, conduct, history, ban }
}

function readBan(reader: Reader, sinceMs: Millis): Ban {
  const code = reader.u8('ban.kind')
  const kind = (['soft', 'proof', 'operator'] as const).find((each) => banCodes[each] === code)
  if (kind === undefined) reader.fail('unknown-kind', 'ban.kind', `is ${code}`)
  const begunMs = sinceMs - 1_000 * reader.u32('ban.age')
  const untilMs = sinceMs + readDuration(reader, 'ban.left')
  const reason = reader.ascii('ban.reason', reasonCharactersMax)
  return { kind: kind ?? 'soft', sinceMs: begunMs, untilMs, reason }
}

// ----- moments -----

/** When the note was written, on the clock of this life; in the past, so usually negative. */
function readMoment(reader: Reader, { nowMs, wallMs }: Moment): Millis {
  const found = reader.u8('version')
  if (found !== version) reader.fail('unknown-kind', 'version', `is ${found}, not ${version}`)
  const downMs = wallMs - reader.u53('writtenAt')
  return nowMs - Math.min(downMsMax, Math.max(0, downMs))
}

function readDuration(reader: Reader, field: string): Millis {
  const ms = reader.u53(field)
  if (ms > banMsMax) reader.fail('out-of-range', field, `is ${ms} ms, ${banMsMax} are allowed`)
  return ms
}

/** In whole seconds. A moment to come is now. */
function ageOf(atMs: Millis, nowMs: Millis): number {
  return Math.min(ageSecondsMax, Math.max(0, Math.floor((nowMs - atMs) / 1_000)))
}
