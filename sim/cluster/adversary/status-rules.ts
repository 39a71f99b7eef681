/**
 * Lies about where a peer stands: heights that it does not have, certificates that prove nothing, and
 * certificates that it keeps to itself.
 */
import {
  committedOf,
  decodeStatus,
  encodeStatus,
  type Status,
} from '../../../src/protocol/wire/status.ts'
import type { HostileParts } from '../cluster.ts'
import { atStatus, type MakeServeRule } from './hostile-server.ts'
import { type CertificateFault, madeUpCertificate, madeUpHeader } from './made-up.ts'

/** What it shows for a height that it does not have: nothing but what it has, or a lie. */
export type Proof = 'none' | CertificateFault

/** Says that it is at `height`, in the slot of that number, and shows `proof` for it. */
export function claimHeight(height: number, proof: Proof): MakeServeRule {
  return changingStatus((status, parts) => claimed(status, height, proof, parts))
}

/** Says that it is so many blocks ahead of where it is. */
export function claimAhead(blocks: number, proof: Proof): MakeServeRule {
  return changingStatus((status, parts) =>
    claimed(status, committedOf(status).slot + blocks, proof, parts),
  )
}

/** Says a height that no number can hold: 2^63, where 2^53 − 1 is the most. */
export const impossibleHeight: MakeServeRule = atStatus(() => (reply) => {
  const body = reply.body?.slice()
  // Behind 8 bytes of chain tag, 32 of genesis hash and a flag comes the header, and there after 8 the height.
  body?.fill(0, 49, 56)
  body?.fill(0x80, 56, 57)
  return { ...reply, body }
})

/** Says what it has, and shows no certificate for it. */
export const withholdCertificate: MakeServeRule = changingStatus((status) => ({
  ...status,
  certified: undefined,
}))

/** Says that it has nothing. */
export const claimNothing: MakeServeRule = changingStatus((status) => ({
  ...{ ...status, certified: undefined, head: { height: 0, slot: 0 } },
}))

/** Says that it has no blocks below a height, which may change. */
export function availableFrom(height: () => number): MakeServeRule {
  return changingStatus((status) => ({ ...status, availableFrom: height() }))
}

/** Goes on to say where it stood when it was first asked. */
export const frozenStatus: MakeServeRule = atStatus(() => {
  let first: Uint8Array | undefined
  return (reply) => {
    first ??= reply.body
    return { ...reply, body: first }
  }
})

function claimed(status: Status, height: number, proof: Proof, parts: HostileParts): Status {
  const claim = { ...status, head: { height, slot: height } }
  if (proof === 'none') return claim
  const signed = madeUpHeader(parts, height)
  const place = { slot: height, hash: signed.hash }
  return { ...claim, certified: { signed, certificate: madeUpCertificate(parts, proof, place) } }
}

/** What cannot be read, or was refused, is left as it is. */
function changingStatus(change: (status: Status, parts: HostileParts) => Status): MakeServeRule {
  return atStatus((parts) => (reply) => {
    if (reply.body === undefined) return reply
    const decoded = decodeStatus(reply.body, parts.chain.committee.members.length)
    return decoded.ok ? { ...reply, body: encodeStatus(change(decoded.value, parts)) } : reply
  })
}
