/** The shape of files: how long, how named, how they begin, and where their tests lie. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path/posix'
import type { Rule } from './source.ts'

const linesMax = 500
/** A table of cases may be longer than what it is about. */
const testLinesMax = 600
/** The seam is read as a whole, by everybody. */
const seamLinesMax = 300

/** No file is too long. */
export const lengthErrors: Rule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length
  const max = linesMaxOf(path)
  return lines <= max ? [] : [`${path}: ${lines} lines, ${max} are allowed`]
}

function linesMaxOf(path: string): number {
  if (path === 'src/kernel/environment.ts') return seamLinesMax
  return path.startsWith('test/') ? testLinesMax : linesMax
}

/** Names say what is inside. */
export const nameErrors: Rule = ({ path }) => {
  const found = /(?:^|[/-])(util|helper|common|misc|manager)s?(?=[-./])/.exec(path)?.[1]
  return found === undefined ? [] : [`${path}: "${found}" says nothing`]
}

/** A file of src or sim with several exports says at its head what they are together. */
export const headErrors: Rule = ({ path, text, words }) => {
  if (!/^(?:src|sim)\//.test(path)) return []
  const exports = words.match(/^export\s+(?!type\s*\{)/gm)?.length ?? 0
  // A comment right above a declaration is that declaration's own.
  const hasHead = /^(?:#![^\n]*\n)?\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n(?:\n|import\b)/.test(text)
  return exports < 2 || hasHead ? [] : [`${path}: has no head comment`]
}

/** A unit test lies where what it tests does. */
export const mirrorErrors: Rule = ({ path }) => {
  const inside = /^test\/unit\/(.+)\.test\.ts$/.exec(path)?.[1]
  if (inside === undefined) return []
  const isOfSource = !/^(?:sim|scenarios|bench)\//.test(inside)
  const folder = dirname(isOfSource ? `src/${inside}` : inside)
  return existsSync(folder) ? [] : [`${path}: there is no ${folder}`]
}
