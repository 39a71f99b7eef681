/**
 * Log lines out of the trace: one JSON object a line, written by pino. Actors emit typed events and know
 * of no log; which event is worth which level is a table that whoever starts the node passes in.
 *
 * A line holds `level`, `time` (Unix milliseconds), `actor` (a path), `event` (a kind) and `facts` (the
 * other fields of the event). Facts stay apart so that no field of an event can hide one of the line's.
 */
import { type DestinationStream, destination, pino } from 'pino'
import { toHex } from '../base/bytes.ts'
import type { TraceReader } from '../kernel/trace.ts'

/** `off` keeps an event out of the log at every level. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'off'

export interface LogOptions {
  /** Events below this level are not written. */
  readonly level: LogLevel
  /** The level of each kind of event. */
  readonly levels: Readonly<Record<string, LogLevel>>
  /** The level of a kind that is not in the table. `debug` where this is absent. */
  readonly otherwise?: LogLevel
  /** A file name, or a stream. Standard output where this is absent. */
  readonly to?: string | DestinationStream
}

/** What the kernel itself reports; a table passed in may say otherwise. */
const kernelLevels: Readonly<Record<string, LogLevel>> = {
  'actor-started': 'info',
  'actor-stopped': 'info',
  'actor-failed': 'error',
  'mailbox-full': 'warn',
  'dead-letter': 'debug',
  'late-answer': 'debug',
  'ask-timed-out': 'debug',
  'ask-ended': 'debug',
  'system-failed': 'error',
}

/** Bytes shown of a byte string, items of a list, characters of a text, and depth of nesting. */
const bytesMax = 64
const itemsMax = 32
const textMax = 1_000
const depthMax = 4

/** A reader of the trace that writes lines. Lines are written as they occur; none wait in memory. */
export function logReader(options: LogOptions): TraceReader<{ readonly kind: string }> {
  const { level, levels, otherwise = 'debug', to } = options
  if (level === 'off') return {}
  const output = to === undefined || typeof to === 'string' ? openDestination(to) : to
  const log = pino(
    { level, base: null, formatters: { level: (label) => ({ level: label }) } },
    output,
  )
  return {
    event: (_now, path, event) => {
      const { kind, ...facts } = event
      const eventLevel = levels[kind] ?? kernelLevels[kind] ?? otherwise
      if (eventLevel === 'off' || !log.isLevelEnabled(eventLevel)) return
      log[eventLevel]({ actor: path, event: kind, facts: readable(facts, 0) })
    },
  }
}

function openDestination(file: string | undefined): DestinationStream {
  return destination({ dest: file ?? 1, sync: true, mkdir: true })
}

/** The value in a form that JSON can hold and a line can bear: it never throws, and it is bounded. */
function readable(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') return cut(value, textMax)
  if (value instanceof Uint8Array) return shortHex(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === depthMax) return '…'
  if (value instanceof Error) return cut(`${value.name}: ${value.message}`, textMax)
  if (Array.isArray(value)) return readableList(value, depth)
  const entries = Object.entries(value).slice(0, itemsMax)
  return Object.fromEntries(entries.map(([name, item]) => [name, readable(item, depth + 1)]))
}

function readableList(list: readonly unknown[], depth: number): readonly unknown[] {
  const items = list.slice(0, itemsMax).map((item) => readable(item, depth + 1))
  return list.length > itemsMax ? [...items, `… ${list.length - itemsMax} more`] : items
}

function shortHex(bytes: Uint8Array): string {
  if (bytes.length <= bytesMax) return toHex(bytes)
  return `${toHex(bytes.subarray(0, bytesMax))}… ${bytes.length} bytes`
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`
}
