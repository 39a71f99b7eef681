/**
 * Bodies of ranges: the lowest free range is always offered first, to whoever the rule of choice names of the
 * peers with room, within the windows and what memory is left. What comes is validated against the
 * headers, so a wrong body blames its one sender.
 */
import { assert } from '../../../base/assert.ts'
import type { Answer, RunShape, Validated } from './command.ts'
import type { LocalTrouble } from './facts.ts'
import type { Peer } from './peer.ts'
import { type Range, Ranges } from './ranges.ts'
import { noteValidated, type Segment } from './segment.ts'
import { blocksFor, bodiesMax, parallelMax } from './sizing.ts'
import { printOfBytes } from './suspects.ts'
import { answerBytesMax, type Traffic } from './traffic.ts'
import { type Flight, forgive, noteFailure } from './work.ts'

/** Of an answer, without what surrounds the bodies. */
const bodiesBytesMax = answerBytesMax - 4_096
/** Blocks may be larger than the average: so much is reserved for an answer of one byte expected. */
const slack = 1.5
const slackBytes = 16_384
/** Ranges for which nobody can be asked now, passed over in one pass. */
const passedMax = 4
/** No peer holds more of the window, where there are four and more. */
const shareOfWindow = 0.25
const peersForShares = 4
/** Nor more than half of the ranges next to the head. */
const headRanges = 8
/** Where our own link is not measured. */
const fixedWindowBytes = 64_000_000
const goodputMin = 500_000
const blockedMs = 2_000
const blockedMsMax = 64_000
const blockedGrowth = 2
const blockedDecay = 0.85
const oursPauseMs = 1_000

interface Check<Token, Run> {
  readonly flight: Flight
  readonly range: Range<Token, Run>
  readonly asked: number
  readonly bodies: readonly Uint8Array[]
  readonly sample: {
    readonly bytes: number
    readonly firstByteMs: number
    readonly elapsedMs: number
  }
}

export class BodiesDesk<Token, Run extends RunShape> {
  readonly ranges: Ranges<Token, Run>
  readonly #traffic: Traffic<Token, Run>
  readonly #flights = new Map<
    number,
    { readonly flight: Flight; readonly range: Range<Token, Run> }
  >()
  readonly #checks = new Map<number, Check<Token, Run>>()
  /** Free, but the headers are being fetched anew. */
  #parked: Range<Token, Run>[] = []
  #isMemoryFull = false
  #headSinceMs = 0
  #headSeen = -1
  #blockedMs = blockedMs
  #gate = 0
  #pausedUntilMs = 0
  #trouble: LocalTrouble | undefined

  constructor(traffic: Traffic<Token, Run>, floor: number) {
    this.#traffic = traffic
    this.ranges = new Ranges(floor)
  }

  get isMemoryFull(): boolean {
    return this.#isMemoryFull
  }

  /** Since when the lowest missing block has been the same, and memory was not what it waited for. */
  get headSinceMs(): number {
    return this.#headSinceMs
  }

  /** The range of the lowest missing block: in flight, being validated, or waiting for a peer. */
  headRange(): Range<Token, Run> | undefined {
    const { head } = this.ranges
    const busy = this.ranges.at(head)
    if (busy !== undefined) return busy
    const free = this.ranges.lowestFree()
    return free?.fromHeight === head ? free : undefined
  }

  /** The headers of a segment are verified, for the first time or anew. */
  offer(segment: Segment<Token>): void {
    if (!segment.isOffered) this.ranges.add(segment)
    segment.isOffered = true
    // Some of its blocks may have been validated while the headers were fetched anew.
    noteValidated(segment, 0)
    for (const range of this.#parked) {
      if (range.segment === segment) this.ranges.putBack(range)
    }
    this.#parked = this.#parked.filter((range) => range.segment !== segment)
  }

  // ----- sending -----

  pump(nowMs: number): void {
    this.#watchHead(nowMs)
    this.#isMemoryFull = false
    if (nowMs < this.#pausedUntilMs) return
    const aside: Range<Token, Run>[] = []
    while (aside.length < passedMax && this.#isTurn()) {
      const range = this.ranges.lowestFree()
      if (range === undefined) break
      if (range.segment.token === undefined) this.#park()
      else if (!this.#offer(range, aside, nowMs)) break
    }
    for (const range of aside) this.ranges.putBack(range)
  }

  /** Sends the lowest free range, or puts it aside if nobody can be asked for it. False if there is no room. */
  #offer(range: Range<Token, Run>, aside: Range<Token, Run>[], nowMs: number): boolean {
    const isHead = range.fromHeight === this.ranges.head
    if (!isHead && this.#isWindowFull()) return false
    const peer = this.#pick(range, nowMs)
    if (peer === undefined) {
      this.ranges.setAside()
      aside.push(range)
      return true
    }
    const blocks = this.#blocksFor(peer, range, isHead)
    if (blocks === 0) {
      this.#isMemoryFull = true
      return false
    }
    const taken = this.ranges.take(blocks)
    this.#traffic.memory.reserve(0, taken.count)
    this.#send(taken, peer, nowMs)
    this.#gate -= 1
    return true
  }

  #park(): void {
    const range = this.ranges.setAside()
    if (range !== undefined) this.#parked.push(range)
  }

  /** Whether the rules that do one thing after another let a request go. */
  #isTurn(): boolean {
    const { options } = this.#traffic
    if (options.sizing === 'single' || options.sizing === 'batch') {
      return this.ranges.busy === 0 && this.ranges.lowestFree()?.fromHeight === this.ranges.head
    }
    if (options.hasBarrier) {
      const isJoined = this.#flights.size === 0 && this.#checks.size === 0
      if (isJoined) this.#gate = parallelMax
      return this.#gate > 0
    }
    return this.#flights.size < bodiesMax(options)
  }

  #isWindowFull(): boolean {
    const { options, bytesInFlight, window } = this.#traffic
    return bytesInFlight >= (options.hasGlobalWindow ? window.bytes : fixedWindowBytes)
  }

  #pick(range: Range<Token, Run>, nowMs: number): Peer | undefined {
    const traffic = this.#traffic
    const { options, window, roster } = traffic
    const shareMax = window.bytes * shareOfWindow
    const hasShares = options.sizing === 'adaptive' && roster.proven.length >= peersForShares
    const bytesOf = (peer: Peer): number =>
      Math.min(range.count, this.#want(peer)) * traffic.blockBytes
    const fits = (peer: Peer): boolean => {
      if (!hasShares || peer.flights.size === 0) return true
      return peer.bytesQueued + bytesOf(peer) <= shareMax && !this.#holdsHead(peer, range)
    }
    return traffic.pick(range, fits, bytesOf, nowMs)
  }

  /** Whether `range` is next to the head, where the peer has its half already. */
  #holdsHead(peer: Peer, range: Range<Token, Run>): boolean {
    const zone = this.ranges.head + headRanges * this.#want(peer)
    if (range.fromHeight >= zone) return false
    let held = 0
    for (const { work } of peer.flights) {
      if (work.kind === 'bodies' && work.fromHeight < zone) held += 1
    }
    return held * 2 >= headRanges
  }

  #want(peer: Peer): number {
    const { options, blockBytes, roster } = this.#traffic
    const blocks = blocksFor(peer, options, { blockBytes, peers: roster.size })
    const inAnswer = Math.floor(bodiesBytesMax / (blockBytes * slack))
    return Math.max(1, Math.min(blocks, inAnswer, options.memoryBlocksMax >> 5))
  }

  /** How many blocks memory has room for; zero if it should wait. */
  #blocksFor(peer: Peer, range: Range<Token, Run>, isHead: boolean): number {
    const { memory } = this.#traffic
    const blocks = this.#want(peer)
    // A scrap may be taken along, or fresh neighbours join, so it is the wanted number that needs room.
    const isRoom =
      memory.blocksLeft(isHead) >= blocks * 1.25 &&
      memory.bytesLeft(isHead) >= this.#reservedFor(Math.ceil(blocks * 1.25))
    if (isRoom) return blocks
    if (!isHead) return 0
    const one = Math.min(blocks, Math.floor(memory.blocksLeft(true) / 2), range.count)
    return one >= 1 && memory.bytesLeft(true) >= this.#reservedFor(Math.ceil(one * 1.25)) ? one : 0
  }

  #reservedFor(blocks: number): number {
    const expected = blocks * this.#traffic.blockBytes
    return Math.min(bodiesBytesMax, Math.ceil(expected * slack) + slackBytes)
  }

  #send(range: Range<Token, Run>, peer: Peer, nowMs: number): void {
    const { fromHeight, count } = range
    const bytes = Math.ceil(count * this.#traffic.blockBytes)
    const reservedBytes = this.#reservedFor(count)
    const opening = { work: range, peer, bytes, reservedBytes }
    const { flight, patience } = this.#traffic.launch(opening, nowMs)
    const { id } = flight
    this.#flights.set(id, { flight, range })
    const request = { fromHeight, countMax: count, bytesMax: reservedBytes }
    this.#traffic.tell({ kind: 'fetch-bodies', id, peer: peer.id, patience, request })
  }

  /** Asks the same of a second peer, if there is one, and room. */
  hedge({ id }: Flight, nowMs: number): boolean {
    const range = this.#flights.get(id)?.range
    if (range === undefined) return false
    const isHead = range.fromHeight === this.ranges.head
    if (this.#traffic.memory.bytesLeft(isHead) < this.#reservedFor(range.count)) return false
    const peer = this.#traffic.pickHedge(range, range.count * this.#traffic.blockBytes, nowMs)
    if (peer !== undefined) this.#send(range, peer, nowMs)
    return peer !== undefined
  }

  // ----- receiving -----

  answered(id: number, answer: Answer<readonly Uint8Array[]>, nowMs: number): void {
    const asked = this.#flights.get(id)
    if (asked === undefined) return
    this.#flights.delete(id)
    const { flight, range } = asked
    const arrival = this.#traffic.arrived(flight, answer, nowMs)
    if (arrival === undefined) return this.#orphan(range)
    const { segment } = range
    const bodies = arrival.found
    if (range.state !== 'in-flight' || segment.token === undefined) {
      this.#traffic.counts.bytesWasted += arrival.bytes
      if (range.state === 'in-flight') this.#traffic.service.neutral(flight, nowMs)
      else this.#traffic.beaten(flight, nowMs)
      return this.#orphan(range)
    }
    if (bodies.length === 0 || bodies.length > range.count) {
      this.#traffic.service.misshapen(flight, nowMs)
      return this.#orphan(range)
    }
    const { bytes } = arrival
    const isHead = range.fromHeight === this.ranges.head
    if (!isHead && this.#traffic.memory.bytesLeft(false) < bytes) {
      // Larger than anybody could know, and no room for it. It will be asked for when there is.
      this.#traffic.service.neutral(flight, nowMs)
      return this.#orphan(range)
    }
    this.#traffic.memory.reserve(bytes, 0)
    range.bytes = bytes
    this.ranges.validating(range)
    const check = { flight, range, asked: range.count, bodies, sample: arrival }
    this.#checks.set(id, check)
    const { fromHeight } = range
    const { token } = segment
    this.#traffic.tell({ kind: 'validate', id, segment: token, fromHeight, bodies })
  }

  /** A segment whose headers turned out to be wrong, or undefined. */
  validated(id: number, outcome: Validated<Run>, nowMs: number): Segment<Token> | undefined {
    const check = this.#checks.get(id)
    if (check === undefined) return undefined
    this.#checks.delete(id)
    const { flight, range, bodies } = check
    const { run, fault } = outcome
    const sound = run?.records.length ?? 0
    assert(sound <= bodies.length, 'no more blocks are sound than were validated')
    if (range.state === 'gone') {
      this.#traffic.service.neutral(flight, nowMs)
      return undefined
    }
    if (run === undefined || sound === 0) this.#refuse(check)
    else this.#accept(check, run, nowMs)
    const height = range.fromHeight + sound
    if (fault?.culprit === 'ours') this.#troubled(height, fault.code, nowMs)
    return this.#blame(check, { culprit: fault?.culprit, height }, nowMs)
  }

  #accept(
    { flight, range, asked, bodies, sample }: Check<Token, Run>,
    run: Run,
    nowMs: number,
  ): void {
    const count = run.records.length
    const traffic = this.#traffic
    traffic.noteBlocks(run.bytes, count)
    traffic.memory.release(0, asked - count)
    for (const other of [...range.flights]) {
      this.#flights.delete(other.id)
      traffic.beaten(other, nowMs)
    }
    // Whoever gives scraps is not the first to be asked for what they leave over.
    forgive(range.tried)
    if (count * 2 < asked) noteFailure(range.tried, flight.peer, nowMs)
    this.ranges.ready(range, { run, count })
    noteValidated(range.segment, count)
    const { segment, fromHeight } = range
    const heights = { from: fromHeight, to: fromHeight + count }
    traffic.service.truth('body', heights, (height) => printAt(bodies, height - fromHeight))
    traffic.service.truth('signature', heights, (height) => signaturePrint(segment, height))
    this.#blockedMs = Math.max(blockedMs, this.#blockedMs * blockedDecay)
    traffic.service.served(flight, sample, nowMs)
  }

  #refuse({ range }: Check<Token, Run>): void {
    this.#traffic.memory.release(range.bytes, 0)
    range.bytes = 0
    this.ranges.stillInFlight(range)
    this.#orphan(range)
  }

  /** We could not check it. Nobody is asked for more before we had a rest. */
  #troubled(height: number, code: string, nowMs: number): void {
    this.#pausedUntilMs = nowMs + oursPauseMs
    const attempts = this.#trouble?.height === height ? this.#trouble.attempts + 1 : 1
    this.#trouble = { height, code, attempts }
  }

  /** What we could not check, until the blocks beyond are ready. */
  get trouble(): LocalTrouble | undefined {
    const isOver = this.#trouble !== undefined && this.ranges.head > this.#trouble.height
    return isOver ? undefined : this.#trouble
  }

  #blame(
    check: Check<Token, Run>,
    { culprit, height }: { readonly culprit: string | undefined; readonly height: number },
    nowMs: number,
  ): Segment<Token> | undefined {
    const { flight, range } = check
    const { segment } = range
    if (culprit === 'bodies') {
      const print = printAt(check.bodies, height - range.fromHeight) ?? ''
      this.#traffic.service.lied(flight, { of: 'body', height, print }, nowMs)
    }
    if (culprit === 'headers' || culprit === 'ours') this.#traffic.service.neutral(flight, nowMs)
    if (culprit !== 'headers' || segment.token === undefined) return undefined
    if (segment.sender !== undefined) {
      // It is known by the blocks whether the headers were right.
      const print = signaturePrint(segment, height) ?? ''
      const refusal = { of: 'signature', height, print } as const
      this.#traffic.service.gaveWrongHeaders(segment.sender, refusal, nowMs)
      noteFailure(segment.tried, segment.sender, nowMs)
    }
    return segment
  }

  /** A request went with its peer. */
  lost({ id }: Flight): void {
    const asked = this.#flights.get(id)
    if (asked === undefined) return
    this.#flights.delete(id)
    this.#orphan(asked.range)
  }

  /** A request is over without bodies: the range is free, unless another is open or its answer is being validated. */
  #orphan(range: Range<Token, Run>): void {
    if (range.state !== 'in-flight' || range.flights.length > 0) return
    this.#traffic.memory.release(0, range.count)
    this.ranges.free(range)
  }

  // ----- what others committed, and what does not move -----

  /** Blocks below `floor` came another way. */
  raise(floor: number, nowMs: number): void {
    const drop = (range: Range<Token, Run>): void => {
      for (const flight of [...range.flights]) {
        this.#flights.delete(flight.id)
        this.#traffic.cancel(flight, nowMs)
      }
      this.#traffic.memory.release(range.bytes, range.count)
    }
    this.ranges.raise(floor, drop)
  }

  #watchHead(nowMs: number): void {
    const { head } = this.ranges
    if (head === this.#headSeen && !this.#isMemoryFull) return
    this.#headSeen = head
    this.#headSinceMs = nowMs
  }

  /**
   * The last line: if everything waits for one peer, it is asked for no more, and unproven. Twice as long
   * the next time, lest a slow link of ours puts off one peer after another (Bitcoin's rule, and its lesson).
   */
  unblock(nowMs: number): void {
    const range = this.ranges.at(this.ranges.head)
    const flight = range?.flights[0]
    if (range?.state !== 'in-flight' || flight === undefined) return
    const isBlocked = this.#isMemoryFull || this.ranges.lowestFree() === undefined
    const { bytesInFlight, window, options } = this.#traffic
    const linkMs = (bytesInFlight / Math.max(goodputMin, window.goodput)) * 3_000
    const isLong = nowMs - Math.max(flight.sentMs, this.#headSinceMs) > this.#blockedMs + linkMs
    if (!isBlocked || !isLong || !options.hasHeadHedge) return
    this.#blockedMs = Math.min(blockedMsMax, this.#blockedMs * blockedGrowth)
    this.#flights.delete(flight.id)
    this.#traffic.giveUp(flight, nowMs)
    this.#traffic.roster.pause(flight.peer, this.#blockedMs, nowMs)
    this.#orphan(range)
  }
}

function printAt(bodies: readonly Uint8Array[], at: number): string | undefined {
  const body = bodies[at]
  return body === undefined ? undefined : printOfBytes(body)
}

/** Of what the author of a header signed it with. */
function signaturePrint<Token>(segment: Segment<Token>, height: number): string | undefined {
  const header = segment.headers[height - segment.fromHeight]
  return header === undefined ? undefined : printOfBytes(header.signature)
}
