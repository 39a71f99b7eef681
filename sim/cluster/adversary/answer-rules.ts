/**
 * What can be done to any answer without reading it: when it comes, and which bytes. Each of them is one
 * thing that a peer was seen to do, or could. (Slow bytes are a matter of the link: `setLink`.)
 */
import type { Millis } from '../../../src/base/units.ts'
import { answerBytesMax } from '../../../src/protocol/wire/requests.ts'
import type { MakeServeRule } from './hostile-server.ts'

// ----- when -----

/** Never answers. */
export const silence: MakeServeRule = () => (reply) => ({ ...reply, isSilent: true })

/** Refuses, at once. */
export const refusal: MakeServeRule = () => (reply) => ({ ...reply, body: undefined })

/** Answers so much later than it could. */
export function late(ms: Millis): MakeServeRule {
  return () => (reply) => ({ ...reply, afterMs: reply.afterMs + ms })
}

// ----- what -----

/** An answer without a byte. */
export const nothing: MakeServeRule = () => (reply) => ({ ...reply, body: new Uint8Array(0) })

/** Stops in the middle, as a stream that is cut. */
export const truncated: MakeServeRule = () => (reply) => {
  const { body } = reply
  return { ...reply, body: body?.subarray(0, Math.floor(body.length / 2)) }
}

/** Goes on after the end. */
export const trailing: MakeServeRule = () => (reply) => {
  const { body } = reply
  if (body === undefined) return reply
  const longer = new Uint8Array(body.length + 64)
  longer.set(body)
  return { ...reply, body: longer }
}

/** One byte more than an answer may have. */
export const oversize: MakeServeRule = () => (reply) => {
  return { ...reply, body: new Uint8Array(answerBytesMax + 1) }
}

/** Says that four gigabytes follow: every length at the beginning is as large as it can be. */
export const hugeLength: MakeServeRule = () => (reply) => {
  const body = reply.body?.slice()
  body?.fill(0xff, 0, Math.min(16, body.length))
  return { ...reply, body }
}

/** Flips a bit near the beginning, in the middle, near the end, or anywhere. */
export function flipped(where: 'first' | 'middle' | 'last' | 'anywhere'): MakeServeRule {
  return ({ random }) =>
    (reply) => {
      const body = reply.body?.slice()
      if (body === undefined || body.length === 0) return reply
      const tenth = Math.ceil(body.length / 10)
      const from = { first: 0, middle: 4 * tenth, last: body.length - tenth, anywhere: 0 }[where]
      const width = where === 'anywhere' ? body.length : tenth
      const at = Math.min(body.length - 1, from + random.below(width))
      body[at] = (body[at] ?? 0) ^ (1 << random.below(8))
      return { ...reply, body }
    }
}

/** Answers what it answered to the request of this protocol before: right once, and not asked for. */
export const stale: MakeServeRule = () => {
  const before = new Map<string, Uint8Array>()
  return (reply, { protocol }) => {
    const body = before.get(protocol) ?? reply.body
    if (reply.body !== undefined) before.set(protocol, reply.body)
    return { ...reply, body }
  }
}

/** Bytes that mean nothing. */
export const garbage: MakeServeRule = ({ random }) => {
  return (reply) => {
    const body = new Uint8Array(reply.body?.length ?? 64)
    for (let at = 0; at < body.length; at += 1) body[at] = random.below(256)
    return { ...reply, body }
  }
}
