/**
 * Facts of a record, taken apart: `name=value` pairs, where a value is a word, a text in quotes, a list in brackets or pairs
 * in braces. What is not of this form comes out as one value without a name, so that nothing is hidden.
 */

export interface Fact {
  readonly name: string
  readonly value: string
}

/** The pairs of a text, in order. */
export function factsOf(text: string): readonly Fact[] {
  return [...words(text, 0)].map((word) => {
    const pair = /^([A-Za-z_][\w-]*)=([\s\S]*)$/.exec(word)
    return pair === null ? { name: '', value: word } : { name: pair[1] ?? '', value: pair[2] ?? '' }
  })
}

/** The value of one fact, wherever it stands, inside braces too; undefined if there is none of that name. */
export function factNamed(text: string, name: string): string | undefined {
  const start = `${name}=`
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 1)) {
    const before = text[at - 1]
    if (before !== undefined && before !== ' ' && before !== '{') continue
    const { value = '' } = words(text, at + start.length).next()
    return value ?? ''
  }
  return undefined
}

/** The value of one fact, if it is a number. */
export function numberNamed(text: string, name: string): number | undefined {
  const value = factNamed(text, name)
  return value !== undefined && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** Whether a text has this word, and not only as a part of another one. */
export function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isWordPart(text[at - 1]) && !isWordPart(text[at + word.length])) return true
  }
  return false
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\w-]/.test(character)
}

/** A text in quotes, a bracket, spaces, or what stands between these. */
const piece = /"(?:\\.|[^"\\])*"?|[[{]|[\]}]| +|[^"[{\]} ]+/g

/** What stands between spaces that are in no bracket and in no quotes. It ends where a bracket closes that was not opened. */
function* words(text: string, from: number): Generator<string, undefined> {
  let word = ''
  let depth = 0
  piece.lastIndex = from
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    const [part] = found
    const { lastIndex } = piece
    depth += depthChange(part)
    if (depth < 0) break
    if (depth > 0 || !part.startsWith(' ')) word += part
    else if (word !== '') {
      yield word
      word = ''
    }
    // Whoever takes the words may have looked at another text meanwhile.
    piece.lastIndex = lastIndex
  }
  if (word !== '') yield word
  return undefined
}

function depthChange(part: string): number {
  if (part === '[' || part === '{') return 1
  return part === ']' || part === '}' ? -1 : 0
}
