/**
 * Who goes when all places are taken and another has come. Whoever is better in a way that costs an attacker
 * something stays: near by the network, first with new blocks, a supplier of much, here for long, or in a
 * neighbourhood that only our secret singles out. Of the rest it is the youngest of the largest neighbourhood,
 * so that filling the places drives out oneself.
 *
 * After Bitcoin's rules (AttemptToEvictConnection), scaled. Those who misbehave go before all others.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { shunAt } from './conduct.ts'

export interface Candidate {
  readonly peer: PeerId
  readonly netgroup: string
  readonly sinceMs: Millis
  readonly conduct: number
  readonly latencyMs: number | undefined
  readonly announcedMs: Millis | undefined
  readonly servedBytes: number
}

const netgroupsKept = 4
const nearKept = 8
const announcersKept = 4
const suppliersKept = 4

/** At most one eviction in so long, and the one who went does not come back for a while if all is full. */
export const evictionEveryMs = 1_000
export const evictedForMs = 600_000

/** `rankOf` orders netgroups in a way that nobody outside can foresee. Undefined: nobody has to go. */
export function pickVictim(
  candidates: readonly Candidate[],
  rankOf: (netgroup: string) => number,
): Candidate | undefined {
  const shunned = candidates.filter(({ conduct }) => conduct <= shunAt)
  if (shunned.length > 0) return shunned.toSorted((a, b) => a.conduct - b.conduct || byAge(b, a))[0]
  let left = protectNetgroups(candidates, rankOf)
  left = protect(left, nearKept, (candidate) => candidate.latencyMs)
  left = protect(left, announcersKept, ({ announcedMs }) => negated(announcedMs))
  left = protect(left, suppliersKept, ({ servedBytes }) => negated(servedBytes || undefined))
  left = left.toSorted(byAge).slice(left.length >> 1)
  return youngestOfLargest(left)
}

/** The oldest connection first. */
function byAge(a: Candidate, b: Candidate): number {
  return a.sinceMs - b.sinceMs || (a.peer < b.peer ? -1 : Number(a.peer > b.peer))
}

function negated(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value
}

/** Everybody except the oldest peer of each of the netgroups that rank first. */
function protectNetgroups(
  candidates: readonly Candidate[],
  rankOf: (netgroup: string) => number,
): readonly Candidate[] {
  const ranks = new Map(candidates.map(({ netgroup }) => [netgroup, rankOf(netgroup)]))
  const oldest = new Map<string, Candidate>()
  for (const candidate of candidates.toSorted(byAge)) {
    if (!oldest.has(candidate.netgroup)) oldest.set(candidate.netgroup, candidate)
  }
  const kept = [...oldest.values()]
    .toSorted((a, b) => (ranks.get(a.netgroup) ?? 0) - (ranks.get(b.netgroup) ?? 0) || byAge(a, b))
    .slice(0, netgroupsKept)
  return candidates.filter((candidate) => !kept.includes(candidate))
}

/** All but the `count` for whom `costOf` is least. Those without a cost are not protected. */
function protect(
  candidates: readonly Candidate[],
  count: number,
  costOf: (candidate: Candidate) => number | undefined,
): readonly Candidate[] {
  const best = candidates
    .flatMap((candidate) => {
      const cost = costOf(candidate)
      return cost === undefined ? [] : [{ candidate, cost }]
    })
    .toSorted((a, b) => a.cost - b.cost || byAge(a.candidate, b.candidate))
    .slice(0, count)
  const kept = new Set(best.map(({ candidate }) => candidate))
  return candidates.filter((candidate) => !kept.has(candidate))
}

function youngestOfLargest(candidates: readonly Candidate[]): Candidate | undefined {
  const sizes = new Map<string, number>()
  for (const { netgroup } of candidates) sizes.set(netgroup, (sizes.get(netgroup) ?? 0) + 1)
  const sizeOf = ({ netgroup }: Candidate): number => sizes.get(netgroup) ?? 0
  return candidates.toSorted((a, b) => sizeOf(b) - sizeOf(a) || byAge(b, a))[0]
}
