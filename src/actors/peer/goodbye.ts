/**
 * What follows when a peer takes its leave, and what this node says when it does. A peer's word about itself is worth
 * something here: one that is full, or of another chain, is not dialled again at once, which spares both. It costs the
 * peer nothing else, and whoever lies about it only keeps us from itself.
 */
import type { Millis } from '../../base/units.ts'
import type { GoodbyeReason } from '../../protocol/wire/goodbye.ts'
import type { TurnedAway } from './messages.ts'

const minuteMs: Millis = 60_000

/** How long one who said so is not dialled by this node's own wish. */
const closedMs: Readonly<Record<GoodbyeReason | 'unknown', Millis>> = {
  'shutting-down': 0,
  'other-chain': 60 * minuteMs,
  'other-version': 60 * minuteMs,
  'too-many-peers': 10 * minuteMs,
  banned: 10 * minuteMs,
  fault: 0,
  'not-needed': 10 * minuteMs,
  unknown: 0,
}

/** Whom the configuration names, or an authority, is tried again sooner: much depends on it. */
const keptClosedMsMax: Millis = minuteMs

export function closedForMs(reason: GoodbyeReason | 'unknown', isKept: boolean): Millis {
  const ms = closedMs[reason]
  return isKept ? Math.min(ms, keptClosedMsMax) : ms
}

/** What one who finds no place here is told. */
export function goodbyeFor(reason: TurnedAway): GoodbyeReason {
  return reason === 'banned' || reason === 'banned-host' ? 'banned' : 'too-many-peers'
}
