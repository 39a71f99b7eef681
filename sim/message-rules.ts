/**
 * Rules about single messages: what a neighbour does whose memory is broken, or that brings up old things again.
 * They are for networks whose messages can be seen on their way, as those of the model; where encryption hides
 * them, a list of rules refuses these.
 */
import { damaged } from './damage.ts'
import { type Distribution, draw } from './distribution.ts'
import type { SimRandom } from './random.ts'
import { type Fate, type Flight, type LinkRule, pass } from './rules.ts'

const abort: Fate = { kind: 'abort' }

/** So much of a million gossip is held up by a time of this law, and may be overtaken. Streams keep their order. */
export function reorder(perMillion: number, window: Distribution, random: SimRandom): LinkRule {
  return ofMessages(({ kind }) =>
    kind === 'gossip' && random.chance(perMillion, 1_000_000)
      ? { kind: 'delay', us: draw(window, random) }
      : pass,
  )
}

/**
 * So much of a million gossip comes once more after a time of this law, in a network that remembers messages for
 * `memoryUs`: whoever has not seen it for so long hears it as if for the first time. The law should not go below that.
 * (Gossipsub, as nodes run it, remembers for two minutes.)
 */
export function replay(
  perMillion: number,
  age: Distribution,
  memoryUs: number,
  random: SimRandom,
): LinkRule {
  return ofMessages(({ kind }) =>
    kind === 'gossip' && random.chance(perMillion, 1_000_000)
      ? { kind: 'replay', us: draw(age, random), memoryUs }
      : pass,
  )
}

const spoken: ReadonlySet<Flight['kind']> = new Set(['gossip', 'request', 'answer'])

/**
 * So many of a million messages have a bit flipped or are cut short before they are encrypted, as by a sender with a
 * broken memory: the connection holds, and what arrives is wrong.
 */
export function garble(perMillion: number, random: SimRandom): LinkRule {
  const change = (bytes: Uint8Array): Uint8Array => damaged(bytes, random)
  return ofMessages(({ kind }) =>
    spoken.has(kind) && random.chance(perMillion, 1_000_000) ? { kind: 'change', change } : pass,
  )
}

/** The streams of so many of a million requests are reset in the middle of their answers. */
export function abortAnswers(perMillion: number, random: SimRandom): LinkRule {
  return ofMessages(({ kind }) =>
    kind === 'answer' && random.chance(perMillion, 1_000_000) ? abort : pass,
  )
}

function ofMessages(decide: (flight: Flight) => Fate): LinkRule {
  return Object.assign(decide, { isOfMessages: true })
}
