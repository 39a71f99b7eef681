/**
 * Keeps the final state durable. What became final is written in one atomic commit: the accounts that
 * differ from those last written, the final payload, and that its ancestors were final. One commit is
 * under way at a time; what becomes final meanwhile goes into the next one together. After a failure
 * the disk holds what it held before, and the next call tries again.
 *
 * Does not know the tree of states, nor how a store is opened.
 */
import { failed, ok, type Result } from '../base/result.ts'
import type { Store, StoreFault, Write } from '../kernel/environment.ts'
import { emptyAccount } from '../protocol/execution/account.ts'
import { changedAccounts } from '../protocol/execution/state-trie.ts'
import type { ExecutedPayload } from '../protocol/execution/transition.ts'
import type { Hash } from '../protocol/hash.ts'
import {
  accountKey,
  accountRecord,
  finalisedKey,
  historyKey,
  historyRecord,
  payloadRecord,
} from './records.ts'

/** How much may wait for the disk. */
interface PersistenceLimits {
  /** Calls. */
  readonly waitingMax: number
  /** Final payloads. */
  readonly unsavedMax: number
}

type Saved = (outcome: Result<undefined, StoreFault>) => void
type Payload = ExecutedPayload['payload']

export class Persistence {
  readonly #store: Store
  readonly #limits: PersistenceLimits
  /** What the disk holds. */
  #durable: ExecutedPayload
  /** What it shall hold. */
  #wanted: ExecutedPayload
  /** Final payloads that no commit has covered. */
  #unsaved: readonly Payload[] = []
  #waiting: Saved[] = []
  #isWriting = false

  /** `durable` is what the store holds. */
  constructor(store: Store, durable: ExecutedPayload, limits: PersistenceLimits) {
    this.#store = store
    this.#limits = limits
    this.#durable = durable
    this.#wanted = durable
  }

  /** False while the disk is too far behind for more to become final. */
  get hasRoom(): boolean {
    return this.#unsaved.length < this.#limits.unsavedMax
  }

  /** Says what is final now; `path` leads there from what was final before. Nothing is written yet. */
  finalise(path: readonly ExecutedPayload[]): void {
    this.#wanted = path.at(-1) ?? this.#wanted
    const payloads = path.flatMap(({ passed = [], payload }) => [...passed, payload])
    this.#unsaved = [...this.#unsaved, ...payloads]
  }

  /** Calls `done` once what is final now is durable, within this call if it is so already. */
  settle(done: Saved): void {
    if (this.#durable === this.#wanted) return done(ok(undefined))
    if (this.#waiting.length >= this.#limits.waitingMax) {
      return done(failed({ code: 'full', detail: 'too many calls wait for the disk' }))
    }
    this.#waiting.push(done)
    if (!this.#isWriting) this.#write()
  }

  /** Is, or was, the payload of this hash final? */
  wasFinal(hash: Hash, done: (outcome: Result<boolean, StoreFault>) => void): void {
    const isUnsaved = this.#unsaved.some(({ blockHash }) => blockHash === hash)
    this.#store.get(historyKey(hash), (outcome) => {
      done(outcome.ok ? ok(isUnsaved || outcome.value !== undefined) : outcome)
    })
  }

  #write(): void {
    const target = this.#wanted
    const path = this.#unsaved
    const waiting = this.#waiting
    this.#unsaved = []
    this.#waiting = []
    this.#isWriting = true
    const writes = writesOf(this.#durable, target, path)
    this.#store.commit({ writes, durable: true }, (outcome) => {
      this.#isWriting = false
      if (outcome.ok) this.#durable = target
      else this.#unsaved = [...path, ...this.#unsaved]
      for (const done of waiting) done(outcome)
      if (this.#waiting.length > 0 && !this.#isWriting) this.#write()
    })
  }
}

/** What turns a store that holds `before` into one that holds `after`. */
function writesOf(
  before: ExecutedPayload,
  after: ExecutedPayload,
  path: readonly Payload[],
): readonly Write[] {
  const accounts = changedAccounts(before.state, after.state).map((entry): Write => {
    const isGone = entry.account === emptyAccount
    return { key: accountKey(entry.address), value: isGone ? undefined : accountRecord(entry) }
  })
  const history = path.map(({ blockHash, number }): Write => {
    return { key: historyKey(blockHash), value: historyRecord(number) }
  })
  const final = { key: finalisedKey, value: payloadRecord(finalisedKey, after.payload) }
  return [...accounts, ...history, final]
}
