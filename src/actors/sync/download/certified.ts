/**
 * The skeleton: certified headers from where we stand up to the target, at strides. One question at a
 * time; a certified height is proven by its own certificate, so a wrong one blames its one sender.
 *
 * The distance between two is what one segment will be: about 8 MiB of blocks, or 512 of them; less near
 * the target, so that several peers have something to do. The target is a register that only rises; it
 * is reached by slot, since a slot is certified and the height beside it only claimed.
 */

import type { Place } from '../../../proof/certified-header.ts'
import type { CertifiedRequest } from '../../../protocol/wire/certified.ts'
import type { CertifiedHeader } from '../../../protocol/wire/certified-header.ts'
import type { Answer, Verified } from './command.ts'
import type { Peer } from './peer.ts'
import { newSegment, placeOf, type Segment, segmentBlocksMax } from './segment.ts'
import { printOfCertified } from './suspects.ts'
import type { Traffic } from './traffic.ts'
import { type Flight, noteFailure, untried, type Work } from './work.ts'

/** Of an encoded certified header, about. */
const certifiedBytes = 400
const segmentBytes = 8 * 1_048_576
const strideMax = 512
const strideMin = 32
const segmentsNearTarget = 8
/** Certified headers of one answer; the first answers are shorter, so that the second stage begins early. */
const countMaxFirst = 16
const countMax = 256
const firstCopies = 3
/** Segments known ahead of what is imported. */
const segmentsAheadMax = 256

interface Quest extends Work {
  readonly kind: 'certified'
}

interface Check {
  readonly flight: Flight
  readonly list: readonly CertifiedHeader[]
  readonly sample: {
    readonly bytes: number
    readonly firstByteMs: number
    readonly elapsedMs: number
  }
}

export class CertifiedDesk<Token, Run> {
  readonly #traffic: Traffic<Token, Run>
  readonly #flights = new Map<
    number,
    { readonly flight: Flight; readonly request: CertifiedRequest }
  >()
  #check: Check | undefined
  #quest: Quest
  #top: Place
  #target: Place
  #countMax = countMaxFirst

  constructor(traffic: Traffic<Token, Run>, top: Place) {
    this.#traffic = traffic
    this.#top = top
    this.#target = top
    this.#quest = questAbove(top)
  }

  /** The highest place that is proven by its certificate. */
  get top(): Place {
    return this.#top
  }

  get target(): Place {
    return this.#target
  }

  get isComplete(): boolean {
    return this.#top.slot >= this.#target.slot
  }

  /** The question that is open now, or will be next. */
  get quest(): Work {
    return this.#quest
  }

  raiseTarget(target: Place): void {
    if (target.slot > this.#target.slot) this.#target = target
  }

  /** The chain stands above what was known to be certified. */
  raiseTop(place: Place, nowMs: number): void {
    if (place.height <= this.#top.height) return
    this.#top = place
    for (const flight of [...this.#quest.flights]) {
      this.#flights.delete(flight.id)
      this.#traffic.cancel(flight, nowMs)
    }
    this.#quest = questAbove(place)
  }

  /** Asks for more, if segments run short. */
  pump(segmentsAhead: number, nowMs: number): void {
    const isAsking = this.#quest.flights.length > 0 || this.#check !== undefined
    if (isAsking || this.isComplete || segmentsAhead >= segmentsAheadMax) return
    // While nobody is proven, several are asked at once: the first answer is what everything waits for.
    const copies = this.#traffic.roster.proven.length === 0 ? firstCopies : 1
    for (let copy = 0; copy < copies; copy += 1) {
      const bytes = this.#countMax * certifiedBytes
      const peer = this.#traffic.pick(
        this.#quest,
        (able) => this.#leadsFarEnough(able),
        () => bytes,
        nowMs,
      )
      if (peer === undefined) return
      this.#send(peer, nowMs)
    }
  }

  /** Below a trusted block, those are asked that claim to have it: others may have another history. */
  #leadsFarEnough({ facts }: Peer): boolean {
    const { trustedHeight } = this.#traffic.options
    return this.#top.height >= trustedHeight || facts.committedHeight >= trustedHeight
  }

  /** Asks the same of a second peer. */
  hedge(nowMs: number): boolean {
    if (this.#top.height < this.#traffic.options.trustedHeight) return false
    const peer = this.#traffic.pickHedge(this.#quest, this.#countMax * certifiedBytes, nowMs)
    if (peer !== undefined) this.#send(peer, nowMs)
    return peer !== undefined
  }

  /** A request went with its peer. */
  lost({ id }: Flight): void {
    this.#flights.delete(id)
  }

  #send(peer: Peer, nowMs: number): void {
    const request = this.#requestTo(peer)
    const bytes = request.countMax * certifiedBytes
    const opening = { work: this.#quest, peer, bytes, reservedBytes: 0 }
    const { flight, patience } = this.#traffic.launch(opening, nowMs)
    this.#flights.set(flight.id, { flight, request })
    const { id } = flight
    this.#traffic.tell({ kind: 'fetch-certified', id, peer: peer.id, patience, request })
  }

  /** Strides that end at the target, or at the last block that the peer has. */
  #requestTo({ facts }: Peer): CertifiedRequest {
    const { height } = this.#top
    const isHeightKnown = this.#target.height > height
    const goal = isHeightKnown
      ? Math.min(this.#target.height, facts.committedHeight)
      : facts.committedHeight
    const left = goal - height
    const strideHeights = strideFor(left, this.#traffic.blockBytes)
    const steps = Math.ceil(left / strideHeights)
    const fromHeight = goal - (steps - 1) * strideHeights
    return { fromHeight, strideHeights, countMax: Math.min(this.#countMax, steps) }
  }

  answered(id: number, answer: Answer<readonly CertifiedHeader[]>, nowMs: number): void {
    const asked = this.#flights.get(id)
    if (asked === undefined) return
    this.#flights.delete(id)
    const { flight, request } = asked
    const arrival = this.#traffic.arrived(flight, answer, nowMs)
    if (arrival === undefined) return
    if (flight.work !== this.#quest || this.#check !== undefined) {
      return this.#traffic.beaten(flight, nowMs)
    }
    if (!fits(arrival.found, request)) return this.#traffic.service.misshapen(flight, nowMs)
    const list = this.#linked(arrival.found)
    if (list.length === 0) return this.#traffic.service.failed(flight, false, nowMs)
    this.#check = { flight, list, sample: arrival }
    this.#traffic.tell({ kind: 'verify', id, certified: list })
  }

  /** Up to the first gap that no segment can bridge. */
  #linked(list: readonly CertifiedHeader[]): readonly CertifiedHeader[] {
    let { height, slot } = this.#top
    const gap = list.findIndex((item) => {
      const place = placeOf(item)
      const isNext =
        place.height > height && place.height - height <= segmentBlocksMax && place.slot > slot
      ;({ height, slot } = place)
      return !isNext
    })
    return gap < 0 ? list : list.slice(0, gap)
  }

  /** The segments that are known now. */
  verified(id: number, { forgedAt }: Verified, nowMs: number): readonly Segment<Token>[] {
    const check = this.#check
    if (check?.flight.id !== id) return []
    this.#check = undefined
    const { flight, list, sample } = check
    if (flight.work !== this.#quest) {
      this.#traffic.service.neutral(flight, nowMs)
      return []
    }
    if (forgedAt !== undefined) {
      this.#refuse(flight, list, { forgedAt, nowMs })
      return []
    }
    this.#traffic.service.served(flight, sample, nowMs)
    for (const other of [...this.#quest.flights]) {
      this.#flights.delete(other.id)
      this.#traffic.beaten(other, nowMs)
    }
    this.#countMax = Math.min(countMax, this.#countMax * 4)
    return this.#extend(list, flight, nowMs)
  }

  #refuse(
    flight: Flight,
    list: readonly CertifiedHeader[],
    { forgedAt, nowMs }: { readonly forgedAt: number; readonly nowMs: number },
  ): void {
    const item = list[forgedAt]
    if (item === undefined || forgedAt > 0) return this.#traffic.service.forged(flight, nowMs)
    const { height } = item.signed.header
    const refusal = { of: 'certified', height, print: printOfCertified(item) } as const
    this.#traffic.service.lied(flight, refusal, nowMs)
  }

  #extend(
    list: readonly CertifiedHeader[],
    { peer }: Flight,
    nowMs: number,
  ): readonly Segment<Token>[] {
    const from = this.#top.height + 1
    const segments = list.map((end) => {
      const segment = newSegment<Token>(this.#top, end, peer)
      this.#top = placeOf(end)
      return segment
    })
    this.#traffic.service.truth('certified', { from, to: this.#top.height + 1 }, (height) => {
      const item = list.find(({ signed }) => signed.header.height === height)
      return item === undefined ? undefined : printOfCertified(item)
    })
    this.#quest = questAbove(this.#top)
    // Whoever gave little is not asked next, as long as there are others.
    if (list.length * 2 < this.#countMax / 4) noteFailure(this.#quest.tried, peer, nowMs)
    return segments
  }
}

function questAbove({ height }: Place): Quest {
  return { kind: 'certified', fromHeight: height + 1, flights: [], tried: untried() }
}

/** Heights between two certified headers, where `left` are left. */
function strideFor(left: number, blockBytes: number): number {
  const usual = Math.min(strideMax, Math.max(strideMin, Math.floor(segmentBytes / blockBytes)))
  const near = Math.max(strideMin, Math.ceil(left / segmentsNearTarget))
  return Math.min(usual, near)
}

/** Whether an answer is one to `request`: ascending heights, none below its stride, not too many. */
function fits(
  list: readonly CertifiedHeader[],
  { fromHeight, strideHeights, countMax: max }: CertifiedRequest,
): boolean {
  let before = 0
  return (
    list.length >= 1 &&
    list.length <= max &&
    list.every(({ signed }, at) => {
      const { height } = signed.header
      const isNext = height > before && height >= fromHeight + at * strideHeights
      before = height
      return isNext
    })
  )
}
