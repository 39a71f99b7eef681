/**
 * Where two runs of one seed part, from what was noted of each. Digests that differ once differ for ever,
 * so the first difference is found by halving, and only the stretch around it is looked at closely.
 */
import { formatSeconds, formatTable } from '../table.ts'
import type { Note } from './watch.ts'

/**
 * The index of the first checkpoint at which two runs differ. If they agree as far as both go, it is the
 * one after that.
 */
export function firstDifferent(first: readonly string[], second: readonly string[]): number {
  let same = 0
  let end = Math.min(first.length, second.length)
  while (same < end) {
    const middle = (same + end) >> 1
    if (first[middle] === second[middle]) same = middle + 1
    else end = middle
  }
  return same
}

/** The place where two runs part. A side without a note has ended. */
export interface Divergence<Item = Note> {
  /** The last that both have in common; undefined if they differ from the start. */
  readonly common: Item | undefined
  readonly first: Item | undefined
  readonly second: Item | undefined
}

/** Undefined if the notes are the same. */
export function findDivergence(
  first: readonly Note[],
  second: readonly Note[],
): Divergence | undefined {
  return firstApart(first, second, isSame)
}

/** As {@link findDivergence}, for whatever was written down of two runs. */
export function firstApart<Item>(
  first: readonly Item[],
  second: readonly Item[],
  areSame: (a: Item, b: Item) => boolean,
): Divergence<Item> | undefined {
  const length = Math.max(first.length, second.length)
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [first[index], second[index]]
    if (a === undefined || b === undefined || !areSame(a, b)) {
      return { common: first[index - 1], first: a, second: b }
    }
  }
  return undefined
}

function isSame(a: Note, b: Note): boolean {
  return (
    a.event === b.event &&
    a.atMs === b.atMs &&
    a.node === b.node &&
    a.what === b.what &&
    a.digest === b.digest
  )
}

/** In words: where it is, what both had in common, and what each did then. */
export function describeDivergence(divergence: Divergence): readonly string[] {
  const { common, first, second } = divergence
  const at = first ?? second
  if (at === undefined) return []
  const place = `event ${at.event}, at ${formatSeconds(at.atMs)} s`
  // Equal names with other digests: what was done is the same, its content is not.
  const isContent = first !== undefined && first.what === second?.what
  const node = [at.node, common?.node].find((name) => name !== undefined && name !== '')
  const row = (side: string, note: Note | undefined): readonly string[] =>
    note === undefined
      ? [side, '', '', 'nothing more']
      : [side, formatSeconds(note.atMs), note.node, note.what]
  const rows = [
    ...(common === undefined ? [] : [row('both', common)]),
    row('first', first),
    row('second', second),
  ]
  return [
    `The first difference is in ${place}${node === undefined ? '' : `, on ${node}`}:`,
    ...formatTable(rows, ['start', 'end', 'start', 'start'])
      .split('\n')
      .map((line) => `  ${line}`),
    ...(isContent ? [contentDiffers] : []),
  ]
}

const contentDiffers =
  'It has the same name in both: its content differs, or that of a message just before it.'
