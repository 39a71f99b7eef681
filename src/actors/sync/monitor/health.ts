/**
 * How well a node is, for whoever operates it: from where it stands and what comes in, never from the
 * name of a state, since a node that is stuck may well be in a state that sounds like progress.
 */
import type { Millis } from '../../../base/units.ts'
import type { IncidentReport } from './incident.ts'
import type { PartitionReport } from './partition.ts'

export type HealthCode =
  /** See the incident report. */
  | 'incident'
  /** Nobody is connected. */
  | 'no-peers'
  /** Suspected, or certain: see the partition report. */
  | 'partition'
  /** Whole again, and not caught up within the goal. */
  | 'recovery-late'
  /** The newest certificate is old, and nothing shows that the chain as a whole stands still. */
  | 'certificate-old'
  /** The chain as a whole stands still. */
  | 'halted'
  /** More than 10 slots behind what a certificate proves. */
  | 'behind'
  /** What would be imported next has not come for more than 5 s. */
  | 'stalled'
  /** Few hold much: see the topology report. */
  | 'concentrated'

export interface HealthFacts {
  /** Connected now. */
  readonly peers: number
  /** A committee of one needs nobody. */
  readonly isAlone: boolean
  readonly partition: PartitionReport
  readonly isStale: boolean
  readonly isHalted: boolean
  readonly slotsBehind: number
  /** How long the oldest request that import waits for has been under way; 0 if it waits for none. */
  readonly headOfLineAgeMs: Millis
  readonly topologyWarnings: number
  readonly incidents: IncidentReport['level']
}

/** `poor`: it cannot do its work. `degraded`: it does, and somebody should look. */
export interface Health {
  readonly grade: 'good' | 'degraded' | 'poor'
  /** In the order of {@link HealthCode}. */
  readonly codes: readonly HealthCode[]
}

const behindMax = 10
const stalledMs: Millis = 5_000
const poor: readonly HealthCode[] = ['no-peers', 'partition', 'certificate-old', 'stalled']

export function healthOf(facts: HealthFacts): Health {
  const { partition, isStale } = facts
  const signs: readonly (readonly [HealthCode, boolean])[] = [
    ['incident', facts.incidents !== 'none'],
    ['no-peers', facts.peers === 0 && !facts.isAlone],
    ['partition', partition.isApart],
    ['recovery-late', partition.recovery?.isLate === true],
    ['certificate-old', isStale],
    ['halted', facts.isHalted],
    ['behind', facts.slotsBehind > behindMax],
    ['stalled', facts.headOfLineAgeMs > stalledMs],
    ['concentrated', facts.topologyWarnings > 0],
  ]
  const codes = signs.filter(([, isSo]) => isSo).map(([code]) => code)
  if (codes.length === 0) return { grade: 'good', codes }
  const isPoor = facts.incidents === 'emergency' || codes.some((code) => poor.includes(code))
  return { grade: isPoor ? 'poor' : 'degraded', codes }
}
