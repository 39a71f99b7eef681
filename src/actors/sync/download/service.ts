/**
 * What the outcome of a request says of its peer: what was measured, whether it is proven, whether it rests.
 *
 * Conduct is no matter of this: being slow, silent, busy or without the blocks only decides how soon and for how much a
 * peer is asked again. What contradicts the proven sets a peer aside at once; it is blamed when the
 * truth is known (`suspects.ts`).
 */
import type { PeerId } from '../../../kernel/environment.ts'
import type { AnswerFaultCode, Command } from './command.ts'
import type { Damper } from './damper.ts'
import type { Sample } from './measure.ts'
import type { DownloadOptions } from './options.ts'
import type { Peer } from './peer.ts'
import type { Roster } from './roster.ts'
import { type Refused, Suspects } from './suspects.ts'
import { type Flight, noteFailure } from './work.ts'

const pauseMsMax = 60_000
const pauseMsFirst = 500
/** Of failures, losses and refusals in a row, so many are one too many. */
const failuresMax = 2
const lossesMax = 4
const refusalsMax = 3
const busyMsMin = 100
/** Failures after which a peer rests where nothing adapts. */
const plainFailuresMax = 5

/** What was refused, for which height, and by what it is known again. */
export interface Refusal {
  readonly of: Refused
  readonly height: number
  readonly print: string
}

/** What is told of peers. */
type Tell = (
  command: Extract<Command<never, never>, { readonly kind: 'blame' | 'measured' }>,
) => void

export class Service {
  readonly #options: DownloadOptions
  readonly #roster: Roster
  readonly #damper: Damper
  readonly #suspects = new Suspects()
  readonly #tell: Tell
  /** First requests of unproven peers, until it is known what came of them. */
  readonly #probes = new Set<Flight>()
  /** See {@link hold}. */
  readonly #accused: PeerId[] = []
  #isHeld = false
  /** Requests that failed. */
  failures = 0

  constructor(options: DownloadOptions, roster: Roster, damper: Damper, tell: Tell) {
    this.#options = options
    this.#roster = roster
    this.#damper = damper
    this.#tell = tell
  }

  /** An unproven peer is asked. */
  probed(flight: Flight): void {
    this.#probes.add(flight)
    this.#roster.asked(flight.peer)
  }

  /** What was asked of unproven peers is not wanted any longer. */
  forgetProbes(nowMs: number): void {
    for (const flight of [...this.#probes]) this.neutral(flight, nowMs)
  }

  /**
   * Segments are cut anew, so headers that were refused cannot be compared with those that will pass; and perhaps
   * it was the ends of the segments that were wrong. Whoever gave them may be asked again.
   */
  forgetHeaders(nowMs: number): void {
    this.#accused.length = 0
    for (const id of this.#suspects.forget('headers')) {
      const peer = this.#roster.get(id)
      if (peer === undefined) continue
      peer.asideUntilMs = nowMs
      this.#roster.pause(peer, 0, nowMs)
    }
  }

  /** Peers that gave for `height` what did not pass. */
  liesAt(height: number): number {
    return this.#suspects.at(height)
  }

  /** No answer, or none that could be read. */
  faulted(flight: Flight, code: AnswerFaultCode, nowMs: number): void {
    switch (code) {
      case 'cancelled':
        return this.neutral(flight, nowMs)
      case 'no-peer':
        noteFailure(flight.work.tried, flight.peer, nowMs)
        this.#endProbe(flight)
        return this.#roster.pause(flight.peer, pauseMsFirst, nowMs)
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
    if (nowMs >= peer.asideUntilMs) this.#roster.promote(peer)
    this.#damper.observe(peer.id, false, nowMs)
    const { bytes, elapsedMs, firstByteMs } = sample
    this.#tell({
      kind: 'measured',
      peer: peer.id,
      outcome: 'served',
      bytes,
      elapsedMs,
      firstByteMs,
    })
  }

  /** Verified, but another was quicker; or the answer was not waited for any longer. */
  beaten(flight: Flight, nowMs: number): void {
    const { peer } = flight
    this.#measured(flight, 'duplicate', nowMs)
    const isUnproven = this.#endProbe(flight)
    if (nowMs - flight.sentMs <= flight.expectedMs) {
      // It was not late, another was early.
      if (isUnproven) this.#roster.pause(peer, 0, nowMs)
      return
    }
    peer.measure.lost()
    peer.losses += 1
    if (isUnproven) return this.#roster.pause(peer, doubled(pauseMsFirst, peer.losses - 1), nowMs)
    if (peer.losses >= lossesMax && peer.standing === 'proven') {
      this.#roster.pause(peer, pauseMsFirst, nowMs)
    }
  }

  /** Nothing of use came in time. */
  failed(flight: Flight, isTimeout: boolean, nowMs: number): void {
    const { peer, work } = flight
    noteFailure(work.tried, peer, nowMs)
    this.failures += 1
    this.#measured(flight, 'failed', nowMs)
    const isProbe = this.#endProbe(flight)
    // Whoever never served says nothing of our link.
    const hasServed = peer.measure.answerMs(0) !== undefined
    const innocent = hasServed ? this.#damper.observe(peer.id, isTimeout, nowMs) : []
    for (const id of innocent) this.#pardon(id, nowMs)
    if (this.#damper.isDamped(nowMs)) {
      if (isProbe) this.#roster.pause(peer, pauseMsFirst, nowMs)
      return
    }
    peer.measure.failed()
    peer.failuresInRow += 1
    if (flight.sentMs >= peer.lastFailureMs) {
      peer.bursts += 1
      peer.lastFailureMs = nowMs
    }
    if (isProbe || this.#isUnreliable(peer)) this.#roster.pause(peer, this.#pauseMs(peer), nowMs)
  }

  /** It failed by no fault of its own. */
  #pardon(id: PeerId, nowMs: number): void {
    const peer = this.#roster.get(id)
    if (peer === undefined || nowMs < peer.asideUntilMs) return
    peer.failuresInRow = 0
    peer.bursts = 0
    this.#roster.promote(peer)
  }

  #isUnreliable({ failuresInRow, standing }: Peer): boolean {
    const max = this.#options.hasAdaptiveDeadline ? failuresMax : plainFailuresMax
    return standing === 'proven' && failuresInRow >= max
  }

  #pauseMs({ bursts, failuresInRow }: Peer): number {
    if (!this.#options.hasAdaptiveDeadline && failuresInRow >= plainFailuresMax) return pauseMsMax
    return failuresInRow < failuresMax ? 0 : doubled(pauseMsFirst, bursts)
  }

  /** What it gave was refused. It is not blamed before the truth is known. */
  lied(flight: Flight, refusal: Refusal, nowMs: number): void {
    this.#suspects.note({ ...refusal, peer: flight.peer.id })
    this.#setAside(flight, nowMs)
  }

  /** What it gave was refused by a check that passed other things in the same answer, so it is sound. */
  forged(flight: Flight, nowMs: number): void {
    this.#tell({ kind: 'blame', peer: flight.peer.id, fault: 'forged' })
    this.#setAside(flight, nowMs)
  }

  /** It is not an answer to what was asked; that needs no further proof. */
  misshapen(flight: Flight, nowMs: number): void {
    this.#tell({ kind: 'blame', peer: flight.peer.id, fault: 'malformed' })
    this.#setAside(flight, nowMs)
  }

  /** What is true of these heights is known: whoever gave something else is blamed. */
  truth(
    of: Refused,
    heights: { readonly from: number; readonly to: number },
    printAt: (height: number) => string | undefined,
  ): void {
    const liars = this.#suspects.resolve(of, heights, printAt)
    if (this.#isHeld && of !== 'certified') this.#accused.push(...liars)
    else this.#accuse(liars)
  }

  /**
   * While it is open whether what passes is of the trusted history, it is no truth that anybody is blamed by:
   * accusations wait until it is settled.
   */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    if (!isHeld) this.#accuse(this.#accused.splice(0))
  }

  #accuse(liars: readonly PeerId[]): void {
    for (const peer of liars) this.#tell({ kind: 'blame', peer, fault: 'forged' })
  }

  /** Headers that `peer` gave before were refused when the blocks in them were checked. */
  gaveWrongHeaders(peer: Peer, refusal: Refusal, nowMs: number): void {
    this.#suspects.note({ ...refusal, peer: peer.id })
    this.setAside(peer, nowMs)
  }

  /** A peer that gave what is wrong gets no request for a minute, or whatever is left until it is banned. */
  setAside(peer: Peer, nowMs: number): void {
    peer.asideUntilMs = nowMs + pauseMsMax
    peer.failuresInRow += 2
    this.#roster.pause(peer, pauseMsMax, nowMs)
  }

  #setAside(flight: Flight, nowMs: number): void {
    noteFailure(flight.work.tried, flight.peer, nowMs)
    this.failures += 1
    this.#endProbe(flight)
    this.#measured(flight, 'failed', nowMs)
    this.setAside(flight.peer, nowMs)
  }

  /** It asks for time. That costs it nothing but a pause. */
  busy(flight: Flight, retryAfterMs: number, nowMs: number): void {
    this.#endProbe(flight)
    const ms = Math.min(pauseMsMax, Math.max(busyMsMin, retryAfterMs))
    this.#roster.spare(flight.peer, ms, nowMs)
  }

  /** It does not have it, and says what it has. */
  unavailable(
    flight: Flight,
    { fromHeight, toHeight }: { readonly fromHeight: number; readonly toHeight: number },
    nowMs: number,
  ): void {
    const { peer, work } = flight
    noteFailure(work.tried, peer, nowMs)
    peer.refusals += 1
    const { availableFrom, committedHeight } = peer.facts
    const isNews = fromHeight !== availableFrom || toHeight !== committedHeight
    peer.facts = { ...peer.facts, availableFrom: fromHeight, committedHeight: toHeight }
    const isUnproven = this.#endProbe(flight)
    if (isUnproven || !isNews || peer.refusals >= refusalsMax) {
      this.#roster.spare(peer, doubled(pauseMsFirst, peer.refusals), nowMs)
    }
  }

  /** It says nothing of the peer: not wanted any longer, or we could not check it. */
  neutral(flight: Flight, nowMs: number): void {
    if (this.#endProbe(flight)) this.#roster.pause(flight.peer, 0, nowMs)
  }

  /** Whether the peer may be asked for the rest of what it gave: on probation as before, or proven. */
  mayGoOn(flight: Flight): boolean {
    if (this.#endProbe(flight)) this.#roster.askAgain(flight.peer)
    const { standing } = flight.peer
    return standing === 'proven' || standing === 'waiting'
  }

  /** Whether the peer was on probation until now. */
  #endProbe(flight: Flight): boolean {
    if (!flight.isProbe) return false
    flight.isProbe = false
    this.#probes.delete(flight)
    this.#roster.probeEnded()
    return true
  }

  #measured(flight: Flight, outcome: 'failed' | 'duplicate', nowMs: number): void {
    const elapsedMs = nowMs - flight.sentMs
    const peer = flight.peer.id
    this.#tell({ kind: 'measured', peer, outcome, bytes: 0, elapsedMs, firstByteMs: undefined })
  }
}

function doubled(ms: number, times: number): number {
  let grown = ms
  for (let i = 0; i < times && grown < pauseMsMax; i += 1) grown *= 2
  return Math.min(grown, pauseMsMax)
}
