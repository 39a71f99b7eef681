/**
 * A source file as the rules of the house see it: its text, and the same text with comments, or
 * comments and strings, blanked out, so that a rule about code is not broken by a sentence.
 *
 * Not a parser: it knows where comments, strings, templates and regular expressions begin and end.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

export interface SourceFile {
  /** From the root of the project, with slashes. */
  readonly path: string
  readonly text: string
  /** Without comments. Every other character is where it was. */
  readonly code: string
  /** Without comments, and without what strings and regular expressions contain. */
  readonly words: string
}

/** What is wrong with one file, a line for each fault; nothing if all is well. */
export type Rule = (file: SourceFile) => readonly string[]

const root = resolve(import.meta.dirname, '../../..')
const folders = ['src', 'sim', 'scenarios', 'examples', 'bench', 'test']

/** Every source file of the project. */
export function readTree(): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => sourceOf(relative(root, path), readFileSync(path, 'utf8'))),
  )
}

export function sourceOf(path: string, text: string): SourceFile {
  const parts = partsOf(text)
  const without = (...hidden: readonly Part[]): string =>
    Array.from(parts, (part, at) => {
      const unit = text[at] ?? ''
      return hidden.includes(part) && unit !== '\n' ? ' ' : unit
    }).join('')
  return { path, text, code: without('comment'), words: without('comment', 'string') }
}

/** `path:line`, for the character at `offset`. */
export function placeOf({ path, text }: SourceFile, offset: number): string {
  return `${path}:${text.slice(0, offset).split('\n').length}`
}

// ----- where comments and strings are -----

type Part = 'code' | 'comment' | 'string'

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/y
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y
/** From a backtick, or from the end of an interpolation, to the next of either. */
const templatePiece = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y
const expression = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y
/** After one of these a slash begins a regular expression; after anything else it divides. */
const beforeExpression = /(?:^|[(,=:[!&|?{};+>]|\breturn)\s*$/

/** To which part each character belongs. Quotes and `${` count as code. */
function partsOf(text: string): readonly Part[] {
  const parts: Part[] = []
  /** Braces open within each interpolation that is open. */
  const open: number[] = []
  const add = (part: Part, length: number): void => {
    for (let i = 0; i < length; i += 1) parts.push(part)
  }
  const addString = (token: string, tail: number): void => {
    add('code', 1)
    add('string', token.length - 1 - tail)
    add('code', tail)
  }
  while (parts.length < text.length) {
    const at = parts.length
    const isPiece = text[at] === '`' || (text[at] === '}' && open.at(-1) === 0)
    const note = take(comment, text, at)
    const string = take(quoted, text, at)
    const piece = isPiece ? take(templatePiece, text, at) : undefined
    const isExpression = beforeExpression.test(text.slice(Math.max(0, at - 40), at))
    const regular = isExpression ? take(expression, text, at) : undefined
    if (note !== undefined) add('comment', note.length)
    else if (string !== undefined) addString(string, 1)
    else if (regular !== undefined) addString(regular, 1)
    else if (piece !== undefined) {
      if (piece.startsWith('}')) open.pop()
      if (piece.endsWith('${')) open.push(0)
      addString(piece, piece.endsWith('${') ? 2 : 1)
    } else {
      const depth = open.at(-1)
      if (depth !== undefined && text[at] === '{') open[open.length - 1] = depth + 1
      if (depth !== undefined && text[at] === '}') open[open.length - 1] = depth - 1
      add('code', 1)
    }
  }
  return parts
}

/** What a sticky expression matches at `at`. */
function take(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
