/** When faults end: as they were mended, or else as their own records say that they were to. */
import type { FaultRecord, TraceRecord } from './record.ts'

/** What a rule of the network that no fault has brought is called, as a fault of its own. */
export const ruleFault = 'rule'

/** When faults were mended, by the numbers of their records. */
export function mendsIn(records: readonly TraceRecord[]): ReadonlyMap<number, number> {
  const mends = new Map<number, number>()
  for (const record of records) if (record.kind === 'mend') mends.set(record.fault, record.atUs)
  return mends
}

/**
 * When a fault that nobody mends ends. A rule is in force until it is taken away; of another one without an end nobody has
 * said that it lasts, so it is one of a moment.
 */
export function dueEndUs({
  fault,
  atUs,
  forUs,
}: Pick<FaultRecord, 'fault' | 'atUs' | 'forUs'>): number {
  return atUs + (forUs ?? (fault === ruleFault ? Number.POSITIVE_INFINITY : 0))
}
