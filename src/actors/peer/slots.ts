/**
 * How many peers there may be, and of which kind. Places are kept for those whom this node has chosen itself and
 * for miners, so that whoever dials in cannot take them all; and no neighbourhood can take more than a share of
 * what is left. Federation peers, and those of the configuration, have places of their own on top.
 *
 * Limits by place do not count loopback and private addresses: there they would count one machine, or one office.
 */
import type { Millis } from '../../base/units.ts'
import type { TurnedAway } from './messages.ts'
import type { Place } from './place.ts'
import type { PeerRecord, Purpose } from './roster.ts'

export interface SlotLimits {
  /** Peers at once, besides the federation. */
  readonly peersMax: number
  /** Peers that are good to have: a fifth of them are dialled, the others may dial in. */
  readonly peersTarget: number
  readonly federationPeersMax: number
}

/** Whom there are, by kind. Those that are not ready yet are counted apart. */
export interface Seats {
  readonly federation: number
  readonly kept: number
  readonly outbound: number
  readonly miners: number
  readonly inbound: number
  readonly greeting: number
}

/** Connections that have not shown their status yet. */
export const greetingMax = 50
/** Connections a second from one host. */
export const arrivalsPerSecondMax = 5

/** Of all peers, for each kind of neighbourhood: the least that is allowed, and the share of a larger node. */
const perHostMax = 2
const subnetShare = 0.01
const subnetMin = 2
const netgroupShare = 0.05
const netgroupMin = 4
const minerShare = 0.1
const outboundShare = 0.2
const outboundMin = 8

/** Strangers that this node wants to have chosen itself. */
export function outboundWanted({ peersMax, peersTarget }: SlotLimits): number {
  const wanted = Math.max(outboundMin, Math.floor(peersTarget * outboundShare))
  return Math.min(wanted, Math.ceil(peersMax / 2))
}

export function minersMax({ peersMax }: SlotLimits): number {
  return Math.floor(peersMax * minerShare)
}

/** Inbound strangers: what is left when the kept places are taken off. */
export function inboundMax(limits: SlotLimits): number {
  return Math.max(0, limits.peersMax - outboundWanted(limits) - minersMax(limits))
}

export type SeatKind = keyof Seats

/** Whose place a connected peer takes. */
export function seatOf({ class: peerClass, connection }: PeerRecord): SeatKind | undefined {
  if (connection === undefined) return undefined
  const { purpose, isReady } = connection
  if (isTrusted(peerClass, purpose)) return peerClass === 'federation' ? 'federation' : 'kept'
  if (!isReady) return 'greeting'
  if (peerClass === 'miner') return 'miners'
  return purpose === 'inbound' ? 'inbound' : 'outbound'
}

/** Neither counted among strangers nor ever sent away for another. */
export function isTrusted(peerClass: PeerRecord['class'], purpose: Purpose): boolean {
  return peerClass === 'federation' || purpose === 'kept'
}

export function seatsOf(records: Iterable<PeerRecord>): Seats {
  const seats = { federation: 0, kept: 0, outbound: 0, miners: 0, inbound: 0, greeting: 0 }
  for (const record of records) {
    const kind = seatOf(record)
    if (kind !== undefined) seats[kind] += 1
  }
  return seats
}

export type Admission =
  | { readonly kind: 'admit' }
  /** Another has to go first. */
  | { readonly kind: 'evict' }
  | { readonly kind: 'refuse'; readonly reason: TurnedAway }

/** Whether a stranger who dialled in, and whose status is known now, is given a place among `others`. */
export function admission(
  newcomer: PeerRecord,
  others: Iterable<PeerRecord>,
  limits: SlotLimits,
  nowMs: Millis,
): Admission {
  const inbound: Place[] = []
  for (const other of others) {
    if (other !== newcomer && seatOf(other) === 'inbound') inbound.push(other.place)
  }
  const crowded = newcomer.place.isLocal
    ? undefined
    : crowdedPlace(newcomer.place, inbound, limits.peersMax)
  if (crowded !== undefined) return { kind: 'refuse', reason: crowded }
  if (inbound.length < inboundMax(limits)) return { kind: 'admit' }
  const { lockedUntilMs } = newcomer
  if (lockedUntilMs !== undefined && nowMs < lockedUntilMs) {
    return { kind: 'refuse', reason: 'evicted-lately' }
  }
  return { kind: 'evict' }
}

/** The first neighbourhood of a place that has as many as it may have. */
function crowdedPlace(
  { host, subnet, netgroup }: Place,
  others: readonly Place[],
  peersMax: number,
): TurnedAway | undefined {
  const count = (isNear: (other: Place) => boolean): number => others.filter(isNear).length
  if (count((other) => other.host === host) >= perHostMax) return 'host-full'
  const subnetMax = Math.max(subnetMin, Math.floor(peersMax * subnetShare))
  if (count((other) => other.subnet === subnet) >= subnetMax) return 'subnet-full'
  const netgroupMax = Math.max(netgroupMin, Math.floor(peersMax * netgroupShare))
  return count((other) => other.netgroup === netgroup) >= netgroupMax ? 'netgroup-full' : undefined
}
