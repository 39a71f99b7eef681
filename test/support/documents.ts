/** The documents of the project as data: their code, their names, their links and their tables. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** Folders in which nothing was written by people. */
const skipped = ['node_modules', 'dist', '.git', '.devnet']

/** A document, from the root of the project. */
interface Document {
  readonly path: string
  readonly text: string
}

export const documents: readonly Document[] = documentsIn(root)

function documentsIn(folder: string): readonly Document[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skipped.includes(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return documentsIn(path)
      return entry.name.endsWith('.md') ? [readDocument(relative(root, path))] : []
    })
}

export function readDocument(path: string): Document {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

/** A fenced block. `info` is what stands behind the fence: a language, and perhaps a mark. */
interface Block {
  readonly info: string
  readonly code: string
}

const fence = /^```([^\n]*)\n([\s\S]*?)^```$/gm

export function blocksOf({ text }: Document): readonly Block[] {
  return [...text.matchAll(fence)].map(([, info = '', code = '']) => ({ info, code }))
}

/** What stands between single backticks, outside of fenced blocks. */
export function spansOf({ text }: Document): readonly string[] {
  return [...text.replaceAll(fence, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

/** Targets of links, outside of fenced blocks. */
export function linksOf({ text }: Document): readonly string[] {
  const prose = text.replaceAll(fence, '').replaceAll(/`[^`\n]+`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

/** The part of a document below a heading, up to the next of its rank or above. */
export function section({ text }: Document, heading: string): string {
  const lines = text.split('\n')
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (from === -1) throw new Error(`there is no heading "${heading}"`)
  const rank = lines[from]?.indexOf(' ') ?? 0
  const ends = (line: string): boolean => /^#+ /.test(line) && line.indexOf(' ') <= rank
  const length = lines.slice(from + 1).findIndex(ends)
  return lines.slice(from + 1, length === -1 ? undefined : from + 1 + length).join('\n')
}

/** The rows of the table whose first column has this title; each a list of cells, without backticks. */
export function tableIn(text: string, firstTitle: string): readonly (readonly string[])[] {
  const lines = text.split('\n')
  const head = lines.findIndex((line) => cellsOf(line)[0] === firstTitle)
  if (head === -1) throw new Error(`there is no table of "${firstTitle}"`)
  const rows = lines.slice(head + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end === -1 ? undefined : end).map(cellsOf)
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''))
}
