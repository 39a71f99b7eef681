/** Faults as stretches of time, and the lanes that each befalls. */
import { dueEndUs } from '../../../sim/trace/fault-end.ts'
import { hasWord } from './facts.ts'
import { kindOf, numberOf, type Run, textOf } from './run.ts'

export interface FaultSpan {
  readonly record: number
  readonly name: string
  readonly facts: string
  readonly fromUs: number
  /** When it ended, or was to end, which may be after the run; the beginning, for one of a moment. */
  readonly toUs: number
  /** Those it names; none if it befalls all. */
  readonly lanes: readonly number[]
}

/** Every fault of a run, in order of time. */
export function faultsOf(run: Run): readonly FaultSpan[] {
  const spans: FaultSpan[] = []
  const byRecord = new Map<number, number>()
  for (let i = 0; i < run.count; i += 1) {
    const kind = kindOf(run, i)
    if (kind === 'fault') {
      byRecord.set(i, spans.length)
      spans.push(spanOf(run, i))
    } else if (kind === 'mend') {
      const place = byRecord.get(i - numberOf(run, i, 'fault'))
      const span = place === undefined ? undefined : spans[place]
      if (place !== undefined && span !== undefined) {
        spans[place] = { ...span, toUs: run.atUs[i] ?? span.toUs }
      }
    }
  }
  return spans
}

function spanOf(run: Run, record: number): FaultSpan {
  const facts = textOf(run, record, 'facts')
  const fromUs = run.atUs[record] ?? 0
  // Stored as one more than it is; 0 says that it has none.
  const forUs = numberOf(run, record, 'forUs') - 1
  const name = textOf(run, record, 'fault')
  const lane = run.lane[record] ?? 0
  const world = run.laneCount - 1
  const named = run.laneNames.flatMap((name, at) =>
    name !== '' && hasWord(facts, name) ? [at] : [],
  )
  return {
    record,
    name,
    facts,
    fromUs,
    toUs: dueEndUs({ fault: name, atUs: fromUs, forUs: forUs < 0 ? undefined : forUs }),
    lanes: lane === world ? named : [...new Set([lane, ...named])],
  }
}

/** Whether a fault is in force at a moment. */
export function isInForce({ fromUs, toUs }: FaultSpan, us: number): boolean {
  return fromUs <= us && us < toUs
}

/** Whether it befalls a lane. */
export function befalls({ lanes }: FaultSpan, lane: number): boolean {
  return lanes.length === 0 || lanes.includes(lane)
}
