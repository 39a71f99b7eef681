/**
 * Why a node closes a connection: the last thing that it says on it. The peer can do with it what it likes; it has no
 * more weight than any other word of a peer about itself.
 */
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import type { Result } from '../../base/result.ts'

/**
 * `shutting-down`: the process ends, and may be back soon. `other-chain`, `other-version`: there is nothing to talk
 * about. `too-many-peers`: no place is left. `banned`: for what the peer did. `fault`: it did not answer, or not what
 * it should. `not-needed`: it was met in passing, or is of no use.
 */
export type GoodbyeReason = keyof typeof goodbyeCodes

/** Never reused. */
export const goodbyeCodes = {
  'shutting-down': 1,
  'other-chain': 2,
  'other-version': 3,
  'too-many-peers': 4,
  banned: 5,
  fault: 6,
  'not-needed': 7,
} as const

const reasons = new Map<number, string>(
  Object.entries(goodbyeCodes).map(([reason, code]) => [code, reason]),
)

/** One byte. */
export function encodeGoodbye(code: number): Uint8Array {
  return new Writer(1).u8(code).finish()
}

/** Exactly one byte, whichever: a later version may know further reasons. */
export function decodeGoodbye(bytes: Uint8Array): Result<number, CodecFault> {
  return decodeWith(bytes, 'goodbye', (reader) => reader.u8('goodbye.code'))
}

/** What a code means here; `unknown` if nothing. */
export function goodbyeReasonOf(code: number): GoodbyeReason | 'unknown' {
  const reason = reasons.get(code)
  return reason !== undefined && isReason(reason) ? reason : 'unknown'
}

function isReason(text: string): text is GoodbyeReason {
  return text in goodbyeCodes
}
