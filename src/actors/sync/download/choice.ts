/**
 * Which peer is asked. The rule that is meant to be used is online learning by discounted Thompson sampling: of
 * each peer a time of completion is drawn from what is believed of it, and the least drawn is taken. A peer
 * of which little is known draws widely, so it is tried; one that fails is tried seldom, never not at all. Its
 * worth is that there is no trap, rather than speed: a choice by chance is about as fast where requests
 * are small, hedged and within windows, and the best first is much slower where the best may fail.
 *
 * Candidates come in the order of their names, and two normals are drawn for each of them, used or
 * not; so a decision depends on the seed and on who could be asked, and on nothing else.
 *
 * Source: Gupta, Granmo & Agrawala, "Thompson sampling for dynamic multi-armed bandits" (ICMLA 2011).
 */
import type { Random } from '../../../kernel/environment.ts'
import { expOf, normalOf } from './normal.ts'
import type { ChoiceRule } from './options.ts'
import type { Peer } from './peer.ts'

/** One choice in so many is uniform: so no peer, and nobody who owns many, ever has all of them. */
const uniformOneIn = 20
const likelihoodMin = 0.02

/** One of `candidates`, of which there is at least one, for an answer of about `bytes(peer)`. */
export function choose(
  rule: ChoiceRule,
  candidates: readonly Peer[],
  bytes: (peer: Peer) => number,
  random: Random,
): Peer | undefined {
  switch (rule) {
    case 'first':
      return candidates[0]
    case 'random':
      return uniform(candidates, random)
    case 'greedy':
      return leastOf(candidates, ({ measure, failuresInRow }) => {
        const isUnknown = measure.observations === 0
        return isUnknown ? Number.NEGATIVE_INFINITY : -measure.bandwidth / (1 + failuresInRow)
      })
    case 'least-loaded':
      return leastLoaded(candidates, random)
    case 'thompson':
      return thompson(candidates, bytes, random)
    default:
      return rule satisfies never
  }
}

function uniform(candidates: readonly Peer[], random: Random): Peer | undefined {
  return candidates[random.below(Math.max(1, candidates.length))]
}

function thompson(
  candidates: readonly Peer[],
  bytes: (peer: Peer) => number,
  random: Random,
): Peer | undefined {
  const isUniform = random.below(uniformOneIn) === 0
  const drawn = leastOf(candidates, (peer) =>
    drawnMs(peer, bytes(peer), { luck: normalOf(random), pace: normalOf(random) }),
  )
  return isUniform ? uniform(candidates, random) : drawn
}

/** A time of completion that may well be: longer for whoever may not answer at all. */
function drawnMs(
  { measure, bytesQueued }: Peer,
  bytes: number,
  { luck, pace }: { readonly luck: number; readonly pace: number },
): number {
  const { observations, successes, rttMinMs, bandwidth } = measure
  const mean = (successes + 1) / (observations + 1.5)
  const likelihood = mean + (0.3 * luck) / Math.sqrt(observations + 1.5)
  const bounded = Math.min(1, Math.max(likelihoodMin, likelihood))
  const rate = bandwidth * expOf((0.6 * pace) / Math.sqrt(observations + 1))
  return (rttMinMs + ((bytesQueued + bytes) / rate) * 1_000) / bounded
}

/** In turn: the turn is the one of a random beginning, which over time is the same and needs no memory. */
function leastLoaded(candidates: readonly Peer[], random: Random): Peer | undefined {
  const start = random.below(Math.max(1, candidates.length))
  const turned = [...candidates.slice(start), ...candidates.slice(0, start)]
  return leastOf(turned, ({ flights }) => flights.size)
}

/** The first of those with the least cost. */
export function leastOf<Item>(
  items: readonly Item[],
  costOf: (item: Item) => number,
): Item | undefined {
  let best: Item | undefined
  let least = Number.POSITIVE_INFINITY
  for (const item of items) {
    const cost = costOf(item)
    if (best === undefined || cost < least) {
      best = item
      least = cost
    }
  }
  return best
}
