/** What is known of peers, put into plain values for whoever operates the node. */
import type { Millis } from '../../base/units.ts'
import type { PeerFilter, PeerReport } from './messages.ts'
import type { PeerRecord } from './roster.ts'
import { conductOf, type PeerScene, scoreOf } from './scene.ts'

export function reportsOf(
  scene: PeerScene,
  filter: PeerFilter,
  nowMs: Millis,
): readonly PeerReport[] {
  return [...scene.roster.all()]
    .filter((record) => isAsked(record, filter))
    .map((record) => reportOf(scene, record, nowMs))
}

export function reportOf(scene: PeerScene, record: PeerRecord, nowMs: Millis): PeerReport {
  const { peer, connection, place, ban, performance: measured } = record
  const conduct = conductOf(scene, record, nowMs)
  const performance = scoreOf(scene, record, nowMs)
  const isOutbound = connection !== undefined && connection.purpose !== 'inbound'
  const direction = isOutbound ? 'outbound' : 'inbound'
  return {
    ...{ peer, class: record.class, member: record.member, isConnected: connection !== undefined },
    direction: connection === undefined ? undefined : direction,
    addresses: scene.book.addressesOf(peer),
    ...{ netgroup: place.netgroup, conduct, performance },
    score: Math.min(100, Math.max(-100, performance + conduct)),
    bytesPerSecond: measured.bytesPerSecond,
    latencyMs: measured.latencyMs,
    isBanned: ban !== undefined,
    ban: ban && { kind: ban.kind, reason: ban.reason, leftMs: Math.max(0, ban.untilMs - nowMs) },
    committedHeight: record.committedHeight,
    availableFrom: record.availableFrom,
    seenAgoMs: Math.max(0, nowMs - record.lastSeenMs),
  }
}

function isAsked(record: PeerRecord, filter: PeerFilter): boolean {
  const { class: peerClass, isConnected, isBanned } = filter
  if (peerClass !== undefined && record.class !== peerClass) return false
  if (isConnected !== undefined && (record.connection !== undefined) !== isConnected) return false
  return isBanned === undefined || (record.ban !== undefined) === isBanned
}
