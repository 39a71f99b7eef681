/**
 * Which address is dialled next, and when. Addresses that are kept (those of the configuration, and of federation
 * peers) are dialled for ever, with pauses that double up to a limit; others wait here for one dial, the more
 * important first. A handshake costs milliseconds of a processor, so dials are few at once and few a second.
 *
 * Facts in, addresses out. Knows neither book nor network.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { doubled } from './ban.ts'
import { peerIn } from './place.ts'
import type { Purpose } from './roster.ts'

export interface DialOptions {
  /** Between two dials of a kept address. */
  readonly dialPauseMsMin: number
  readonly dialPauseMsMax: number
}

/** Why somebody is dialled. `operator`: somebody waits for it. */
export type DialPurpose = Exclude<Purpose, 'inbound'> | 'operator'

export interface Dial {
  readonly address: string
  readonly purpose: DialPurpose
}

/** Dials under way, dials a second, and as many at once after a rest. */
const dialsAtOnceMax = 8
const dialsPerSecond = 4
const waitingMax = 64

/** The less, the sooner. Of strangers the tried ones come first because they are asked for first. */
const ranks: Readonly<Record<DialPurpose, number>> = {
  operator: 0,
  kept: 0,
  anchor: 1,
  miner: 2,
  stranger: 3,
  feeler: 4,
}

interface Kept {
  failures: number
  dueMs: Millis
}

export class DialQueue {
  readonly #options: DialOptions
  /** Below 1,000, by chance: pauses of many nodes shall not keep in step. */
  readonly #perMille: () => number
  readonly #kept = new Map<string, Kept>()
  readonly #waiting = new Map<string, DialPurpose>()
  readonly #underWay = new Map<string, DialPurpose>()
  #tokens = dialsAtOnceMax
  #refilledMs: Millis

  constructor(options: DialOptions, nowMs: Millis, perMille: () => number) {
    this.#options = options
    this.#perMille = perMille
    this.#refilledMs = nowMs
  }

  get underWay(): number {
    return this.#underWay.size
  }

  get kept(): Iterable<string> {
    return this.#kept.keys()
  }

  isKept(address: string): boolean {
    return this.#kept.has(address)
  }

  /** Whether a dial of it waits or is under way. */
  isPending(address: string): boolean {
    return this.#waiting.has(address) || this.#underWay.has(address)
  }

  /** For what a peer is being dialled; undefined if it is not. */
  purposeFor(peer: PeerId): Exclude<DialPurpose, 'operator'> | undefined {
    for (const [address, purpose] of this.#underWay) {
      if (peerIn(address) === peer) return purpose === 'operator' ? 'stranger' : purpose
    }
    return undefined
  }

  pending(purpose: DialPurpose): number {
    let count = 0
    for (const each of this.#waiting.values()) if (each === purpose) count += 1
    for (const each of this.#underWay.values()) if (each === purpose) count += 1
    return count
  }

  /** Addresses of strangers whose dials wait or are under way. */
  strangers(): readonly string[] {
    const all = [...this.#waiting, ...this.#underWay]
    return all.flatMap(([address, purpose]) => (purpose === 'stranger' ? [address] : []))
  }

  /** From now on the address is dialled until it answers, and again when it is lost. */
  keep(address: string, nowMs: Millis): void {
    this.#waiting.delete(address)
    if (!this.#kept.has(address)) this.#kept.set(address, { failures: 0, dueMs: nowMs })
  }

  release(address: string): void {
    this.#kept.delete(address)
  }

  /** Asks for one dial. False if too many wait already. */
  want({ address, purpose }: Dial): boolean {
    if (this.#kept.has(address) || this.isPending(address)) return true
    if (this.#waiting.size >= waitingMax) return false
    this.#waiting.set(address, purpose)
    return true
  }

  /** Strangers that wait are not wanted any more. */
  dropStrangers(): void {
    for (const [address, purpose] of this.#waiting) {
      if (purpose === 'stranger') this.#waiting.delete(address)
    }
  }

  /** Lets no kept address wait any longer. */
  hasten(nowMs: Millis): void {
    for (const address of this.#kept.keys()) this.hastenOne(address, nowMs)
  }

  hastenOne(address: string, nowMs: Millis): void {
    const kept = this.#kept.get(address)
    if (kept !== undefined) kept.dueMs = Math.min(kept.dueMs, nowMs)
  }

  /** The next dial, if one is due and allowed; it is under way then. `isNeeded` is false of who is connected. */
  next(nowMs: Millis, isNeeded: (address: string) => boolean): Dial | undefined {
    this.#refill(nowMs)
    if (this.#tokens < 1 || this.#underWay.size >= dialsAtOnceMax) return undefined
    const dial = this.#nextKept(nowMs, isNeeded) ?? this.#nextWaiting(isNeeded)
    if (dial === undefined) return undefined
    this.#tokens -= 1
    this.#waiting.delete(dial.address)
    this.#underWay.set(dial.address, dial.purpose)
    return dial
  }

  /** When a dial could become due if nothing else happens; undefined if none can. */
  nextDueMs(nowMs: Millis, isNeeded: (address: string) => boolean): Millis | undefined {
    if (this.#underWay.size >= dialsAtOnceMax) return undefined
    let dueMs = this.#waiting.size > 0 ? nowMs : undefined
    for (const [address, kept] of this.#kept) {
      if (this.#underWay.has(address) || !isNeeded(address)) continue
      dueMs = Math.min(dueMs ?? kept.dueMs, kept.dueMs)
    }
    if (dueMs === undefined) return undefined
    // Rounded up: a fraction of a token that is shorter than the clock's own step would never come.
    const tokensMs = Math.ceil((Math.max(0, 1 - this.#tokens) * 1_000) / dialsPerSecond)
    return Math.max(dueMs, this.#refilledMs + tokensMs, nowMs)
  }

  /** A dial has ended. A kept address that failed waits longer each time, one that answered is forgiven. */
  ended(address: string, isConnected: boolean, nowMs: Millis): void {
    this.#underWay.delete(address)
    const kept = this.#kept.get(address)
    if (kept === undefined) return
    if (isConnected) kept.failures = 0
    else {
      this.#pause(kept, nowMs)
      kept.failures += 1
    }
  }

  /** The peer at a kept address was lost. */
  lost(address: string, nowMs: Millis): void {
    const kept = this.#kept.get(address)
    if (kept !== undefined && kept.dueMs <= nowMs) this.#pause(kept, nowMs)
  }

  #pause(kept: Kept, nowMs: Millis): void {
    const { dialPauseMsMin, dialPauseMsMax } = this.#options
    const pauseMs = doubled(dialPauseMsMin, kept.failures, dialPauseMsMax)
    // A fifth of it is left to chance.
    kept.dueMs = nowMs + pauseMs + (pauseMs * this.#perMille()) / 5_000
  }

  #nextKept(nowMs: Millis, isNeeded: (address: string) => boolean): Dial | undefined {
    let first: { readonly address: string; readonly dueMs: Millis } | undefined
    for (const [address, { dueMs }] of this.#kept) {
      const isFirst = dueMs <= nowMs && (first === undefined || dueMs < first.dueMs)
      if (isFirst && !this.#underWay.has(address) && isNeeded(address)) first = { address, dueMs }
    }
    return first === undefined ? undefined : { address: first.address, purpose: 'kept' }
  }

  #nextWaiting(isNeeded: (address: string) => boolean): Dial | undefined {
    let first: Dial | undefined
    for (const [address, purpose] of this.#waiting) {
      if (!isNeeded(address)) this.#waiting.delete(address)
      else if (first === undefined || ranks[purpose] < ranks[first.purpose]) {
        first = { address, purpose }
      }
    }
    return first
  }

  #refill(nowMs: Millis): void {
    const grown = (Math.max(0, nowMs - this.#refilledMs) * dialsPerSecond) / 1_000
    this.#tokens = Math.min(dialsAtOnceMax, this.#tokens + grown)
    this.#refilledMs = nowMs
  }
}
