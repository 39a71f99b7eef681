/** What an event says, as text that a person can follow: `name=value` pairs, with short hashes and no signatures. */
import { toHex } from '../../src/base/bytes.ts'

/** Digits shown of a hash or a byte string, items of a list, and characters of a text. */
const hexMax = 8
const itemsMax = 8
const textMax = 120
const depthMax = 3

/** The facts of an object, but for those that are undefined. */
export function factsText(facts: object): string {
  return pairs(facts, 0)
}

function pairs(facts: object, depth: number): string {
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
  return `{${pairs(value, depth + 1)}}`
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
