/**
 * What peers may ask of this node, and how fast: every limit on what comes in from one peer, in one place. Who goes
 * beyond is refused, or told to come again later; only who goes on and on is held to misbehave.
 *
 * Connections have limits of their own (`../peer/slots.ts`); what waits to be sent, and bytes of half a request, are
 * bounded where the streams are (`src/platform/network.ts`), by the sizes given here.
 */
import type { Millis } from '../../base/units.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { Rate } from './budget.ts'

export interface ProtocolLimits {
  /** Bytes of one request. A longer one cannot be well-formed, and is not read to its end. */
  readonly requestBytesMax: number
  readonly requests: Rate
  /** Of what is read from the disk for a peer, or answered. */
  readonly bytes: Rate
  /** How long making an answer may take. */
  readonly answerMsMax: Millis
  /** So many times what one peer may have is what all peers of its class may have together; absent: no limit. */
  readonly classFactor?: number
}

const kibibyte = 1_024
const mebibyte = 1_048_576

const small: Rate = { max: 256 * kibibyte, perSecond: 64 * kibibyte }

export const protocolLimits: Readonly<Record<keyof typeof protocolId, ProtocolLimits>> = {
  status: {
    requestBytesMax: 640,
    requests: { max: 32, perSecond: 8 },
    bytes: small,
    answerMsMax: 1_000,
  },
  exchange: {
    requestBytesMax: 82_332,
    requests: { max: 32, perSecond: 8 },
    bytes: { max: 4 * mebibyte, perSecond: mebibyte },
    answerMsMax: 5_000,
  },
  block: {
    requestBytesMax: 32,
    requests: { max: 128, perSecond: 64 },
    bytes: { max: 16 * mebibyte, perSecond: 8 * mebibyte },
    answerMsMax: 5_000,
  },
  peers: {
    requestBytesMax: 3,
    requests: { max: 8, perSecond: 1 },
    bytes: small,
    answerMsMax: 5_000,
  },
  goodbye: {
    requestBytesMax: 1,
    requests: { max: 4, perSecond: 1 },
    bytes: small,
    answerMsMax: 1_000,
  },
  certified: {
    requestBytesMax: 12,
    requests: { max: 16, perSecond: 8 },
    bytes: { max: 32 * mebibyte, perSecond: 16 * mebibyte },
    answerMsMax: 5_000,
    classFactor: 2,
  },
  headers: {
    requestBytesMax: 10,
    requests: { max: 64, perSecond: 32 },
    bytes: { max: 64 * mebibyte, perSecond: 64 * mebibyte },
    answerMsMax: 5_000,
    classFactor: 2,
  },
  bodies: {
    requestBytesMax: 14,
    requests: { max: 256, perSecond: 128 },
    bytes: { max: 64 * mebibyte, perSecond: 64 * mebibyte },
    answerMsMax: 5_000,
    classFactor: 2,
  },
}

/** Answers that are being made at once, of 2 MiB at most each; those of one peer; those kept for the federation. */
export const servingMax = 16
export const servingPerPeerMax = 8
export const servingReserved = 4

/** Transactions that one neighbour may bring. A payload has 2,000 at most, and comes every two seconds. */
export const transactionGossip: Rate = { max: 8_192, perSecond: 2_048 }

/**
 * Votes, certificates and proposals that one neighbour may bring. In a slot each member votes three times at most and
 * tells of three certificates; a neighbour may have been the only way for eight slots.
 */
export function consensusGossip(members: number): Rate {
  const perSecond = 32 + 8 * members
  return { max: 16 * perSecond, perSecond }
}

/**
 * What is overlooked of a peer that is refused for going too fast. An honest one that downloads has some hundred
 * requests under way when it is first told to wait; what comes beyond that, again and again, is blamed.
 */
export const overlooked: Rate = { max: 512, perSecond: 128 }
/** How often it is. At one point of conduct each, a peer that goes on is banned after some fifteen seconds. */
export const blamed: Rate = { max: 1, perSecond: 4 }

/** Bytes of one request, by the name of its protocol. */
export const requestBytesMax: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(protocolLimits).map(([name, limits]) => {
    return [protocolId[name as keyof typeof protocolId], limits.requestBytesMax]
  }),
)
