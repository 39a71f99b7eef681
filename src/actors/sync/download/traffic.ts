/**
 * Requests to peers, whatever they are for: opening them within every bound, closing them, and what
 * their outcome says of the peer. What the answers are good for is known to those who ask
 * (`certified.ts`, `headers.ts`, `bodies.ts`).
 *
 * Conduct is no matter of this: being slow, silent, busy or without the blocks only decides how soon and for how much a peer
 * is asked again.
 */
import type { PeerId, Random } from '../../../kernel/environment.ts'
import { choose, leastOf } from './choice.ts'
import type { Answer, AnswerFaultCode, Arrival, Command, Patience } from './command.ts'
import { Damper } from './damper.ts'
import { Hedges } from './hedges.ts'
import type { Sample } from './measure.ts'
import { Memory } from './memory.ts'
import type { DownloadOptions } from './options.ts'
import { expectedMs, patienceFor } from './patience.ts'
import { has, isTrusted, type Peer } from './peer.ts'
import { byName, Roster } from './roster.ts'
import { hasRoom, mayHedge } from './sizing.ts'
import { Suspects } from './suspects.ts'
import { Window } from './window.ts'
import {
  attemptsBeforeOtherGroups,
  attemptsBeforeTrusted,
  type Flight,
  noteFailure,
  type Work,
} from './work.ts'

/** The largest answer there is. */
export const answerBytesMax = 2_097_152

const pauseMsMax = 60_000
const pauseMsFirst = 500
const lossesMax = 4
const refusalsMax = 3
const busyMsMin = 100
/** How long a free piece of work waits for somebody who has not failed at it. */
const pickyMs = 1_000
/** Failures after which a peer rests where nothing adapts. */
const plainFailuresMax = 5
const weightOfNew = 0.1

export interface Opening {
  readonly work: Work
  readonly peer: Peer
  readonly bytes: number
  readonly reservedBytes: number
}

export interface Counts {
  requests: number
  failures: number
  hedges: number
  bytesReceived: number
  bytesWasted: number
}

export class Traffic<Segment, Run> {
  readonly options: DownloadOptions
  readonly random: Random
  readonly roster: Roster
  readonly window = new Window()
  readonly memory: Memory
  readonly damper = new Damper()
  readonly suspects = new Suspects()
  readonly hedges: Hedges
  readonly counts: Counts = {
    requests: 0,
    failures: 0,
    hedges: 0,
    bytesReceived: 0,
    bytesWasted: 0,
  }
  #commands: Command<Segment, Run>[] = []
  readonly #open = new Set<Flight>()
  /** First requests of unproven peers, until it is known what came of them. */
  readonly #probes = new Set<Flight>()
  #nextId = 1
  #bytesInFlight = 0
  #blockBytes: number
  #blocksSeen = 0

  constructor(options: DownloadOptions, random: Random) {
    this.options = options
    this.random = random
    this.hedges = new Hedges(options)
    this.roster = new Roster(random.u32(), options.hasProbes)
    this.memory = new Memory(options.memoryBytesMax, options.memoryBlocksMax, answerBytesMax)
    this.#blockBytes = options.blockBytesInitial
  }

  /** Expected of requests that are open. */
  get bytesInFlight(): number {
    return this.#bytesInFlight
  }

  /** Requests that are open, in the order in which they were sent. */
  get open(): ReadonlySet<Flight> {
    return this.#open
  }

  /** The average of late. */
  get blockBytes(): number {
    return this.#blockBytes
  }

  /** What blocks weigh, of an answer with `blocks` of them. */
  noteBlocks(bytes: number, blocks: number): void {
    // At first each answer counts as much as all before it; what was assumed is soon forgotten.
    const weight = Math.max(weightOfNew, 1 / (this.#blocksSeen + 1))
    this.#blocksSeen += 1
    this.#blockBytes += weight * (bytes / blocks - this.#blockBytes)
    this.#blockBytes = Math.max(1, this.#blockBytes)
  }

  nextId(): number {
    this.#nextId += 1
    return this.#nextId - 1
  }

  tell(command: Command<Segment, Run>): void {
    this.#commands.push(command)
  }

  takeCommands(): readonly Command<Segment, Run>[] {
    const taken = this.#commands
    this.#commands = []
    return taken
  }

  // ----- whom to ask -----

  /** A peer for `work`, by the rule of choice, of those that have room and `fits` accepts. */
  pick(
    work: Work,
    fits: (peer: Peer) => boolean,
    bytes: (peer: Peer) => number,
    nowMs: number,
  ): Peer | undefined {
    const mayAsk = (peer: Peer): boolean =>
      has(peer, work.fromHeight) && hasRoom(peer, this.options) && fits(peer)
    const able = this.roster.proven.filter(mayAsk)
    const deck = this.roster.deck(work.fromHeight, nowMs).filter(mayAsk)
    const all = deck.length === 0 ? able : [...able, ...deck].toSorted(byName)
    const wise = this.#wise(work, all, nowMs)
    return wise.length === 0 ? undefined : choose(this.options.choice, wise, bytes, this.random)
  }

  /** Without those that have failed at it, as long as there may be others. */
  #wise({ tried, freeSinceMs }: Work, able: readonly Peer[], nowMs: number): readonly Peer[] {
    if (tried.attempts === 0) return able
    const untried = able.filter(({ id }) => !tried.peers.includes(id))
    if (untried.length === 0) {
      const isHopeful = this.roster.size > tried.peers.length && nowMs - freeSinceMs < pickyMs
      return isHopeful ? [] : able
    }
    const trusted = untried.filter(isTrusted)
    if (tried.attempts >= attemptsBeforeTrusted && trusted.length > 0) return trusted
    const others = untried.filter(({ facts }) => !tried.netgroups.includes(facts.netgroup))
    return tried.attempts >= attemptsBeforeOtherGroups && others.length > 0 ? others : untried
  }

  /** The proven peer that would be soonest with a second copy; while there is none, any other. */
  pickHedge(work: Work, bytes: number, nowMs: number): Peer | undefined {
    const isAsked = (peer: Peer): boolean => work.flights.some((flight) => flight.peer === peer)
    if (this.roster.proven.length === 0) {
      const deck = this.roster.deck(work.fromHeight, nowMs)
      return deck.find((peer) => peer.flights.size === 0 && !isAsked(peer))
    }
    const able = this.roster.proven.filter(
      (peer) =>
        mayHedge(peer) &&
        has(peer, work.fromHeight) &&
        !isAsked(peer) &&
        !work.tried.peers.includes(peer.id),
    )
    return leastOf(able, ({ measure, bytesQueued, failuresInRow }) => {
      const ms = measure.rttMinMs + ((bytesQueued + bytes) / measure.bandwidth) * 1_000
      return ms * (1 + 4 * failuresInRow)
    })
  }

  // ----- requests -----

  /** Opens a request. The caller tells the command. */
  launch(
    { work, peer, bytes, reservedBytes }: Opening,
    nowMs: number,
  ): { readonly flight: Flight; readonly patience: Patience } {
    const patience = patienceFor(peer, this.#load(), this.options)
    const isProbe = peer.standing !== 'proven'
    const flight: Flight = {
      id: this.nextId(),
      work,
      peer,
      sentMs: nowMs,
      bytes,
      reservedBytes,
      isHedge: work.flights.length > 0,
      isProbe,
      expectedMs: expectedMs(peer),
      isOpen: true,
    }
    if (isProbe) {
      this.#probes.add(flight)
      this.roster.asked(peer)
    }
    this.hedges.watch(flight)
    peer.flights.add(flight)
    peer.bytesQueued += bytes
    work.flights.push(flight)
    this.#open.add(flight)
    this.#bytesInFlight += bytes
    this.memory.reserve(reservedBytes, 0)
    this.counts.requests += 1
    if (flight.isHedge) this.counts.hedges += 1
    return { flight, patience }
  }

  #load(): {
    readonly bytesInFlight: number
    readonly goodput: number
    readonly paceMedian: number
  } {
    return {
      bytesInFlight: this.options.hasGlobalWindow ? this.#bytesInFlight : 0,
      goodput: this.window.goodput,
      paceMedian: this.#paceMedian,
    }
  }

  /** Of the proven peers' rates; taken once in a while. */
  #paceMedian = 0

  /** What is measured now and then. */
  tick(nowMs: number): void {
    this.roster.refresh(nowMs)
    this.window.tick(nowMs, () => {
      const { proven } = this.roster
      this.#paceMedian = medianOf(proven.map(({ measure }) => measure.bandwidth)) ?? 0
      return medianOf(proven.map(({ measure }) => measure.rttMinMs)) ?? 100
    })
  }

  /** No answer is waited for any longer; what is reserved is given back. False if that was so before. */
  #close(flight: Flight): boolean {
    if (!flight.isOpen) return false
    flight.isOpen = false
    const { peer, work } = flight
    peer.flights.delete(flight)
    peer.bytesQueued -= flight.bytes
    work.flights.splice(work.flights.indexOf(flight), 1)
    this.#open.delete(flight)
    this.#bytesInFlight -= flight.bytes
    this.memory.release(flight.reservedBytes, 0)
    return true
  }

  /** What was found, or undefined; then it is noted why. The request is closed. */
  arrived<Value>(
    flight: Flight,
    answer: Answer<Value>,
    nowMs: number,
  ): (Arrival<Value> & { readonly found: Value }) | undefined {
    if (!this.#close(flight)) return undefined
    if (!answer.ok) {
      this.#faulted(flight, answer.fault.code, nowMs)
      return undefined
    }
    const { served, bytes } = answer.value
    this.window.received(bytes)
    this.counts.bytesReceived += bytes
    if (served.kind === 'found') return { ...answer.value, found: served.value }
    if (served.kind === 'busy') this.#busy(flight, served.retryAfterMs, nowMs)
    else this.#unavailable(flight, served, nowMs)
    return undefined
  }

  /** Gives up a request for a reason that is not its peer's. */
  cancel(flight: Flight, nowMs: number): void {
    if (!this.#close(flight)) return
    this.tell({ kind: 'cancel', id: flight.id })
    this.#neutral(flight, nowMs)
  }

  /** Gives up a request that was too slow, as if it had not been answered in time. */
  giveUp(flight: Flight, nowMs: number): void {
    if (!this.#close(flight)) return
    this.tell({ kind: 'cancel', id: flight.id })
    this.failed(flight, true, nowMs)
  }

  // ----- what an outcome says of the peer -----

  #faulted(flight: Flight, code: AnswerFaultCode, nowMs: number): void {
    switch (code) {
      case 'cancelled':
        return this.#neutral(flight, nowMs)
      case 'no-peer':
        noteFailure(flight.work.tried, flight.peer)
        this.#endProbe(flight)
        return this.roster.pause(flight.peer, pauseMsFirst, nowMs)
      case 'malformed':
      case 'too-large':
        // Whoever could not read it has said so where it matters.
        return this.#setAside(flight, nowMs)
      case 'timeout':
      case 'unreachable':
      case 'refused':
      case 'closed':
        return this.failed(flight, code === 'timeout', nowMs)
      default:
        return code satisfies never
    }
  }

  /** Verified, and of use. */
  served(flight: Flight, sample: Sample, nowMs: number): void {
    const { peer } = flight
    this.#endProbe(flight)
    peer.measure.served(sample, nowMs)
    peer.failuresInRow = 0
    peer.bursts = 0
    peer.losses = 0
    peer.refusals = 0
    if (nowMs >= peer.asideUntilMs) this.roster.promote(peer)
    this.damper.observe(peer.id, false, nowMs)
    const { bytes, elapsedMs, firstByteMs } = sample
    this.tell({ kind: 'measured', peer: peer.id, outcome: 'served', bytes, elapsedMs, firstByteMs })
  }

  /** Verified, but another was quicker; or the answer was not waited for any longer. */
  beaten(flight: Flight, nowMs: number): void {
    const { peer } = flight
    if (this.#close(flight)) this.tell({ kind: 'cancel', id: flight.id })
    this.#measured(flight, 'duplicate', nowMs)
    const isUnproven = this.#endProbe(flight)
    if (nowMs - flight.sentMs <= flight.expectedMs) {
      // It was not late, another was early.
      if (isUnproven) this.roster.pause(peer, 0, nowMs)
      return
    }
    peer.measure.lost()
    peer.losses += 1
    if (isUnproven) return this.roster.pause(peer, doubled(pauseMsFirst, peer.losses - 1), nowMs)
    if (peer.losses >= lossesMax && peer.standing === 'proven') {
      this.roster.pause(peer, pauseMsFirst, nowMs)
    }
  }

  /** Nothing of use came in time. */
  failed(flight: Flight, isTimeout: boolean, nowMs: number): void {
    const { peer, work } = flight
    noteFailure(work.tried, peer)
    this.counts.failures += 1
    this.#measured(flight, 'failed', nowMs)
    const isProbe = this.#endProbe(flight)
    if (!isProbe) this.damper.observe(peer.id, isTimeout, nowMs)
    if (this.damper.isDamped(nowMs)) {
      if (isProbe) this.roster.pause(peer, pauseMsFirst, nowMs)
      return
    }
    peer.measure.failed()
    peer.failuresInRow += 1
    if (flight.sentMs >= peer.lastFailureMs) {
      peer.bursts += 1
      peer.lastFailureMs = nowMs
    }
    if (isProbe || this.#isUnreliable(peer)) this.roster.pause(peer, this.#pauseMs(peer), nowMs)
  }

  #isUnreliable({ failuresInRow, standing }: Peer): boolean {
    const failuresMax = this.options.hasAdaptiveDeadline ? 2 : plainFailuresMax
    return standing === 'proven' && failuresInRow >= failuresMax
  }

  #pauseMs({ bursts, failuresInRow }: Peer): number {
    if (!this.options.hasAdaptiveDeadline && failuresInRow >= plainFailuresMax) return pauseMsMax
    return failuresInRow < 2 ? 0 : doubled(pauseMsFirst, bursts)
  }

  /** It contradicts what is proven at `height`. Not blamed before the truth is known. */
  lied(flight: Flight, height: number, nowMs: number): void {
    this.suspects.note(flight.work.kind, height, flight.peer.id)
    this.#setAside(flight, nowMs)
  }

  /** It is not an answer to what was asked; that needs no further proof. */
  misshapen(flight: Flight, nowMs: number): void {
    this.tell({ kind: 'blame', peer: flight.peer.id, fault: 'malformed' })
    this.#setAside(flight, nowMs)
  }

  /** What is true of these heights is known: whoever gave something else is blamed. */
  truth(kind: Work['kind'], from: number, to: number): void {
    for (const peer of this.suspects.resolve(kind, from, to)) {
      this.tell({ kind: 'blame', peer, fault: 'forged' })
    }
  }

  /** A peer that gave what is wrong gets no request for a minute, or whatever is left until it is banned. */
  setAside(peer: Peer, nowMs: number): void {
    peer.asideUntilMs = nowMs + pauseMsMax
    peer.failuresInRow += 2
    this.roster.pause(peer, pauseMsMax, nowMs)
  }

  #setAside(flight: Flight, nowMs: number): void {
    noteFailure(flight.work.tried, flight.peer)
    this.counts.failures += 1
    this.#endProbe(flight)
    this.#measured(flight, 'failed', nowMs)
    this.setAside(flight.peer, nowMs)
  }

  #busy(flight: Flight, retryAfterMs: number, nowMs: number): void {
    this.#endProbe(flight)
    const ms = Math.min(pauseMsMax, Math.max(busyMsMin, retryAfterMs))
    this.roster.spare(flight.peer, ms, nowMs)
  }

  #unavailable(
    flight: Flight,
    { fromHeight, toHeight }: { readonly fromHeight: number; readonly toHeight: number },
    nowMs: number,
  ): void {
    const { peer, work } = flight
    noteFailure(work.tried, peer)
    peer.refusals += 1
    const isBeyond = work.fromHeight < fromHeight || work.fromHeight > toHeight
    if (isBeyond) {
      peer.facts = { ...peer.facts, availableFrom: fromHeight, committedHeight: toHeight }
    }
    const isUnproven = this.#endProbe(flight)
    if (isUnproven || !isBeyond || peer.refusals >= refusalsMax) {
      this.roster.spare(peer, doubled(pauseMsFirst, peer.refusals), nowMs)
    }
  }

  #neutral(flight: Flight, nowMs: number): void {
    if (this.#endProbe(flight)) this.roster.pause(flight.peer, 0, nowMs)
  }

  /** A check could not be made, or what was checked is not wanted any longer. */
  unchecked(flight: Flight, nowMs: number): void {
    this.#neutral(flight, nowMs)
  }

  /** Whether the peer was on probation until now. */
  #endProbe(flight: Flight): boolean {
    if (!flight.isProbe) return false
    flight.isProbe = false
    this.#probes.delete(flight)
    this.roster.probeEnded()
    return true
  }

  #measured(flight: Flight, outcome: 'failed' | 'duplicate', nowMs: number): void {
    const elapsedMs = nowMs - flight.sentMs
    const peer = flight.peer.id
    this.tell({ kind: 'measured', peer, outcome, bytes: 0, elapsedMs, firstByteMs: undefined })
  }

  /** Nothing that was asked for is wanted any longer. */
  abandon(nowMs: number): void {
    for (const flight of [...this.#open]) this.cancel(flight, nowMs)
    for (const flight of [...this.#probes]) this.#neutral(flight, nowMs)
    this.memory.release(this.memory.bytes, this.memory.blocks)
  }

  /** A peer is gone, and its requests with it; each is handed to `orphan` when it is closed. */
  lose(id: PeerId, nowMs: number, orphan: (flight: Flight) => void): void {
    const peer = this.roster.get(id)
    if (peer === undefined) return
    this.roster.remove(peer)
    for (const flight of [...peer.flights]) {
      this.cancel(flight, nowMs)
      orphan(flight)
    }
  }
}

function doubled(ms: number, times: number): number {
  let grown = ms
  for (let i = 0; i < times && grown < pauseMsMax; i += 1) grown *= 2
  return Math.min(grown, pauseMsMax)
}

function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
