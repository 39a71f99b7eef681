/** The kinds of field that settings are made of. A message says what is expected, to stand after "expected". */
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { z } from 'zod'
import { fromHex } from '../../base/bytes.ts'
import type { TrustedPlace } from '../../protocol/chain.ts'
import { parseTrustedPlace } from './trusted-place.ts'

const listenForm = /^\/ip[46]\/[^/]+\/(?:tcp\/\d+|udp\/\d+\/quic-v1)$/
const u64Max = 2n ** 64n - 1n

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number): z.ZodNumber {
  return z.int(`a whole number from ${min} to ${max}`).min(min).max(max)
}

/** Bytes of a fixed length in hexadecimal, with or without 0x. */
export function hexBytes(length: number): z.ZodType<Uint8Array> {
  return z.string().transform((text, context) => {
    const bytes = fromHex(text)
    if (bytes?.length === length) return bytes
    context.addIssue(`${length} bytes in hexadecimal`)
    return z.NEVER
  })
}

/** An amount below 2^64, as decimal text: TOML's numbers end at 2^53 here. Small ones may be numbers. */
export const amount: z.ZodType<bigint> = z.unknown().transform((value, context) => {
  const isWhole = Number.isSafeInteger(value)
  const text = isWhole || typeof value === 'string' ? String(value) : ''
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= u64Max) return BigInt(text)
  context.addIssue('an amount from 0 to 2^64 − 1, in quotes if it is large')
  return z.NEVER
})

/** A block that is trusted, as `HEIGHT:HASH`. */
export const trustedPlace: z.ZodType<TrustedPlace> = z.unknown().transform((value, context) => {
  const place = parseTrustedPlace(typeof value === 'string' ? value : '')
  if (place.ok) return place.value
  context.addIssue(place.fault)
  return z.NEVER
})

/** A moment with its offset, such as 2026-08-01T12:00:00Z, as Unix milliseconds. */
export const moment: z.ZodType<number> = z.unknown().transform((value, context) => {
  // smol-toml marks what has no offset, which would mean another moment on each machine.
  const isLocal = value instanceof Date && 'isLocal' in value && callsTrue(value, 'isLocal')
  const isMoment = value instanceof Date && 'isDateTime' in value && callsTrue(value, 'isDateTime')
  if (isMoment && !isLocal && value.getTime() > 0) return value.getTime()
  context.addIssue('a date and time with an offset, such as 2026-08-01T12:00:00Z')
  return z.NEVER
})

function callsTrue(value: object, method: string): boolean {
  const call: unknown = Reflect.get(value, method)
  return typeof call === 'function' && call.call(value) === true
}

/** An address to listen on: over TCP, or QUIC. Port 0 picks a free one. */
export const listenAddress: z.ZodType<string> = z
  .string()
  .refine(
    (text) => isMultiaddr(text) && listenForm.test(text),
    'a multiaddr such as /ip4/0.0.0.0/tcp/30400 or /ip4/0.0.0.0/udp/30400/quic-v1',
  )

/** An address that others are told to dial. It may be a name. */
export const announcedAddress: z.ZodType<string> = z
  .string()
  .refine((text) => isMultiaddr(text), 'a multiaddr such as /dns4/alys.example/tcp/30400')

/**
 * A peer to dial. With its id: an address without one would be dialled anew every time, since nobody
 * could say whether it is connected already; and whoever answers there would be believed.
 */
export const peerAddress: z.ZodType<string> = z
  .string()
  .refine(
    (text) => peerIdIn(text) !== undefined,
    'a multiaddr with a peer id, such as /ip4/10.0.0.1/tcp/30400/p2p/12D3KooW…',
  )

/** The peer id in a multiaddr; undefined if it has none, or is not one. */
function peerIdIn(address: string): string | undefined {
  try {
    const parts = multiaddr(address).getComponents()
    return parts.findLast(({ code }) => code === CODE_P2P)?.value
  } catch {
    return undefined
  }
}

function isMultiaddr(text: string): boolean {
  try {
    return multiaddr(text).getComponents().length > 0
  } catch {
    return false
  }
}
