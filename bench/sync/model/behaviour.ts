/** Peers of the model: a round trip, a rate, and what they make of a request. */
import type { Random } from '../../../src/kernel/environment.ts'

/** What a peer does with one request. */
export type Behaviour =
  | 'serve'
  /** Nothing comes. */
  | 'stall'
  /** The first bytes come, then nothing. */
  | 'freeze'
  /** Some bytes now and then. */
  | 'drip'
  /** What comes is not the chain. */
  | 'lie'
  /** Headers that link, but whose author's signature is wrong; everything else is right. */
  | 'unsigned'
  /** A malformed answer: nothing, though something was found. */
  | 'empty'
  /** One item, whatever was asked for. */
  | 'scrap'
  | 'unavailable'
  | 'busy'

export interface ModelPeer {
  readonly name: string
  readonly netgroup: string
  readonly rttMs: number
  readonly bytesPerSecond: number
  /** For each request, by when it arrives. */
  readonly behave: (nowMs: number, random: Random) => Behaviour
  readonly isHonest: boolean
  /** When it is connected. */
  readonly fromMs: number
  readonly untilMs: number
  /** Which blocks it has. */
  readonly availableFrom: number
}

/** An honest peer that is always there. */
export function soundPeer(name: string, rttMs: number, bytesPerSecond: number): ModelPeer {
  return {
    name,
    netgroup: name,
    rttMs,
    bytesPerSecond,
    behave: () => 'serve',
    isHonest: true,
    fromMs: 0,
    untilMs: Number.POSITIVE_INFINITY,
    availableFrom: 0,
  }
}
