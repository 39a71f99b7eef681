/**
 * Which records are shown, and which are found. Texts are looked through once each, not once a record: a term first marks
 * the texts that it is in, then the records that name one of those.
 */
import { kinds } from '../../../sim/trace/columns.ts'
import { groups } from './groups.ts'
import type { Run } from './run.ts'

/** What is hidden. */
export interface Filter {
  readonly groups: ReadonlySet<number>
  readonly lanes: ReadonlySet<number>
  /** By the text that names what happened. */
  readonly names: ReadonlySet<number>
}

/** What is usual: without turns and timers, which are most of a run and say the least. */
export const usualFilter: Filter = {
  groups: new Set(groups.flatMap(({ isUsual }, at) => (isUsual ? [] : [at]))),
  lanes: new Set(),
  names: new Set(),
}

/** 1 for each record that is shown. */
export function shownOf(run: Run, filter: Filter): Uint8Array {
  const { count, group, lane, name } = run
  const isGroup = flags(groups.length, filter.groups)
  const isLane = flags(run.laneCount, filter.lanes)
  const isName = flags(run.texts.length, filter.names)
  const shown = new Uint8Array(count)
  for (let i = 0; i < count; i += 1) {
    const named = name[i] ?? -1
    const isHidden =
      isGroup[group[i] ?? 0] === 1 ||
      isLane[lane[i] ?? 0] === 1 ||
      (named >= 0 && isName[named] === 1)
    if (!isHidden) shown[i] = 1
  }
  return shown
}

function flags(count: number, set: ReadonlySet<number>): Uint8Array {
  const marks = new Uint8Array(count)
  for (const at of set) marks[at] = 1
  return marks
}

/** How many records there are in each group. */
export function groupCountsOf({ count, group }: Run): Uint32Array {
  const counts = new Uint32Array(groups.length)
  for (let i = 0; i < count; i += 1) {
    const of = group[i] ?? 0
    counts[of] = (counts[of] ?? 0) + 1
  }
  return counts
}

/** The names that occur in each group, the most frequent first. */
export interface NameCount {
  readonly text: number
  readonly name: string
  readonly group: number
  readonly count: number
}

export function namesOf(run: Run): readonly NameCount[] {
  const counts = new Map<number, { group: number; count: number }>()
  for (let i = 0; i < run.count; i += 1) {
    const text = run.name[i] ?? -1
    if (text < 0) continue
    const entry = counts.get(text)
    if (entry === undefined) counts.set(text, { group: run.group[i] ?? 0, count: 1 })
    else entry.count += 1
  }
  return [...counts]
    .map(([text, entry]) => ({ text, name: run.texts[text] ?? '', ...entry }))
    .toSorted((a, b) => a.group - b.group || b.count - a.count || a.text - b.text)
}

/** A word of a query: anywhere, or only in one field (`node:n1`, `kind:gossip`). */
interface Term {
  readonly field: 'any' | 'node' | 'kind' | 'name'
  readonly word: string
}

/** Fields of each kind that a term without a field is looked for in. */
const searched: Readonly<Record<string, readonly string[]>> = {
  turn: ['actor', 'message'],
  event: ['actor', 'event', 'facts'],
  arrival: ['from', 'what', 'facts'],
  loss: ['to', 'what', 'by', 'facts'],
  fault: ['fault', 'facts'],
  machine: ['change'],
  violation: ['property', 'detail'],
}

function termsOf(query: string): readonly Term[] {
  const words = query.toLowerCase().match(/"[^"]*"|\S+/g) ?? []
  return words.map((word) => {
    const [, field, rest] = /^(node|kind|name):(.+)$/.exec(word) ?? []
    const bare = (rest ?? word).replaceAll('"', '')
    return { field: (field ?? 'any') as Term['field'], word: bare }
  })
}

/** The records, in order of time, of which every term of the query holds. None for an empty query. */
export function search(run: Run, query: string): Uint32Array {
  const terms = termsOf(query).filter(({ word }) => word !== '')
  if (terms.length === 0) return new Uint32Array(0)
  const tests = terms.map((term) => testFor(run, term))
  const found: number[] = []
  for (let i = 0; i < run.count; i += 1) {
    if (tests.every((holds) => holds(i))) found.push(i)
  }
  return Uint32Array.from(found)
}

function testFor(run: Run, { field, word }: Term): (record: number) => boolean {
  const { lane, group, name, nth, kind } = run
  const isLane = run.laneNames.map((node) => (node || 'world').toLowerCase() === word)
  const isGroup = groups.map(
    ({ name: of, title }) => of.startsWith(word) || title.toLowerCase() === word,
  )
  if (field === 'node') return (record) => isLane[lane[record] ?? 0] === true
  if (field === 'kind') return (record) => isGroup[group[record] ?? 0] === true
  const has = Uint8Array.from(run.texts, (text) => Number(text.toLowerCase().includes(word)))
  if (field === 'name') return (record) => has[name[record] ?? -1] === 1
  const columns = kinds.map((of) =>
    (searched[of] ?? []).flatMap((column) => {
      const numbers = run.columns[`${of}.${column}`]
      return numbers === undefined ? [] : [numbers]
    }),
  )
  return (record) => {
    if (isLane[lane[record] ?? 0] === true) return true
    const place = nth[record] ?? 0
    for (const numbers of columns[kind[record] ?? 0] ?? []) {
      if (has[numbers[place] ?? -1] === 1) return true
    }
    return false
  }
}
