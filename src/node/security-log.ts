/**
 * The security log: what happened that a person may have to look into, newest last, as a reader of the trace. An
 * attacker can cause events without end, so what is kept is bounded in number, what repeats is counted instead of
 * kept, and beyond a rate entries are only counted. What is counted away is said.
 */
import type { Millis, UnixMillis } from '../base/units.ts'
import type { KernelEvent, TraceReader } from '../kernel/trace.ts'
import type { NodeEvent } from './event.ts'
import { type SecurityNote, securityNoteOf } from './security-note.ts'

/** Entries that are kept; more push out the oldest. */
const entriesMax = 1_024
/** The same of the same within so long is one entry. */
const repeatedMs: Millis = 60_000
/** New entries in a minute. */
const entriesPerMinuteMax = 120
const detailCharactersMax = 200

export interface SecurityEntry extends SecurityNote {
  /** When it happened first. */
  readonly atMs: UnixMillis
  /** How often it has, within a minute of the first. */
  readonly times: number
}

export interface SecurityReport {
  /** The newest last. */
  readonly entries: readonly SecurityEntry[]
  /** Entries that were pushed out, or came too fast. */
  readonly omitted: number
}

export interface SecurityLogOptions {
  readonly wall: () => UnixMillis
  /** Told of each entry as it is made, not of its repetitions. */
  readonly onEntry?: (entry: SecurityEntry) => void
}

export class SecurityLog implements TraceReader<NodeEvent> {
  readonly #options: SecurityLogOptions
  /** Oldest first, by number. */
  readonly #entries = new Map<number, SecurityEntry>()
  /** Of late, by what it is about: its number, and when it began. */
  readonly #recent = new Map<string, { readonly number: number; readonly sinceMs: Millis }>()
  #next = 0
  #omitted = 0
  #minuteMs: Millis = -Infinity
  #inMinute = 0

  constructor(options: SecurityLogOptions) {
    this.#options = options
  }

  event(nowMs: Millis, _path: string, event: NodeEvent | KernelEvent): void {
    const note = securityNoteOf(event)
    if (note !== undefined) this.#note(note, nowMs)
  }

  /** A copy. */
  report(): SecurityReport {
    return { entries: [...this.#entries.values()], omitted: this.#omitted }
  }

  #note(note: SecurityNote, nowMs: Millis): void {
    const key = `${note.code} ${note.subject ?? ''}`
    const recent = this.#recent.get(key)
    const known = recent && this.#entries.get(recent.number)
    if (recent !== undefined && known !== undefined && nowMs - recent.sinceMs < repeatedMs) {
      this.#entries.set(recent.number, { ...known, times: known.times + 1 })
      return
    }
    if (!this.#mayAdd(nowMs)) {
      this.#omitted += 1
      return
    }
    this.#add(key, note, nowMs)
  }

  /** Whether this minute has room for a new entry. */
  #mayAdd(nowMs: Millis): boolean {
    if (nowMs - this.#minuteMs >= 60_000) {
      this.#minuteMs = nowMs
      this.#inMinute = 0
    }
    this.#inMinute += 1
    return this.#inMinute <= entriesPerMinuteMax
  }

  #add(key: string, note: SecurityNote, nowMs: Millis): void {
    const detail = note.detail.slice(0, detailCharactersMax)
    const entry = { ...note, detail, atMs: this.#options.wall(), times: 1 }
    const number = this.#next
    this.#next += 1
    this.#entries.set(number, entry)
    this.#recent.delete(key)
    this.#recent.set(key, { number, sinceMs: nowMs })
    this.#forget()
    this.#options.onEntry?.(entry)
  }

  #forget(): void {
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size > entriesMax) {
      this.#entries.delete(oldest)
      this.#omitted += 1
    }
    const [stale] = this.#recent.keys()
    if (stale !== undefined && this.#recent.size > entriesMax) this.#recent.delete(stale)
  }
}
