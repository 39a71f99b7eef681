/** Events as text that a person can follow: short hashes, no signatures, one line each. */

import type { Observed } from '../../../sim/cluster/checker/checker.ts'
import type { Fault } from '../../../sim/cluster/fault/catalogue.ts'
import { toHex } from '../../base/bytes.ts'

/** One line of a trace. */
export interface TraceLine {
  readonly atMs: number
  readonly node: string
  /** What happened, by its name. */
  readonly event: string
  /** `name=value` pairs. */
  readonly facts: string
}

/** Digits shown of a hash or a byte string, items of a list, and characters of a text. */
const hexMax = 8
const itemsMax = 8
const textMax = 120
const depthMax = 3

export function traceLine({ atMs, node, event }: Observed): TraceLine {
  const { kind, ...facts } = event
  return { atMs, node, event: kind, facts: factsText(facts, 0) }
}

/** A fault as it begins. It stands in the column of the node it befalls, if that is one. */
export function faultLine(fault: Fault): TraceLine {
  const { atMs, kind, ...rest } = fault
  const { node = '*', ...facts } = rest as { readonly node?: string }
  return { atMs, node, event: `fault: ${kind}`, facts: factsText(facts, 0) }
}

/** In columns: virtual time in seconds, node, event, facts. */
export function formatTraceLine({ atMs, node, event, facts }: TraceLine): string {
  const seconds = (atMs / 1_000).toFixed(6).padStart(12)
  return `${seconds}  ${node.padEnd(4)}  ${event.padEnd(20)}  ${facts}`.trimEnd()
}

function factsText(facts: object, depth: number): string {
  return Object.entries(facts)
    .filter(([name, value]) => value !== undefined && name !== 'signature')
    .map(([name, value]) => `${name}=${valueText(value, depth)}`)
    .join(' ')
}

function valueText(value: unknown, depth: number): string {
  if (value instanceof Uint8Array) return shortHex(toHex(value))
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth === depthMax) return '…'
  if (Array.isArray(value)) return listText(value, depth)
  return `{${factsText(value, depth + 1)}}`
}

function listText(list: readonly unknown[], depth: number): string {
  const items = list.slice(0, itemsMax).map((item) => valueText(item, depth + 1))
  const more = list.length > itemsMax ? [`… ${list.length} in all`] : []
  return `[${[...items, ...more].join(' ')}]`
}

function text(value: string): string {
  if (/^[0-9a-f]{32,}$/.test(value)) return shortHex(value)
  const line = value.length <= textMax ? value : `${value.slice(0, textMax)}…`
  return /[\s="]/.test(line) ? JSON.stringify(line) : line
}

function shortHex(digits: string): string {
  return digits.length <= hexMax ? digits : `${digits.slice(0, hexMax)}…`
}
