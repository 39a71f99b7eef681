/**
 * The world of the stories about attacks: a federation of four, a follower that keeps the rules, and others that do
 * not. What is asked of it is the same each time: blocks come as if nobody were there.
 */
import type { Cluster, ClusterOptions } from '../../sim/cluster/cluster.ts'
import type { Millis } from '../../src/base/units.ts'
import { regional } from '../worlds.ts'

/** When attackers begin: everybody has met by then. */
export const attackFromMs = 8_000
export const members: readonly string[] = ['n0', 'n1', 'n2', 'n3']
const slotMs = 2_000

/** `f0` and those after it are hostile, the last follower is not. */
export function attacked(hostile: NonNullable<ClusterOptions['hostile']>): ClusterOptions {
  return { members: members.length, followers: hostile.size + 1, link: regional, hostile }
}

/** The follower that keeps the rules. */
export function honestOf(net: Cluster): string {
  return net.names.at(-1) ?? ''
}

/** Lets so much time pass, in which every member commits nine blocks in ten slots, and the honest follower too. */
export function requirePace(net: Cluster, ms: Millis): void {
  const names = [...members, honestOf(net)]
  const before = new Map(names.map((name) => [name, net.heightOf(name)]))
  net.run(ms)
  const least = Math.floor((0.9 * ms) / slotMs)
  const slow = names.filter((name) => net.heightOf(name) - (before.get(name) ?? 0) < least)
  const detail = `${slow.join(', ')} committed less than ${least} blocks in ${ms / 1_000} s`
  net.require('pace', slow.length === 0, detail)
}

/** Offences that were reported of some peers, as often as they were, by who reported them. */
export function offencesOf(net: Cluster, culprits: readonly string[]): Map<string, string[]> {
  const offences = new Map<string, string[]>(members.map((name) => [name, []]))
  net.watch(({ node, event }) => {
    if (event.kind !== 'peer-reported' || !culprits.includes(event.peer)) return
    offences.get(node)?.push(event.offence)
  })
  return offences
}

/** Members that have banned a peer, from now on. */
export function bannersOf(net: Cluster, culprit: string): Set<string> {
  const banners = new Set<string>()
  net.watch(({ node, event }) => {
    if (event.kind === 'peer-banned' && event.peer === culprit) banners.add(node)
  })
  return banners
}
