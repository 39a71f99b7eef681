/**
 * A store in memory whose disk is slow, can fail and can lose power. Nothing is answered within the
 * call: each answer waits until the test lets it happen, in order.
 */
import { assert } from '../../../src/base/assert.ts'
import { failed, ok, type Result } from '../../../src/base/result.ts'
import type { Commit, Entry, KeyRange, Store, StoreFault } from '../../../src/kernel/environment.ts'

export class MemoryStore implements Store {
  /** What survives a loss of power. */
  readonly durable: Map<string, Uint8Array>
  readonly #visible: Map<string, Uint8Array>
  #waiting: (() => void)[] = []
  /** Commits that fail before the next one succeeds. */
  failures = 0
  readonly commits: Commit[] = []

  constructor(durable: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.durable = new Map(durable)
    this.#visible = new Map(durable)
  }

  /** Answers that were not given yet. */
  get waiting(): number {
    return this.#waiting.length
  }

  get(key: string, done: (outcome: Result<Uint8Array | undefined, StoreFault>) => void): void {
    const value = this.#visible.get(key)
    this.#waiting.push(() => done(ok(value)))
  }

  scan(range: KeyRange, done: (outcome: Result<readonly Entry[], StoreFault>) => void): void {
    const entries = [...this.#visible]
      .filter(([key]) => key >= range.from && key < range.to)
      .map(([key, value]): Entry => ({ key, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, range.limit)
    this.#waiting.push(() => done(ok(entries)))
  }

  commit(commit: Commit, done: (outcome: Result<undefined, StoreFault>) => void): void {
    assert(commit.durable, 'the ledger only makes durable commits')
    if (this.failures > 0) {
      this.failures -= 1
      this.#waiting.push(() => done(failed({ code: 'io', detail: 'the disk failed' })))
      return
    }
    this.commits.push(commit)
    apply(commit, this.#visible)
    this.#waiting.push(() => {
      apply(commit, this.durable)
      done(ok(undefined))
    })
  }

  /** Gives the oldest answer. */
  step(): void {
    this.#waiting.shift()?.()
  }

  /** Gives answers until none waits. */
  run(): void {
    while (this.#waiting.length > 0) this.step()
  }

  /** The store after the power came back. The old one answers nothing more. */
  crash(): MemoryStore {
    this.#waiting = []
    return new MemoryStore(this.durable)
  }
}

function apply(commit: Commit, map: Map<string, Uint8Array>): void {
  for (const { key, value } of commit.writes) {
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }
}
