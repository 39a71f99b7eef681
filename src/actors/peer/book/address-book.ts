/**
 * Where peers may be found. New addresses are hearsay; tried ones are where a peer of this chain was found. A
 * tried address gives way to another only after it was dialled and did not answer (test before evict), so that
 * whoever fills the new table cannot reach the tried one.
 *
 * Bounds: 8,192 new places and 2,048 tried ones, four new places for one address, eight addresses for one peer.
 */
import { assert } from '../../../base/assert.ts'
import type { Millis } from '../../../base/units.ts'
import type { PeerId, Random } from '../../../kernel/environment.ts'
import { addressesMax } from '../../../protocol/wire/addresses.ts'
import { doubled } from '../ban.ts'
import { isKeepable, peerIn, placeOf } from '../place.ts'
import { type AddressFacts, chanceOf, chanceWhole, type Entry, isTerrible } from './entry.ts'
import { newPlaces, type Placement, triedPlaces } from './placement.ts'
import { AddressTable } from './table.ts'

const addressesPerPeerMax = 8
const placesPerAddressMax = 4
/** Tried addresses that wait for a test of another, and how long at most. */
const challengersMax = 10
const challengeMsMax = 2_400_000
/** A tried address that succeeded so lately keeps its place without a test. */
const provenLatelyMs = 14_400_000
const drawsMax = 64
const retryMsMin = 30_000
const retryMsMax = 3_600_000
/** The share of the book that is told at once. */
const toldShare = 0.23
/** Of a book with fewer all of it: there is nothing to hide among so few, and whoever asks may know nobody else to ask. */
const toldLeast = 16

/** Which addresses are drawn from. */
export type Choice = 'new' | 'tried' | 'either'

export class AddressBook {
  readonly #placement: Placement
  readonly #random: Random
  readonly #entries = new Map<string, Entry>()
  readonly #byPeer = new Map<PeerId, Set<string>>()
  readonly #new = new AddressTable(newPlaces)
  readonly #tried = new AddressTable(triedPlaces)
  /** Addresses that want a place that another has, and since when. */
  readonly #challengers = new Map<string, Millis>()

  constructor(placement: Placement, random: Random) {
    this.#placement = placement
    this.#random = random
  }

  get size(): number {
    return this.#entries.size
  }

  get newCount(): number {
    return this.#new.size
  }

  get triedCount(): number {
    return this.#tried.size
  }

  has(address: string): boolean {
    return this.#entries.has(address)
  }

  /** Whether the last dial there came to nothing. */
  hasFailed(address: string): boolean {
    return (this.#entries.get(address)?.failures ?? 0) > 0
  }

  addressesOf(peer: PeerId): readonly string[] {
    return [...(this.#byPeer.get(peer) ?? [])]
  }

  /** Notes an address that somebody of the neighbourhood `source` has told. True if it is new here. */
  add(address: string, source: string, nowMs: Millis): boolean {
    const known = this.#entries.get(address)
    if (known === undefined) return this.#addFresh(address, source, nowMs)
    known.heardMs = Math.max(known.heardMs, nowMs)
    // Each further place is half as likely as the one before, so that repeating oneself gains little.
    const isPlaced = known.isTried || known.places.length >= placesPerAddressMax
    if (!isPlaced && this.#random.below(2 ** known.places.length) === 0) {
      this.#placeNew(known, source, nowMs)
    }
    return false
  }

  /** It is being dialled. */
  attempted(address: string, nowMs: Millis): void {
    const entry = this.#entries.get(address)
    if (entry === undefined) return
    entry.triedMs = nowMs
    entry.nextTryMs = nowMs + this.#pauseMs(entry.failures)
  }

  failed(address: string, nowMs: Millis): void {
    const entry = this.#entries.get(address)
    if (entry === undefined) return
    entry.failures += 1
    entry.nextTryMs = nowMs + this.#pauseMs(entry.failures)
  }

  /** A peer of this chain was found there. It becomes a tried address, at once or after a test of another. */
  succeeded(address: string, nowMs: Millis): void {
    const entry = this.#entries.get(address)
    if (entry === undefined) return
    Object.assign(entry, { triedMs: nowMs, succeededMs: nowMs, heardMs: nowMs, failures: 0 })
    entry.nextTryMs = nowMs
    if (entry.isTried) return
    const place = this.#placement.triedPlace(address, entry.place.netgroup)
    const holder = this.#tried.at(place)
    if (holder === undefined) return this.#moveToTried(entry, place)
    if (this.#challengers.size < challengersMax && !this.#challengers.has(address)) {
      this.#challengers.set(address, nowMs)
    }
  }

  /** A tried address whose place another wants, to be dialled before it is given up. */
  addressToTest(nowMs: Millis): string | undefined {
    for (const [address] of this.#challengers) {
      const holder = this.#holderFor(address)
      if (holder !== undefined && nowMs >= holder.nextTryMs) return holder.address
    }
    return undefined
  }

  /** Gives places away whose holders did not stand their test; and keeps those whose holders did. */
  resolveChallenges(nowMs: Millis): void {
    for (const [address, sinceMs] of this.#challengers) {
      const entry = this.#entries.get(address)
      const holder = this.#holderFor(address)
      if (entry === undefined || entry.isTried) this.#challengers.delete(address)
      else if (holder === undefined || hasFailedTest(holder, sinceMs, nowMs)) {
        this.#challengers.delete(address)
        if (holder !== undefined) this.#demote(holder, nowMs)
        this.#moveToTried(entry, this.#placement.triedPlace(address, entry.place.netgroup))
      } else if (hasStoodTest(holder, nowMs)) this.#challengers.delete(address)
    }
  }

  /** Draws an address to dial, of those that are due and wanted; undefined if luck or the book has none. */
  choose(
    choice: Choice,
    nowMs: Millis,
    isWanted: (address: string, peer: PeerId, netgroup: string) => boolean,
  ): string | undefined {
    for (let draws = 0; draws < drawsMax; draws += 1) {
      const entry = this.#draw(this.#tableFor(choice))
      if (entry === undefined) return undefined
      const isDue = nowMs >= entry.nextTryMs && !isTerrible(entry, nowMs)
      // The longer the search, the less choosy.
      const chance = chanceOf(entry, nowMs) * (1 + draws / 4)
      const isTaken = isDue && this.#random.below(chanceWhole) < chance
      if (isTaken && isWanted(entry.address, entry.peer, entry.place.netgroup)) return entry.address
    }
    return undefined
  }

  /** Addresses to tell: less than a quarter of a book that is not tiny, so that nobody learns all of it at once. */
  tellable(countMax: number, nowMs: Millis): readonly string[] {
    const count = Math.min(countMax, addressesMax, this.#toldMax())
    const told = new Set<string>()
    for (let draws = 0; draws < 3 * count && told.size < count; draws += 1) {
      const entry = this.#draw(this.#tableFor('either'))
      if (entry === undefined) break
      if (!isTerrible(entry, nowMs)) told.add(entry.address)
    }
    return [...told]
  }

  #toldMax(): number {
    return Math.max(Math.min(this.size, toldLeast), Math.ceil(this.size * toldShare))
  }

  /** Everything, to be kept. Oldest first. */
  facts(): readonly AddressFacts[] {
    return [...this.#entries.values()].map(
      ({ address, source, isTried, heardMs, triedMs, succeededMs, failures }) => ({
        ...{ address, source, isTried, heardMs, triedMs, succeededMs, failures },
      }),
    )
  }

  /** Puts back what was kept. What has no place any more is left out. */
  restore(facts: AddressFacts, nowMs: Millis): void {
    const { address, source, isTried } = facts
    if (!this.#addFresh(address, source, nowMs)) return
    const entry = this.#entries.get(address)
    if (entry === undefined) return
    const { heardMs, triedMs, succeededMs, failures } = facts
    Object.assign(entry, { heardMs, triedMs, succeededMs, failures })
    const place = this.#placement.triedPlace(address, entry.place.netgroup)
    if (isTried && this.#tried.at(place) === undefined) this.#moveToTried(entry, place)
  }

  // ----- places -----

  #addFresh(address: string, source: string, nowMs: Millis): boolean {
    const peer = peerIn(address)
    if (peer === undefined || this.#entries.has(address)) return false
    if (!isKeepable(address) || !isKeepable(source)) return false
    if ((this.#byPeer.get(peer)?.size ?? 0) >= addressesPerPeerMax) return false
    const entry: Entry = {
      ...{ address, peer, place: placeOf(address), source, isTried: false },
      ...{ heardMs: nowMs, triedMs: undefined, succeededMs: undefined, failures: 0 },
      ...{ nextTryMs: nowMs, places: [], listed: 0 },
    }
    if (!this.#placeNew(entry, source, nowMs)) return false
    this.#entries.set(address, entry)
    const addresses = this.#byPeer.get(peer) ?? new Set()
    this.#byPeer.set(peer, addresses.add(address))
    return true
  }

  /** A place that is taken is given only if its holder is terrible, or lies elsewhere too. */
  #placeNew(entry: Entry, source: string, nowMs: Millis): boolean {
    const place = this.#placement.newPlace(entry.address, entry.place.netgroup, source)
    const holder = this.#new.at(place)
    if (holder === entry) return false
    if (holder !== undefined) {
      const isElsewhere = holder.places.length > 1 && entry.places.length === 0
      if (!isElsewhere && !isTerrible(holder, nowMs)) return false
      if (this.#new.clear(place)) this.#forget(holder)
    }
    this.#new.put(place, entry)
    return true
  }

  #moveToTried(entry: Entry, place: number): void {
    assert(this.#tried.at(place) === undefined, 'a tried place that is free')
    this.#new.remove(entry)
    entry.isTried = true
    this.#tried.put(place, entry)
  }

  /** Back among the new ones, or out of the book if there is no place. */
  #demote(entry: Entry, nowMs: Millis): void {
    this.#tried.remove(entry)
    entry.isTried = false
    if (!this.#placeNew(entry, entry.source, nowMs)) this.#forget(entry)
  }

  #forget({ address, peer }: Entry): void {
    this.#entries.delete(address)
    const addresses = this.#byPeer.get(peer)
    addresses?.delete(address)
    if (addresses?.size === 0) this.#byPeer.delete(peer)
  }

  #holderFor(address: string): Entry | undefined {
    const entry = this.#entries.get(address)
    if (entry === undefined) return undefined
    return this.#tried.at(this.#placement.triedPlace(address, entry.place.netgroup))
  }

  #tableFor(choice: Choice): AddressTable {
    if (choice !== 'either') return choice === 'new' ? this.#new : this.#tried
    // A coin decides, so that a full new table cannot outweigh what was tried.
    const [first, second] =
      this.#random.below(2) === 0 ? [this.#new, this.#tried] : [this.#tried, this.#new]
    return first.size > 0 ? first : second
  }

  #draw(table: AddressTable): Entry | undefined {
    return table.size === 0 ? undefined : table.listed(this.#random.below(table.size))
  }

  /** 30 s, doubled by each failure up to an hour, a fifth more or less. */
  #pauseMs(failures: number): Millis {
    const pauseMs = doubled(retryMsMin, Math.max(0, failures - 1), retryMsMax)
    return Math.floor((pauseMs * (800 + this.#random.below(401))) / 1_000)
  }
}

function hasFailedTest(holder: Entry, sinceMs: Millis, nowMs: Millis): boolean {
  const { triedMs = -Infinity, failures } = holder
  const isTested = triedMs >= sinceMs && failures > 0
  return isTested || nowMs - sinceMs > challengeMsMax
}

function hasStoodTest({ succeededMs }: Entry, nowMs: Millis): boolean {
  return succeededMs !== undefined && nowMs - succeededMs < provenLatelyMs
}
