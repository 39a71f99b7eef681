/**
 * What waits for the disk, in order. One group is on its way at a time, and what is asked for meanwhile makes
 * up the next: so nothing is ever on the disk whose forerunner is not, even if a write in between fails, and
 * a busy disk is asked less often.
 *
 * Two kinds wait here. What was promised (votes, and what they commit) must be stored: if it cannot be, the
 * actor fails, and starts again from what the disk holds. What was imported can be had again: if it cannot
 * be stored, who asked is told, and so is everybody behind, whose forerunner is missing now.
 */
import { assert } from '../../base/assert.ts'
import type { Address, AskFault, Context } from '../../kernel/actor.ts'
import type { VoteRecord } from '../../protocol/consensus/record.ts'
import type { ChainRecord, StorageFault, StorageMessage, StoredChain } from '../storage/messages.ts'
import type { ChainEvent, ChainMessage } from './messages.ts'

export interface WriteQueueParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly storage: Address<StorageMessage>
}

/** Why a group is not on the disk, as far as is known: after a timeout it may be. */
export type WriteFault = StorageFault | AskFault

interface Promised {
  readonly kind: 'promised'
  readonly records: readonly ChainRecord[]
  /** The watermarks, if these records belong to a vote or a proposal. */
  readonly votes: VoteRecord | undefined
  readonly done: () => void
}

interface Imported {
  readonly kind: 'imported'
  readonly records: readonly ChainRecord[]
  readonly done: (fault: WriteFault | undefined) => void
}

const deadlineMs = 30_000

export class WriteQueue {
  readonly #parts: WriteQueueParts
  #waiting: readonly (Promised | Imported)[] = []
  #isWriting = false
  #votePlace: StoredChain['votePlace'] = 0

  constructor(parts: WriteQueueParts) {
    this.#parts = parts
  }

  /** Where the vote record lies that the disk holds: the next one goes to the other place. */
  recall(votePlace: StoredChain['votePlace']): void {
    this.#votePlace = votePlace
  }

  /** Has records made durable, then does what waited for it. */
  write(records: readonly ChainRecord[], votes: VoteRecord | undefined, done: () => void): void {
    this.#add({ kind: 'promised', records, votes, done })
  }

  /** As {@link write}, in a commit of its own; a failure is told. */
  writeImported(
    records: readonly ChainRecord[],
    done: (fault: WriteFault | undefined) => void,
  ): void {
    this.#add({ kind: 'imported', records, done })
  }

  /** Calls `done` once all that was handed over before is on the disk, or was refused by it. */
  whenDurable(done: () => void): void {
    this.write([], undefined, done)
  }

  #add(entry: Promised | Imported): void {
    this.#waiting = [...this.#waiting, entry]
    if (!this.#isWriting) this.#next()
  }

  #next(): void {
    const [first, ...others] = this.#waiting
    if (first === undefined) return
    this.#isWriting = true
    if (first.kind === 'imported') {
      this.#waiting = others
      return this.#writeImported(first)
    }
    const end = this.#waiting.findIndex(isImported)
    const group = end < 0 ? this.#waiting : this.#waiting.slice(0, end)
    this.#waiting = this.#waiting.slice(group.length)
    this.#writePromised(group.filter(isPromised))
  }

  #writePromised(group: readonly Promised[]): void {
    const records = group.flatMap((entry) => entry.records)
    // The newest watermarks of the group cover the others; two places in one write would be none.
    const votes = group.findLast((entry) => entry.votes !== undefined)?.votes
    if (votes !== undefined) records.push(this.#voteRecord(votes))
    const finish = (): void =>
      this.#finish(() => {
        for (const { done } of group) done()
      })
    if (records.length === 0) return finish()
    this.#ask(records, (fault) => {
      assert(fault === undefined, `the chain cannot be stored: ${JSON.stringify(fault)}`)
      finish()
    })
  }

  #voteRecord(record: VoteRecord): ChainRecord {
    this.#votePlace = this.#votePlace === 0 ? 1 : 0
    return { kind: 'vote-record', record, place: this.#votePlace }
  }

  #writeImported({ records, done }: Imported): void {
    this.#ask(records, (fault) => {
      // Who is behind has lost its forerunner. What was promised does not stand on what was imported.
      const behind = fault === undefined ? [] : this.#waiting.filter(isImported)
      if (fault !== undefined) this.#waiting = this.#waiting.filter(isPromised)
      this.#finish(() => {
        done(fault)
        for (const entry of behind) entry.done(fault)
      })
    })
  }

  #finish(tell: () => void): void {
    this.#isWriting = false
    tell()
    if (!this.#isWriting) this.#next()
  }

  #ask(records: readonly ChainRecord[], done: (fault: WriteFault | undefined) => void): void {
    const question = {
      to: this.#parts.storage,
      deadlineMs,
      // Written twice, the same records under the same keys are there once.
      isRepeatable: true,
      ask: (reply: PersistReply): StorageMessage => ({ kind: 'persist', records, reply }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const written = outcome.ok ? outcome.value : outcome
      done(written.ok ? undefined : written.fault)
    })
  }
}

type PersistReply = Extract<StorageMessage, { kind: 'persist' }>['reply']

function isPromised(entry: Promised | Imported): entry is Promised {
  return entry.kind === 'promised'
}

function isImported(entry: Promised | Imported): entry is Imported {
  return entry.kind === 'imported'
}
