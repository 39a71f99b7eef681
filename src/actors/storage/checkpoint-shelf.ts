/** What the storage actor does with checkpoints: keeps and lists them. */
import { ok, type Result } from '../../base/result.ts'
import type { Entry, KeyRange, Write } from '../../kernel/environment.ts'
import {
  checkpointRecords,
  checkpointsReadMax,
  checkpointWrites,
  outlived,
} from './checkpoint-records.ts'
import { everyKey, keys } from './keys.ts'
import type { CheckpointRecord, StorageEvent, StorageFault, StorageMessage } from './messages.ts'

type Done<Value> = (outcome: Result<Value, StorageFault>) => void

/** How records are read and written. Faults of the disk are reported by whoever does it. */
export interface ShelfParts {
  readonly scan: (range: KeyRange, done: Done<readonly Entry[]>) => void
  /** One atomic, durable commit. */
  readonly commit: (writes: readonly Write[], done: Done<undefined>) => void
  readonly emit: (event: StorageEvent) => void
}

type ShelfMessage = Extract<StorageMessage, { kind: 'put-checkpoint' | 'get-checkpoints' }>

export class CheckpointShelf {
  readonly #parts: ShelfParts

  constructor(parts: ShelfParts) {
    this.#parts = parts
  }

  receive(message: ShelfMessage): void {
    switch (message.kind) {
      case 'put-checkpoint':
        return this.#put(message)
      case 'get-checkpoints':
        return this.#list(message.reply)
      default:
        return message satisfies never
    }
  }

  #put({ height, bytes, keptMax, reply }: Extract<ShelfMessage, { kind: 'put-checkpoint' }>): void {
    this.#list((existing) => {
      if (!existing.ok) return reply(existing)
      const dropped = outlived(existing.value, height, keptMax)
      this.#parts.commit(checkpointWrites(height, bytes, dropped), (outcome) => {
        reply(outcome.ok ? ok(dropped) : outcome)
      })
    })
  }

  #list(done: Done<readonly CheckpointRecord[]>): void {
    const range = { ...everyKey('checkpoint'), limit: checkpointsReadMax, reverse: true }
    this.#parts.scan(range, (entries) => {
      if (!entries.ok) return done(entries)
      const records = checkpointRecords(entries.value)
      for (const { height, bytes } of records) {
        const key = keys.checkpointAt(height)
        if (bytes === undefined) this.#parts.emit({ kind: 'record-corrupt', key })
      }
      done(ok(records))
    })
  }
}
