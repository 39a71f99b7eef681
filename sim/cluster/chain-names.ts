/** What a text is about, in terms of the chain: which slots, heights and blocks it names. */

/** Slots that a range is taken to name at most. */
const rangeMax = 100

/**
 * The names in facts (`slot=42 block=0a1b2c3d…`) or in a sentence (`finalised slot 42`). A parent is another block than
 * the one that is spoken of, and not named.
 */
export function chainNames(text: string): readonly string[] {
  const names = new Set<string>()
  for (const [, word, number] of text.matchAll(/\b(slot|height)[= ](\d+)\b/g)) {
    names.add(`${word} ${number}`)
  }
  for (const [, from, to] of text.matchAll(/\bfrom=(\d+) to=(\d+)\b/g)) {
    const last = Math.min(Number(to), Number(from) + rangeMax - 1)
    for (let slot = Number(from); slot <= last; slot += 1) names.add(`slot ${slot}`)
  }
  // By the digits that texts for people show.
  for (const [, word, digits] of text.matchAll(/(\w+=|\b)([0-9a-f]{8})(?=…|[0-9a-f]{56}\b)/g)) {
    if (word !== 'parent=' && word !== 'stateRoot=') names.add(`block ${digits}`)
  }
  return [...names]
}
