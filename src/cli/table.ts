/** Text in columns, and figures as they stand in them and elsewhere. */
import type { Millis } from '../base/units.ts'

export type Alignment = 'start' | 'end'

/**
 * Pads the cells of each column to one width, two spaces apart, with none at the end of a line. Rows are
 * as long as the first. Columns are aligned as told; otherwise the first to the left and the others,
 * figures, to the right.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = ['start'],
): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const pad = (cell: string, column: number, width: number): string =>
    alignments[column] === 'start' ? cell.padEnd(width) : cell.padStart(width)
  const line = (row: readonly string[]): string =>
    widths.map((width, column) => pad(row[column] ?? '', column, width)).join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}

/** A whole number with its thousands apart, the same on every machine. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Virtual time in seconds, to the microsecond. */
export function formatSeconds(ms: Millis): string {
  return (ms / 1_000).toFixed(6)
}
