/**
 * Reads for peers that download the chain: headers, bodies and certified headers as parts of the records that hold
 * them. Bodies are neither decoded nor encoded again: their end is found by stepping over the lengths in the record.
 *
 * Peers choose what is read, so each request reads a few records at a time and knows when it has read enough. A
 * block that is damaged or missing is told of, and ends the run: it is never served.
 */
import { concatBytes } from '../../base/bytes.ts'
import { checksumBytes } from '../../base/checksum.ts'
import { type CodecFault, decodeWith } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Context } from '../../kernel/actor.ts'
import type { Entry, KeyRange, Store, StoreFault } from '../../kernel/environment.ts'
import { viewBody } from '../../protocol/block/body.ts'
import { decodeSignedHeader, signedHeaderBytes } from '../../protocol/block/header.ts'
import { decodeCertificate } from '../../protocol/consensus/codec.ts'
import type { Hash } from '../../protocol/hash.ts'
import { type BodiesRequest, bodyFramingBytes } from '../../protocol/wire/bodies.ts'
import type { CertifiedRequest } from '../../protocol/wire/certified.ts'
import type { HeadersRequest } from '../../protocol/wire/headers.ts'
import { everyKey, heightIn, keys } from './keys.ts'
import type { StorageEvent, StorageFault, StorageMessage, StoredParts } from './messages.ts'
import { RecentBlocks } from './recent-blocks.ts'
import { openRecord, readRecord } from './record.ts'

/** Records read for headers, of which most is then thrown away: beyond it a run of headers ends. */
const headerReadBytesMax = 4 * 1_048_576
/** Records read at once: as many at first, then by their size so far, growing so many times at most. */
const firstChunk = 4
const chunkGrowth = 8
/** Blocks kept after their headers were read: more than what a peer that downloads small ones is behind with bodies. */
const recentBytesMax = 32 * 1_048_576
/** Certificates or blocks that cannot be read, which one request passes over. */
const unreadableMax = 16

type Done<Value> = (outcome: Result<Value, StorageFault>) => void

/** Which part of a record is wanted, and when it is enough. */
interface Wanted {
  readonly fromHeight: number
  readonly countMax: number
  /** Bytes of records to read; a bit more than these are. */
  readonly readBytesMax: number
  /** Bytes of parts, `framingBytes` for each included. The first is taken whatever its size. */
  readonly bytesMax: number
  readonly framingBytes: number
  readonly partOf: (record: Uint8Array) => Result<Uint8Array, CodecFault>
  /** Whether the rest of what is read may be wanted soon. */
  readonly isKept: boolean
}

/** A run of records that is being read. */
interface Run {
  readonly wanted: Wanted
  readonly parts: Uint8Array[]
  bytes: number
  readBytes: number
  chunk: number
  /** Records that may be read together. */
  chunkMax: number
}

/** What reading takes. */
export interface ServingParts {
  readonly context: Context<StorageMessage, StorageEvent>
  readonly store: Store
  readonly committeeSize: number
  /** The block of this height is damaged, or not there although one above it is. */
  readonly lost: (height: number) => void
}

export class ServingReads {
  readonly #context: Context<StorageMessage, StorageEvent>
  readonly #store: Store
  readonly #committeeSize: number
  readonly #lost: (height: number) => void
  readonly #recent = new RecentBlocks(recentBytesMax)

  constructor({ context, store, committeeSize, lost }: ServingParts) {
    this.#context = context
    this.#store = store
    this.#committeeSize = committeeSize
    this.#lost = lost
  }

  /** Signed headers, encoded. Copies: whole blocks would be held for them for as long as an answer takes. */
  headers({ fromHeight, countMax }: HeadersRequest, done: Done<StoredParts>): void {
    const bounds = { readBytesMax: headerReadBytesMax, bytesMax: Number.MAX_SAFE_INTEGER }
    const wanted = { fromHeight, countMax, ...bounds, framingBytes: 0 }
    this.#read({ ...wanted, partOf: headerOf, isKept: true }, done)
  }

  /** Encoded bodies, as views on the records. */
  bodies({ fromHeight, countMax, bytesMax }: BodiesRequest, done: Done<StoredParts>): void {
    const bounds = { readBytesMax: Number.MAX_SAFE_INTEGER, bytesMax }
    const wanted = { fromHeight, countMax, ...bounds, framingBytes: bodyFramingBytes }
    this.#read({ ...wanted, partOf: bodyOf, isKept: false }, done)
  }

  /** Signed headers, each with its certificate behind it, encoded. */
  certified(request: CertifiedRequest, done: Done<StoredParts>): void {
    this.#certify({ request, pairs: [], readBytes: 0, unreadable: 0 }, request.fromHeight, done)
  }

  // ----- runs -----

  #read(wanted: Wanted, done: Done<StoredParts>): void {
    const nothing = { parts: [], bytes: 0, readBytes: 0 }
    this.#readOn({ ...nothing, wanted, chunk: firstChunk, chunkMax: wanted.countMax }, done)
  }

  #readOn(run: Run, done: Done<StoredParts>): void {
    const { fromHeight, countMax } = run.wanted
    const end = (): void => done(ok({ parts: run.parts, readBytes: run.readBytes }))
    if (!this.#takeRecent(run)) return end()
    const from = keys.blockAt(heightOf(run))
    const limit = Math.min(run.chunk, countMax - run.parts.length)
    this.#scan({ from, to: keys.blockAt(fromHeight + countMax), limit }, (entries) => {
      if (!entries.ok) return this.#failed(run, entries.fault, done)
      const isTaken = entries.value.every((entry) => this.#take(run, entry))
      if (!isTaken || entries.value.length < limit || run.parts.length >= countMax) return end()
      run.chunk = nextChunk(run)
      this.#readOn(run, done)
    })
  }

  /** One record that cannot be read makes all fail that are read with it: they are read one by one up to there. */
  #failed(run: Run, fault: StorageFault, done: Done<StoredParts>): void {
    if (fault.code !== 'io') return done(failed(fault))
    if (run.chunk > 1) {
      run.chunk = 1
      run.chunkMax = 1
      return this.#readOn(run, done)
    }
    this.#lost(heightOf(run))
    if (run.parts.length === 0) return done(failed(fault))
    done(ok({ parts: run.parts, readBytes: run.readBytes }))
  }

  /** Takes what need not be read. False if the run ends with it. */
  #takeRecent(run: Run): boolean {
    let record = this.#recent.at(heightOf(run))
    while (record !== undefined) {
      if (!this.#add(run, record) || run.parts.length >= run.wanted.countMax) return false
      record = this.#recent.at(heightOf(run))
    }
    return true
  }

  /** Adds the part of a record that was read. False if the run ends before it, or with it. */
  #take(run: Run, entry: Entry): boolean {
    const height = heightOf(run)
    // Another height: there is a gap, and what was read is of no use.
    if (entry.key !== keys.blockAt(height)) {
      run.readBytes += entry.value.length
      this.#lost(height)
      return false
    }
    const record = openRecord(entry.key, entry.value)
    if (record === undefined) {
      run.readBytes += entry.value.length
      this.#damaged(height)
      return false
    }
    if (run.wanted.isKept) this.#recent.keep(height, record)
    return this.#add(run, record)
  }

  /** As {@link #take}. Costs whoever asked as much as if it had been read now. */
  #add(run: Run, record: Uint8Array): boolean {
    const { bytesMax, readBytesMax, framingBytes, partOf } = run.wanted
    run.readBytes += checksumBytes + record.length
    const part = partOf(record)
    if (!part.ok) {
      this.#damaged(heightOf(run))
      return false
    }
    const bytes = run.bytes + framingBytes + part.value.length
    if (bytes > bytesMax && run.parts.length > 0) return false
    run.parts.push(part.value)
    run.bytes = bytes
    return bytes < bytesMax && run.readBytes < readBytesMax
  }

  #damaged(height: number): void {
    this.#context.emit({ kind: 'record-corrupt', key: keys.blockAt(height) })
    this.#lost(height)
  }

  // ----- certified headers -----

  /** Looks for the lowest finalisation from `height` on, and for its block. */
  #certify(search: Search, height: number, done: Done<StoredParts>): void {
    const { request, pairs, unreadable } = search
    if (pairs.length >= request.countMax || unreadable > unreadableMax) {
      return done(ok({ parts: pairs, readBytes: search.readBytes }))
    }
    const from = keys.finalisationAt(height)
    this.#scan({ from, to: everyKey('final').to, limit: 1 }, (entries) => {
      if (!entries.ok) return done(entries)
      const [entry] = entries.value
      if (entry === undefined) return done(ok({ parts: pairs, readBytes: search.readBytes }))
      search.readBytes += entry.value.length
      const certificate = this.#readable(entry, (bytes) => this.#finalisation(bytes))
      const found = heightIn(entry.key)
      if (certificate === undefined) return this.#passOver(search, found, done)
      this.#pair(search, found, certificate, done)
    })
  }

  #pair(search: Search, height: number, certificate: Finalisation, done: Done<StoredParts>): void {
    const key = keys.blockAt(height)
    this.#get(key, (value) => {
      if (!value.ok) return done(value)
      const entry = value.value && { key, value: value.value }
      search.readBytes += entry?.value.length ?? 0
      const header = entry && this.#readable(entry, identifiedHeaderOf)
      // What is certified is there, unless the disk has lost it.
      if (header === undefined) this.#lost(height)
      if (header?.hash !== certificate.block) return this.#passOver(search, height, done)
      search.pairs.push(concatBytes(header.bytes, certificate.bytes))
      const { fromHeight, strideHeights } = search.request
      const strides = Math.floor((height - fromHeight) / strideHeights) + 1
      this.#certify(search, fromHeight + strides * strideHeights, done)
    })
  }

  #passOver(search: Search, height: number, done: Done<StoredParts>): void {
    search.unreadable += 1
    this.#certify(search, height + 1, done)
  }

  #finalisation(bytes: Uint8Array): Result<Finalisation, CodecFault> {
    const certificate = decodeCertificate(bytes, this.#committeeSize)
    return certificate.ok ? ok({ block: certificate.value.block, bytes }) : certificate
  }

  // ----- the store -----

  #scan(range: KeyRange, done: Done<readonly Entry[]>): void {
    this.#store.scan(range, this.#reporting(done))
  }

  #get(key: string, done: Done<Uint8Array | undefined>): void {
    this.#store.get(key, this.#reporting(done))
  }

  /** Reports a fault of the store before it is passed on, in a turn of this actor. */
  #reporting<Value>(done: Done<Value>): (outcome: Result<Value, StoreFault>) => void {
    return this.#context.bind((outcome: Result<Value, StoreFault>) => {
      if (!outcome.ok) {
        const { code, detail } = outcome.fault
        this.#context.emit({ kind: 'store-failed', code, detail })
      }
      done(outcome)
    })
  }

  #readable<Value>(
    entry: Entry,
    decode: (bytes: Uint8Array) => Result<Value, CodecFault>,
  ): Value | undefined {
    const record = readRecord(entry, decode)
    if (record.ok) return record.value
    this.#context.emit({ kind: 'record-corrupt', key: entry.key })
    return undefined
  }
}

/** Certified headers that are being gathered. */
interface Search {
  readonly request: CertifiedRequest
  readonly pairs: Uint8Array[]
  readBytes: number
  unreadable: number
}

/** A certificate as it was stored, and the block that it is on. */
interface Finalisation {
  readonly block: Hash
  readonly bytes: Uint8Array
}

/** A signed header as it was stored, and the hash of its block. */
interface IdentifiedHeader {
  readonly hash: Hash
  readonly bytes: Uint8Array
}

/** Of the record that comes next. */
function heightOf({ wanted, parts }: Run): number {
  return wanted.fromHeight + parts.length
}

/** Records to read next: about as many as are still wanted, by the size of those that were read. */
function nextChunk({ wanted, parts, bytes, readBytes, chunk, chunkMax }: Run): number {
  const count = parts.length
  const byParts = ((wanted.bytesMax - bytes) * count) / bytes
  const byReading = ((wanted.readBytesMax - readBytes) * count) / readBytes
  const enough = Math.floor(Math.min(byParts, byReading)) + 1
  return Math.max(1, Math.min(chunk * chunkGrowth, chunkMax, enough))
}

function headerOf(record: Uint8Array): Result<Uint8Array, CodecFault> {
  return decodeWith(record.subarray(0, signedHeaderBytes), 'header', (reader) =>
    reader.bytes('header', signedHeaderBytes),
  )
}

function identifiedHeaderOf(record: Uint8Array): Result<IdentifiedHeader, CodecFault> {
  const bytes = record.subarray(0, signedHeaderBytes)
  const signed = decodeSignedHeader(bytes)
  return signed.ok ? ok({ hash: signed.value.hash, bytes }) : signed
}

function bodyOf(record: Uint8Array): Result<Uint8Array, CodecFault> {
  return decodeWith(record, 'block', (reader) => {
    reader.skip('header', signedHeaderBytes)
    const body = viewBody(reader)
    // The justification, which stays here.
    reader.skip('justification', reader.left)
    return body
  })
}
