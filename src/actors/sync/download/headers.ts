/**
 * Headers of segments, in the order of need, several at a time. They must link from the certified parent to
 * the certified end; if they do not, their one sender gave something else than the chain.
 */
import type { SignedHeader } from '../../../protocol/block/header.ts'
import { leastOf } from './choice.ts'
import type { Answer, Proven } from './command.ts'
import type { HistoryRefusal } from './facts.ts'
import { Heap } from './heap.ts'
import type { Peer } from './peer.ts'
import { moveSegment, type Segment } from './segment.ts'
import { printOfHeaders } from './suspects.ts'
import type { Traffic } from './traffic.ts'
import type { Flight } from './work.ts'

/** An encoded header and its signature. */
const headerBytes = 192
const requestsMax = 8
/** Answers that may be put together for one segment: a server reads so much for one, and no more. */
const partsMax = 64

interface Asked<Token> {
  readonly flight: Flight
  readonly segment: Segment<Token>
  /** What the same peer gave of it before. */
  readonly before: Part
}

/** The first headers of a segment, all of one sender, and how many answers they came in. */
interface Part {
  readonly headers: readonly SignedHeader[]
  readonly answers: number
}

const nothing: Part = { headers: [], answers: 0 }

interface Check<Token> {
  readonly flight: Flight
  readonly segment: Segment<Token>
  readonly headers: readonly SignedHeader[]
  readonly sample: {
    readonly bytes: number
    readonly firstByteMs: number
    readonly elapsedMs: number
  }
}

export class HeadersDesk<Token, Run> {
  readonly #traffic: Traffic<Token, Run>
  /** Certified segments whose headers are wanted, lowest first. */
  readonly #wanted = new Heap<Segment<Token>>()
  readonly #flights = new Map<number, Asked<Token>>()
  readonly #checks = new Map<number, Check<Token>>()
  readonly #busy = new Set<Segment<Token>>()
  #refusal: HistoryRefusal | undefined

  constructor(traffic: Traffic<Token, Run>) {
    this.#traffic = traffic
  }

  /** Segments that are not verified. */
  get waiting(): number {
    return this.#wanted.length + this.#busy.size
  }

  /** The lowest segment whose headers are on their way. */
  get lowest(): Segment<Token> | undefined {
    return leastOf([...this.#busy], ({ fromHeight }) => fromHeight)
  }

  /** The lowest segment whose headers are missing, whether they are on their way or not. */
  get head(): Segment<Token> | undefined {
    const { lowest } = this
    const wanted = this.#wanted.peek()
    if (lowest === undefined || wanted === undefined) return lowest ?? wanted
    return lowest.fromHeight < wanted.fromHeight ? lowest : wanted
  }

  /** What was certified and is not the chain to follow, if there was such. */
  get refusal(): HistoryRefusal | undefined {
    return this.#refusal
  }

  /** The lowest height whose header is not verified, of those in segments that are known. */
  get lowestMissing(): number | undefined {
    const busy = this.lowest?.fromHeight ?? Number.POSITIVE_INFINITY
    const least = Math.min(busy, this.#wanted.leastKey)
    return least === Number.POSITIVE_INFINITY ? undefined : least
  }

  add(segment: Segment<Token>): void {
    this.#wanted.push(segment.fromHeight, segment)
  }

  /** The headers turned out to be wrong after they were verified: they are wanted anew. */
  again(segment: Segment<Token>): void {
    moveSegment(segment, ['verified', 'bodies-done'], 'certified')
    segment.token = undefined
    this.add(segment)
  }

  /** Asks for headers of segments that are wanted from `floor` on, and begin at or below `heightMax`. */
  pump(floor: number, heightMax: number, nowMs: number): void {
    while (this.#busy.size < requestsMax && this.#wanted.leastKey <= heightMax) {
      const segment = this.#wanted.peek()
      if (segment === undefined) return
      if (segment.fromHeight + segment.count <= floor) {
        this.#wanted.pop()
        continue
      }
      const bytes = segment.count * headerBytes
      const peer = this.#traffic.pick(
        segment,
        () => true,
        () => bytes,
        nowMs,
      )
      if (peer === undefined) return
      this.#wanted.pop()
      moveSegment(segment, ['certified'], 'requested')
      this.#busy.add(segment)
      this.#send(segment, peer, nowMs)
    }
  }

  /** Everything below `floor` was committed by others: headers of it are not waited for any longer. */
  raise(floor: number, nowMs: number): void {
    for (const segment of [...this.#busy]) {
      if (segment.fromHeight + segment.count > floor) continue
      this.#busy.delete(segment)
      for (const flight of [...segment.flights]) {
        this.#flights.delete(flight.id)
        this.#traffic.cancel(flight, nowMs)
      }
    }
  }

  /** Asks a second peer for the same, if there is one. */
  hedge({ id }: Flight, nowMs: number): boolean {
    const segment = this.#flights.get(id)?.segment
    if (segment === undefined) return false
    const peer = this.#traffic.pickHedge(segment, segment.count * headerBytes, nowMs)
    if (peer !== undefined) this.#send(segment, peer, nowMs)
    return peer !== undefined
  }

  #send(segment: Segment<Token>, peer: Peer, nowMs: number, before = nothing): void {
    const { length } = before.headers
    const countMax = segment.count - length
    const opening = { work: segment, peer, bytes: countMax * headerBytes, reservedBytes: 0 }
    const { flight, patience } = this.#traffic.launch(opening, nowMs)
    const { id } = flight
    this.#flights.set(id, { flight, segment, before })
    const request = { fromHeight: segment.fromHeight + length, countMax }
    this.#traffic.tell({ kind: 'fetch-headers', id, peer: peer.id, patience, request })
  }

  answered(id: number, answer: Answer<readonly SignedHeader[]>, nowMs: number): void {
    const asked = this.#flights.get(id)
    if (asked === undefined) return
    this.#flights.delete(id)
    const { flight, segment, before } = asked
    const arrival = this.#traffic.arrived(flight, answer, nowMs)
    if (arrival === undefined) return this.#orphan(segment)
    if (segment.state !== 'requested') return this.#traffic.beaten(flight, nowMs)
    const headers = [...before.headers, ...arrival.found]
    if (headers.length > segment.count || arrival.found.length === 0) {
      this.#traffic.service.misshapen(flight, nowMs)
      return this.#orphan(segment)
    }
    if (headers.length < segment.count) {
      return this.#goOn(asked, { headers, answers: before.answers + 1 }, nowMs)
    }
    moveSegment(segment, ['requested'], 'proving')
    this.#checks.set(id, { flight, segment, headers, sample: arrival })
    const { parent, end } = segment
    this.#traffic.tell({ kind: 'prove', id, parent, headers, certificate: end.certificate })
  }

  /** Asks the same peer for the rest, so that whoever gave what does not link is known. */
  #goOn({ flight, segment }: Asked<Token>, part: Part, nowMs: number): void {
    if (part.answers >= partsMax) {
      this.#traffic.service.failed(flight, false, nowMs)
      return this.#orphan(segment)
    }
    if (!this.#traffic.service.mayGoOn(flight)) return this.#orphan(segment)
    this.#send(segment, flight.peer, nowMs, part)
  }

  /** The segment that is verified now. */
  proven(id: number, outcome: Proven<Token>, nowMs: number): Segment<Token> | undefined {
    const check = this.#checks.get(id)
    if (check === undefined) return undefined
    this.#checks.delete(id)
    const { flight, segment, headers, sample } = check
    if (!outcome.ok) {
      moveSegment(segment, ['proving'], 'requested')
      if (outcome.fault.culprit === 'history') return this.#refuse(check, outcome.fault.code, nowMs)
      const refusal = {
        of: 'headers',
        height: segment.fromHeight,
        print: printOfHeaders(headers),
      } as const
      this.#traffic.service.lied(flight, refusal, nowMs)
      this.#orphan(segment)
      return undefined
    }
    moveSegment(segment, ['proving'], 'verified')
    this.#busy.delete(segment)
    segment.token = outcome.value
    segment.headers = headers
    segment.sender = flight.peer
    this.#traffic.service.served(flight, sample, nowMs)
    for (const other of [...segment.flights]) {
      this.#flights.delete(other.id)
      this.#traffic.beaten(other, nowMs)
    }
    const heights = { from: segment.fromHeight, to: segment.fromHeight + segment.count }
    this.#traffic.service.truth('headers', heights, () => printOfHeaders(headers))
    return segment
  }

  /** Headers that a quorum certified are not of this node's chain: whoever leads there is left alone. */
  #refuse({ flight, segment }: Check<Token>, code: string, nowMs: number): undefined {
    const { service } = this.#traffic
    this.#refusal ??= { height: segment.fromHeight, code }
    service.neutral(flight, nowMs)
    for (const peer of new Set([segment.giver.id, flight.peer.id])) {
      this.#traffic.tell({ kind: 'distrust', peer })
    }
    this.#orphan(segment)
  }

  /** A request went with its peer. */
  lost({ id }: Flight): void {
    const asked = this.#flights.get(id)
    if (asked === undefined) return
    this.#flights.delete(id)
    this.#orphan(asked.segment)
  }

  /** A request for it is over without headers: it is wanted again, unless another is open. */
  #orphan(segment: Segment<Token>): void {
    if (segment.state !== 'requested' || segment.flights.length > 0) return
    moveSegment(segment, ['requested'], 'certified')
    this.#busy.delete(segment)
    this.add(segment)
  }
}
