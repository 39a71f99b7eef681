/**
 * Requests to peers, whatever they are for: opening them within every bound, closing them, and what
 * their outcome says of the peer. What the answers are good for is known to those who ask
 * (`certified.ts`, `headers.ts`, `bodies.ts`).
 *
 * Conduct is no matter of this: being slow, silent, busy or without the blocks only decides how soon and for how much a peer
 * is asked again.
 */
import type { PeerId, Random } from '../../../kernel/environment.ts'
import type { Patience } from '../../network/messages.ts'
import { choose, leastOf } from './choice.ts'
import type { Answer, Arrival, Command } from './command.ts'
import { Damper } from './damper.ts'
import { Hedges } from './hedges.ts'
import { Memory } from './memory.ts'
import type { DownloadOptions } from './options.ts'
import { expectedMs, patienceFor } from './patience.ts'
import { has, isTrusted, type Peer } from './peer.ts'
import { byName, Roster } from './roster.ts'
import { Service } from './service.ts'
import { hasRoom, mayHedge } from './sizing.ts'
import { Window } from './window.ts'
import { attemptsBeforeOtherGroups, attemptsBeforeTrusted, type Flight, type Work } from './work.ts'

/** The largest answer there is. */
export const answerBytesMax = 2_097_152

/** How long after a failure a piece of work waits for somebody who has not failed at it. */
const pickyMs = 500
const weightOfNew = 0.1

export interface Opening {
  readonly work: Work
  readonly peer: Peer
  readonly bytes: number
  readonly reservedBytes: number
}

export interface Counts {
  requests: number
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
  readonly service: Service
  readonly hedges: Hedges
  readonly counts: Counts = {
    requests: 0,
    hedges: 0,
    bytesReceived: 0,
    bytesWasted: 0,
  }
  #commands: Command<Segment, Run>[] = []
  readonly #open = new Set<Flight>()
  #nextId = 1
  #bytesInFlight = 0
  #blockBytes: number
  #blocksSeen = 0

  constructor(options: DownloadOptions, random: Random) {
    this.options = options
    this.random = random
    this.hedges = new Hedges(options)
    this.roster = new Roster(random.u32(), options.hasProbes)
    const tell = this.tell.bind(this)
    this.service = new Service(options, this.roster, this.damper, tell)
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
      has(peer, work) && hasRoom(peer, this.options) && fits(peer)
    const able = this.roster.proven.filter(mayAsk)
    const deck = this.roster.deck(work, nowMs).filter(mayAsk)
    const all = deck.length === 0 ? able : [...able, ...deck].toSorted(byName)
    const wise = this.#wise(work, all, nowMs)
    return wise.length === 0 ? undefined : choose(this.options.choice, wise, bytes, this.random)
  }

  /** Without those that have failed at it, as long as there may be others. */
  #wise({ tried }: Work, able: readonly Peer[], nowMs: number): readonly Peer[] {
    if (tried.attempts === 0) return able
    const untried = able.filter(({ id }) => !tried.peers.includes(id))
    if (untried.length === 0) {
      const isHopeful = this.roster.size > tried.peers.length && nowMs - tried.lastMs < pickyMs
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
      const deck = this.roster.deck(work, nowMs)
      return deck.find((peer) => peer.flights.size === 0 && !isAsked(peer))
    }
    const able = this.roster.proven.filter(
      (peer) =>
        mayHedge(peer) && has(peer, work) && !isAsked(peer) && !work.tried.peers.includes(peer.id),
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
      expectedMs: expectedMs(peer, bytes),
      isOpen: true,
    }
    if (isProbe) this.service.probed(flight)
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
      this.service.faulted(flight, answer.fault.code, nowMs)
      return undefined
    }
    const { served, bytes } = answer.value
    this.window.received(bytes)
    this.counts.bytesReceived += bytes
    if (served.kind === 'found') return { ...answer.value, found: served.value }
    if (served.kind === 'busy') this.service.busy(flight, served.retryAfterMs, nowMs)
    else this.service.unavailable(flight, served, nowMs)
    return undefined
  }

  /** Gives up a request for a reason that is not its peer's. */
  cancel(flight: Flight, nowMs: number): void {
    if (!this.#close(flight)) return
    this.tell({ kind: 'cancel', id: flight.id })
    this.service.neutral(flight, nowMs)
  }

  /** Gives up a request that was too slow, as if it had not been answered in time. */
  giveUp(flight: Flight, nowMs: number): void {
    if (!this.#close(flight)) return
    this.tell({ kind: 'cancel', id: flight.id })
    this.service.failed(flight, true, nowMs)
  }

  /** Another was quicker, or what came was not waited for any longer. */
  beaten(flight: Flight, nowMs: number): void {
    if (this.#close(flight)) this.tell({ kind: 'cancel', id: flight.id })
    if (flight.work.kind === 'bodies') this.hedges.judge(flight.isHedge)
    this.service.beaten(flight, nowMs)
  }

  /** Nothing that was asked for is wanted any longer. */
  abandon(nowMs: number): void {
    for (const flight of [...this.#open]) this.cancel(flight, nowMs)
    this.service.forgetProbes(nowMs)
    this.service.forgetHeaders(nowMs)
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

function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
