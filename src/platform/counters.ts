/** Counts what happened, by kind: for the status call, and for whatever exports metrics. */
import type { TraceReader } from '../kernel/trace.ts'

/** Distinct kinds that are counted. Kinds are words of the code, so this is never reached in practice. */
const kindsMax = 1_024
const otherKind = 'other'

/** A reader of the trace, and what it has counted. */
export interface EventCounters {
  readonly reader: TraceReader<{ readonly kind: string }>
  /** How often each kind has occurred since the start. A copy. */
  counts(): Readonly<Record<string, number>>
}

/** Counters that all begin at zero. */
export function eventCounters(): EventCounters {
  const counts = new Map<string, number>()
  return {
    reader: {
      event: (_now, _path, { kind }) => {
        const name = counts.has(kind) || counts.size < kindsMax ? kind : otherKind
        counts.set(name, (counts.get(name) ?? 0) + 1)
      },
    },
    counts: () => Object.fromEntries(counts),
  }
}
