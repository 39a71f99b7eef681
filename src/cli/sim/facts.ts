/** Events as text that a person can follow: short hashes, no signatures, one line each. */

import type { Observed } from '../../../sim/cluster/checker/checker.ts'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import { factsText } from '../../../sim/trace/facts.ts'
import { formatSeconds } from '../table.ts'

/** One line of a trace. */
export interface TraceLine {
  readonly atMs: number
  readonly node: string
  /** What happened, by its name. */
  readonly event: string
  /** `name=value` pairs. */
  readonly facts: string
}

export function traceLine({ atMs, node, event }: Observed): TraceLine {
  const { kind, ...facts } = event
  return { atMs, node, event: kind, facts: factsText(facts) }
}

/** A fault as it begins. It stands in the column of the node it befalls, if that is one. */
export function faultLine(fault: Fault): TraceLine {
  const { atMs, kind, ...rest } = fault
  const { node = '*', ...facts } = rest as { readonly node?: string }
  return { atMs, node, event: `fault: ${kind}`, facts: factsText(facts) }
}

/** The facts of a fault, without its kind and time. */
export function faultFacts(fault: Fault): string {
  const { atMs: _, kind: __, ...facts } = fault
  return factsText(facts)
}

/** In columns: virtual time in seconds, node, event, facts. */
export function formatTraceLine({ atMs, node, event, facts }: TraceLine): string {
  const seconds = formatSeconds(atMs).padStart(12)
  return `${seconds}  ${node.padEnd(4)}  ${event.padEnd(20)}  ${facts}`.trimEnd()
}
