/**
 * Loss in bursts, after Gilbert (1960) and Elliott (1963): each direction between two hosts is in a good or a bad state,
 * loses messages at the rate of that state, and may change it with each message. Ten lost in a row are another
 * fault than one in ten: they outlast retries, and take a whole window of requests with them.
 */
import type { SimRandom } from './random.ts'
import { type Flight, isMessage, type LinkRule, pass } from './rules.ts'

/** Each is so many of a million messages. */
export interface Bursts {
  /** After how many a good direction becomes bad: the rarer, the longer between two bursts. */
  readonly worsenPerMillion: number
  /** After how many a bad one becomes good: the mean length of a burst is a million divided by this, in messages. */
  readonly recoverPerMillion: number
  readonly lossWhenGoodPerMillion: number
  readonly lossWhenBadPerMillion: number
}

/** One direction between two hosts. */
interface Direction {
  isBad: boolean
  readonly random: SimRandom
}

/** Loses messages in bursts. Each direction has a stream of its own, and begins good. Connections as such hold. */
export function loseInBursts(bursts: Bursts, random: SimRandom): LinkRule {
  const directions = new Map<string, Direction>()
  const directionOf = ({ from, to }: Flight): Direction => {
    const name = `${from}>${to}`
    const known = directions.get(name)
    if (known !== undefined) return known
    const direction = { isBad: false, random: random.fork(name) }
    directions.set(name, direction)
    return direction
  }
  return (flight) => {
    if (!isMessage(flight)) return pass
    const direction = directionOf(flight)
    const { worsenPerMillion, recoverPerMillion } = bursts
    const turnPerMillion = direction.isBad ? recoverPerMillion : worsenPerMillion
    if (direction.random.chance(turnPerMillion, 1_000_000)) direction.isBad = !direction.isBad
    const { lossWhenGoodPerMillion, lossWhenBadPerMillion } = bursts
    const lossPerMillion = direction.isBad ? lossWhenBadPerMillion : lossWhenGoodPerMillion
    return direction.random.chance(lossPerMillion, 1_000_000) ? { kind: 'drop' } : pass
  }
}
