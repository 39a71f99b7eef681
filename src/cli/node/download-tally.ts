/** Sums up what of the chain was fetched from peers and served to them: how often, with which outcome, how many bytes. */
import type { TraceReader } from '../../kernel/trace.ts'
import type { NodeEvent } from '../../node/event.ts'

/** One direction of one part. Bytes include those of answers that were given up. */
interface Traffic {
  readonly bytes: number
  /** How often each outcome has occurred; those that never have are absent. */
  readonly outcomes: Readonly<Record<string, number>>
}

type PartEvent = Extract<NodeEvent, { readonly kind: 'part-fetched' | 'part-served' }>
type Part = PartEvent['part']

/** By direction and part. */
export type DownloadReport = Readonly<
  Record<'fetched' | 'served', Readonly<Partial<Record<Part, Traffic>>>>
>

export interface DownloadTally {
  readonly reader: TraceReader<NodeEvent>
  /** Since the start. A copy. */
  report(): DownloadReport
}

type Sums = Map<Part, { bytes: number; readonly outcomes: Map<string, number> }>

export function downloadTally(): DownloadTally {
  const [fetched, served]: readonly [Sums, Sums] = [new Map(), new Map()]
  return {
    reader: {
      event: (_now, _path, event) => {
        if (event.kind === 'part-fetched') add(fetched, event)
        else if (event.kind === 'part-served') add(served, event)
      },
    },
    report: () => ({ fetched: reportOf(fetched), served: reportOf(served) }),
  }
}

function add(sums: Sums, { part, bytes, outcome }: PartEvent): void {
  const sum = sums.get(part) ?? { bytes: 0, outcomes: new Map<string, number>() }
  sum.bytes += bytes
  sum.outcomes.set(outcome, (sum.outcomes.get(outcome) ?? 0) + 1)
  sums.set(part, sum)
}

function reportOf(sums: Sums): Partial<Record<Part, Traffic>> {
  const report: Partial<Record<Part, Traffic>> = {}
  for (const [part, { bytes, outcomes }] of sums) {
    report[part] = { bytes, outcomes: Object.fromEntries(outcomes) }
  }
  return report
}
