/**
 * How this node's peers lie: in clusters by network and distance, and by whom news reaches it. Says
 * where few hold much, which is what an eclipse needs.
 *
 * It warns and does not act: places for peers are the peer actor's to give.
 */
import type { PeerId } from '../../../kernel/environment.ts'

export interface TopologyPeer {
  /** IPv4 /16, IPv6 /32, or what stands for it. */
  readonly netgroup: string
  /** The place in the committee that this peer proved to speak for. */
  readonly member: number | undefined
  /** Dialled by this node, which chose it. */
  readonly isOutbound: boolean
  /** Milliseconds there and back; undefined before it was measured. */
  readonly roundTripMs: number | undefined
}

/** How far away: less than 20 ms there and back, 60, 150, 400, more, or not measured. */
export type Distance = 'here' | 'near' | 'region' | 'far' | 'remote' | 'unknown'

/** Peers of one network at one distance. */
export interface Cluster {
  readonly netgroup: string
  readonly distance: Distance
  readonly peers: number
}

export type TopologyWarning =
  /** Fewer than 3 netgroups among 4 peers or more. */
  | 'few-netgroups'
  /** More than half of at least 4 peers are of one netgroup. */
  | 'netgroup-dominant'
  /** One netgroup holds so many of the reachable members that the chain stops without it. */
  | 'committee-in-one-netgroup'
  /** Peers, and none of them chosen by this node. */
  | 'no-outbound'
  /** Fewer than 3 netgroups among those that brought the last 100 blocks first. */
  | 'announcers-alike'
  /** One peer brought more than half of them. */
  | 'announcer-dominant'

export interface TopologyReport {
  readonly peers: number
  readonly netgroups: number
  readonly distances: Readonly<Record<Distance, number>>
  /** The largest, 16 at most; equal ones by name. */
  readonly clusters: readonly Cluster[]
  /** Distinct netgroups among the last announcers, and how many announcements that is of. */
  readonly announceNetgroups: number
  readonly announcements: number
  /** In the order of {@link TopologyWarning}. */
  readonly warnings: readonly TopologyWarning[]
}

/** First announcements that are remembered. */
export const announcementsMax = 100
/** Fewer say nothing. */
const announcementsMin = 10
const clustersMax = 16
const peersMin = 4
const netgroupsMin = 3

/** Who brought a block first. */
export interface Announcement {
  readonly peer: PeerId
  readonly netgroup: string
}

/** The last 100 announcements that were the first of their block. */
export class Announcements {
  readonly #latest: Announcement[] = []
  #at = 0

  add(announcement: Announcement): void {
    this.#latest[this.#at] = announcement
    this.#at = (this.#at + 1) % announcementsMax
  }

  /** In no order of meaning. */
  get latest(): readonly Announcement[] {
    return this.#latest
  }
}

export function distanceOf(roundTripMs: number | undefined): Distance {
  if (roundTripMs === undefined || !(roundTripMs >= 0)) return 'unknown'
  if (roundTripMs < 20) return 'here'
  if (roundTripMs < 60) return 'near'
  if (roundTripMs < 150) return 'region'
  return roundTripMs < 400 ? 'far' : 'remote'
}

/** `quorum` of `members` carry the chain; one netgroup that holds more than the rest may stop it. */
export function analyseTopology(
  peers: Iterable<TopologyPeer>,
  announcements: readonly Announcement[],
  committee: { readonly members: number; readonly quorum: number },
): TopologyReport {
  const counts = countPeers(peers)
  const clusters = [...counts.clusters.values()].toSorted(byPeers).slice(0, clustersMax)
  const netgroups = new Set(announcements.map(({ netgroup }) => netgroup))
  return {
    peers: counts.peers,
    netgroups: counts.netgroups.size,
    distances: counts.distances,
    clusters,
    announceNetgroups: netgroups.size,
    announcements: announcements.length,
    warnings: [
      ...peerWarnings(counts, committee),
      ...announceWarnings(announcements, netgroups.size),
    ],
  }
}

interface Counts {
  peers: number
  outbound: number
  readonly netgroups: Map<string, number>
  readonly distances: Record<Distance, number>
  readonly clusters: Map<string, Cluster>
  /** Distinct members by netgroup. */
  readonly members: Map<string, Set<number>>
}

function countPeers(peers: Iterable<TopologyPeer>): Counts {
  const counts: Counts = {
    peers: 0,
    outbound: 0,
    netgroups: new Map(),
    distances: { here: 0, near: 0, region: 0, far: 0, remote: 0, unknown: 0 },
    clusters: new Map(),
    members: new Map(),
  }
  for (const { netgroup, member, isOutbound, roundTripMs } of peers) {
    const distance = distanceOf(roundTripMs)
    const key = `${distance} ${netgroup}`
    counts.peers += 1
    if (isOutbound) counts.outbound += 1
    counts.distances[distance] += 1
    counts.netgroups.set(netgroup, (counts.netgroups.get(netgroup) ?? 0) + 1)
    const size = counts.clusters.get(key)?.peers ?? 0
    counts.clusters.set(key, { netgroup, distance, peers: size + 1 })
    if (member === undefined) continue
    const members = counts.members.get(netgroup) ?? new Set()
    counts.members.set(netgroup, members.add(member))
  }
  return counts
}

function peerWarnings(
  { peers, outbound, netgroups, members }: Counts,
  committee: { readonly members: number; readonly quorum: number },
): readonly TopologyWarning[] {
  const warnings: TopologyWarning[] = []
  const largest = Math.max(0, ...netgroups.values())
  if (peers >= peersMin && netgroups.size < netgroupsMin) warnings.push('few-netgroups')
  if (peers >= peersMin && largest * 2 > peers) warnings.push('netgroup-dominant')
  const together = Math.max(0, ...[...members.values()].map(({ size }) => size))
  // A single member is no concentration, however small the committee.
  if (together > Math.max(1, committee.members - committee.quorum)) {
    warnings.push('committee-in-one-netgroup')
  }
  if (peers > 0 && outbound === 0) warnings.push('no-outbound')
  return warnings
}

function announceWarnings(
  announcements: readonly Announcement[],
  netgroups: number,
): readonly TopologyWarning[] {
  if (announcements.length < announcementsMin) return []
  const warnings: TopologyWarning[] = []
  const byPeer = new Map<PeerId, number>()
  for (const { peer } of announcements) byPeer.set(peer, (byPeer.get(peer) ?? 0) + 1)
  if (netgroups < netgroupsMin) warnings.push('announcers-alike')
  if (Math.max(...byPeer.values()) * 2 > announcements.length) warnings.push('announcer-dominant')
  return warnings
}

/** The largest first, then by name: no two are equal in all three. */
function byPeers(a: Cluster, b: Cluster): number {
  if (a.peers !== b.peers) return b.peers - a.peers
  const [left, right] = [`${a.netgroup} ${a.distance}`, `${b.netgroup} ${b.distance}`]
  return left < right ? -1 : 1
}
