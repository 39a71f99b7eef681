/** A part of a trace without gaps. Ids and causes stay as they are: a cause may lie before its beginning. */
import type { Trace } from './record.ts'

export interface PartOptions {
  /** What happened before is left out. */
  readonly fromUs: number
  /** No more records than this: the later ones are left out. */
  readonly recordsMax: number
}

/** The records of a trace from a time on, the first so many of them. */
export function partOf({ header, records }: Trace, { fromUs, recordsMax }: PartOptions): Trace {
  const first = records.findIndex(({ atUs }) => atUs >= fromUs)
  if (first === -1) return { header, records: [] }
  return { header, records: records.slice(first, first + recordsMax) }
}
