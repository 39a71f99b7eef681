/**
 * What this node's link carries: goodput down and up, in all and by protocol, against the best that it
 * was seen to carry. Goodput is what was of use; whoever observes decides which bytes those are.
 *
 * Whole numbers and bounded memory. Does not limit anything: it says what is free.
 */
import type { Millis } from '../../../base/units.ts'
import { RateWindow } from './rate-window.ts'

export type Direction = 'down' | 'up'

/** Bytes that went over the link. */
export interface Transfer {
  readonly protocol: string
  readonly direction: Direction
  readonly bytes: number
}

/** Bytes a second, rounded down. */
export interface Goodput {
  /** Over the last second. */
  readonly lastSecond: number
  /** Mean of the last ten seconds. */
  readonly lastTenSeconds: number
  /** The best second of the last ten. */
  readonly peakOfTenSeconds: number
  /** The best second of the last ten minutes: what the link is known to carry. */
  readonly bestSeen: number
  /** The last second in thousandths of the best seen, 0 to 1,000; 0 where nothing was seen. */
  readonly utilisationPerMille: number
  /** What the link is known to carry and does not carry now. */
  readonly free: number
}

export interface ProtocolShare {
  readonly protocol: string
  readonly down: number
  readonly up: number
}

export interface BandwidthReport {
  readonly down: Goodput
  readonly up: Goodput
  /** Means of the last ten seconds, by the name of the protocol. */
  readonly protocols: readonly ProtocolShare[]
}

/** Protocols told apart; those that come later are counted together, as `other`. */
export const protocolsMax = 16
const otherProtocol = 'other'

interface Link {
  readonly down: RateWindow
  readonly up: RateWindow
}

export class BandwidthMonitor {
  readonly #all: Link = newLink()
  readonly #byProtocol = new Map<string, Link>()

  /** `bytes` is a whole number, 0 or more. */
  observe({ protocol, direction, bytes }: Transfer, nowMs: Millis): void {
    this.#all[direction].add(bytes, nowMs)
    this.#linkOf(protocol)[direction].add(bytes, nowMs)
  }

  /** Bytes a second that come in, over ten seconds. */
  downPerSecond(nowMs: Millis): number {
    return this.#all.down.perSecond(10_000, nowMs)
  }

  upPerSecond(nowMs: Millis): number {
    return this.#all.up.perSecond(10_000, nowMs)
  }

  report(nowMs: Millis): BandwidthReport {
    const protocols = [...this.#byProtocol].map(([protocol, { down, up }]) => ({
      protocol,
      down: down.perSecond(10_000, nowMs),
      up: up.perSecond(10_000, nowMs),
    }))
    return {
      down: goodputOf(this.#all.down, nowMs),
      up: goodputOf(this.#all.up, nowMs),
      protocols: protocols.toSorted((a, b) => (a.protocol < b.protocol ? -1 : 1)),
    }
  }

  #linkOf(protocol: string): Link {
    const isNew = !this.#byProtocol.has(protocol)
    // One place is kept for what cannot be told apart any more.
    const name = isNew && this.#byProtocol.size >= protocolsMax - 1 ? otherProtocol : protocol
    const known = this.#byProtocol.get(name) ?? newLink()
    this.#byProtocol.set(name, known)
    return known
  }
}

function newLink(): Link {
  return { down: new RateWindow(), up: new RateWindow() }
}

function goodputOf(window: RateWindow, nowMs: Millis): Goodput {
  const lastSecond = window.perSecond(1_000, nowMs)
  const bestSeen = window.bestPerSecond(nowMs)
  return {
    lastSecond,
    lastTenSeconds: window.perSecond(10_000, nowMs),
    peakOfTenSeconds: window.peakPerSecond(nowMs),
    bestSeen,
    utilisationPerMille: bestSeen === 0 ? 0 : Math.floor((lastSecond * 1_000) / bestSeen),
    free: Math.max(0, bestSeen - lastSecond),
  }
}
