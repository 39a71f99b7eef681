/**
 * Validated runs on their way into the chain: strictly by height, each height once, several in flight
 * so that the chain never waits for us, bounded by bytes so that they wait here and not in its queue.
 *
 * If the chain does not take one, those behind it are not taken either; they are sent again together, when
 * all of them have come back. The chain refuses what a committee has certified only by a fault of ours, so
 * nobody is blamed; it is tried again, more and more seldom.
 */
import { assert } from '../../../base/assert.ts'
import type { Imported, RunShape } from './command.ts'
import type { LocalTrouble } from './facts.ts'
import type { Range, Ranges } from './ranges.ts'
import { noteImported } from './segment.ts'
import type { Traffic } from './traffic.ts'

const busyMs = 50
/** What a chain refuses with, or does not answer for, that will be ready again by itself. */
const notAtFault: ReadonlySet<string> = new Set(['busy', 'starting', 'ended'])
const troubleMs = 1_000
const troubleMsMax = 60_000

export class Imports<Token, Run extends RunShape> {
  readonly #traffic: Traffic<Token, Run>
  readonly #ranges: Ranges<Token, Run>
  readonly #sent = new Map<number, Range<Token, Run>>()
  #bytes = 0
  #next: number
  #imported: number
  /** Since one was not taken, until none is on its way. */
  #isDraining = false
  #pausedUntilMs = 0
  #trouble: LocalTrouble | undefined

  /** `trouble`: what was found before, if it may still be there. */
  constructor(
    traffic: Traffic<Token, Run>,
    ranges: Ranges<Token, Run>,
    trouble: LocalTrouble | undefined,
  ) {
    this.#traffic = traffic
    this.#ranges = ranges
    this.#trouble = trouble
    this.#next = ranges.floor
    this.#imported = ranges.floor - 1
  }

  /** The highest block that is durable. */
  get height(): number {
    return this.#imported
  }

  get trouble(): LocalTrouble | undefined {
    return this.#trouble
  }

  pump(nowMs: number): void {
    if (this.#isDraining || nowMs < this.#pausedUntilMs) return
    const { importBytesMax, importRunsMax } = this.#traffic.options
    this.#next = Math.max(this.#next, this.#sent.size === 0 ? this.#ranges.floor : 0)
    for (;;) {
      const range = this.#ranges.at(this.#next)
      if (range?.state !== 'ready' || range.run === undefined) return
      const isRoom = this.#sent.size < importRunsMax && this.#bytes + range.bytes <= importBytesMax
      if (!isRoom && this.#sent.size > 0) return
      this.#ranges.importing(range)
      this.#next = range.fromHeight + range.count
      this.#bytes += range.bytes
      const id = this.#traffic.nextId()
      this.#sent.set(id, range)
      this.#traffic.tell({ kind: 'import', id, run: range.run })
    }
  }

  /** Whether the chain stands elsewhere than was thought. */
  answered(id: number, outcome: Imported, nowMs: number): boolean {
    const range = this.#sent.get(id)
    if (range === undefined) return false
    this.#sent.delete(id)
    this.#bytes -= range.bytes
    let isLost = false
    if (outcome.ok) this.#done(range)
    else isLost = this.#refused(range, outcome.fault.code, nowMs) && outcome.fault.code === 'gap'
    if (this.#sent.size === 0) this.#isDraining = false
    return isLost
  }

  #done(range: Range<Token, Run>): void {
    this.#traffic.memory.release(range.bytes, range.count)
    this.#ranges.committed(range)
    noteImported(range.segment, range.count)
    const last = range.fromHeight + range.count - 1
    assert(last > this.#imported || last < this.#ranges.floor, 'each height is imported once')
    this.#imported = Math.max(this.#imported, last)
    if (this.#trouble !== undefined && this.#trouble.height <= last) this.#trouble = undefined
  }

  /** Whether it says anything: whatever comes behind one that was not taken does not fit, of course. */
  #refused(range: Range<Token, Run>, code: string, nowMs: number): boolean {
    this.#ranges.readyAgain(range)
    const isOvertaken = range.fromHeight < this.#ranges.floor
    if (isOvertaken) this.#drop(range)
    const isFirst = range.fromHeight <= this.#imported + 1 || !this.#isDraining
    this.#next = Math.min(this.#next, range.fromHeight)
    this.#isDraining = true
    if (!isFirst || isOvertaken) return false
    // A chain that is starting, or about to, is no more at fault than one that has no room.
    if (notAtFault.has(code)) this.#pausedUntilMs = nowMs + busyMs
    else this.#troubled(range.fromHeight, code, nowMs)
    return true
  }

  #drop(range: Range<Token, Run>): void {
    this.#traffic.memory.release(range.bytes, range.count)
    this.#ranges.forget(range)
  }

  #troubled(height: number, code: string, nowMs: number): void {
    const attempts = this.#trouble?.height === height ? this.#trouble.attempts + 1 : 1
    this.#trouble = { height, code, attempts }
    let pauseMs = troubleMs
    for (let i = 1; i < attempts && pauseMs < troubleMsMax; i += 1) pauseMs *= 2
    this.#pausedUntilMs = nowMs + Math.min(pauseMs, troubleMsMax)
  }

  /** Others committed blocks below `floor`. */
  raise(floor: number): void {
    this.#imported = Math.max(this.#imported, floor - 1)
    if (this.#trouble !== undefined && this.#trouble.height < floor) this.#trouble = undefined
  }
}
