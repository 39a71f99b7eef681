/**
 * Where a chain goes on after a start, by what its disk still holds, best first:
 *
 *   1. the highest committed block that can be read together with its certificate, of the newest 64
 *   2. the newest checkpoint that is genuine and whose block is there
 *   3. below a checkpoint whose block is missing: as 1, from its height down
 *   4. genesis
 *
 * What lies above is fetched again by sync. A root that contradicts a trusted block is a fault: that
 * disk holds another history.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Entry, KeyRange, Verifier } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import type { Chain, TrustedPlace } from '../../protocol/chain.ts'
import {
  type CheckpointFault,
  readCheckpoint,
  trustFault,
} from '../../protocol/checkpoint/checks.ts'
import { certificateCheck } from '../../protocol/consensus/checks.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import { checkpointRecords, checkpointsReadMax } from './checkpoint-records.ts'
import { everyKey, heightOfFinalisation, keys } from './keys.ts'
import type { CheckpointRecord, StorageEvent, StorageFault, StoredChain } from './messages.ts'

/** What falling back needs to know; without it, a disk without a readable certificate begins anew. */
export interface Recovery {
  readonly chain: Chain
  readonly verifier: Verifier
  /** By rising height. */
  readonly trusted: readonly TrustedPlace[]
}

type Root = StoredChain['root']
type Done<Value> = (outcome: Result<Value, StorageFault>) => void

/** How records are read. Damage is reported by whoever reads. */
export interface RootReader {
  scan(range: KeyRange, done: Done<readonly Entry[]>): void
  /** Undefined if the block is missing or damaged. */
  block(
    height: number,
    done: (outcome: Result<StoredBlock | undefined, StorageFault>) => void,
  ): void
  certificate(entry: Entry): Certificate | undefined
  emit(event: StorageEvent): void
  /** Binds a callback to the life of whoever reads. */
  bind<Arguments extends readonly unknown[]>(
    run: (...values: Arguments) => void,
  ): (...values: Arguments) => void
}

/** Records looked at from the top down for a readable root. */
const rootSearchMax = 64

/** Finds the root. Undefined is genesis. */
export function findRoot(
  reader: RootReader,
  recovery: Recovery | undefined,
  done: Done<Root>,
): void {
  const found = (root: Root): void => {
    if (recovery === undefined) return done(ok(root))
    checkTrusted(reader, recovery.trusted, root, done)
  }
  searchBelow(reader, everyKey('final').to, (root) => {
    if (!root.ok) return done(root)
    if (root.value !== undefined || recovery === undefined) return found(root.value)
    reader.scan({ ...everyKey('checkpoint'), limit: checkpointsReadMax, reverse: true }, (list) => {
      if (!list.ok) return done(list)
      tryNext({ reader, recovery, done, found }, checkpointRecords(list.value), 0)
    })
  })
}

/** The highest readable finalisation whose key is below `to`, and whose block can be read. */
function searchBelow(reader: RootReader, to: string, done: Done<Root>): void {
  const { from } = everyKey('final')
  reader.scan({ from, to, limit: rootSearchMax, reverse: true }, (entries) => {
    if (!entries.ok) return done(entries)
    firstReadable(reader, entries.value, 0, done)
  })
}

function firstReadable(
  reader: RootReader,
  entries: readonly Entry[],
  at: number,
  done: Done<Root>,
): void {
  const entry = entries[at]
  if (entry === undefined) return done(ok(undefined))
  const certificate = reader.certificate(entry)
  if (certificate === undefined) return firstReadable(reader, entries, at + 1, done)
  reader.block(heightOfFinalisation(entry.key), (block) => {
    if (!block.ok) return done(block)
    if (block.value?.signed.hash !== certificate.block) {
      return firstReadable(reader, entries, at + 1, done)
    }
    done(ok({ block: block.value, certificate }))
  })
}

// ----- falling back -----

interface Fallback {
  readonly reader: RootReader
  readonly recovery: Recovery
  readonly done: Done<Root>
  readonly found: (root: Root) => void
}

/** Tries checkpoint `at`, then those before it. */
function tryNext(fallback: Fallback, records: readonly CheckpointRecord[], at: number): void {
  const { reader, recovery, done, found } = fallback
  const record = records[at]
  if (record === undefined) return found(undefined)
  const { height } = record
  const refuse = ({ code, detail }: CheckpointFault): void => {
    reader.emit({ kind: 'checkpoint-passed-over', height, code, detail })
    tryNext(fallback, records, at + 1)
  }
  const checkpoint = readCheckpoint(recovery.chain, height, record.bytes)
  if (!checkpoint.ok) return refuse(checkpoint.fault)
  const { certificate, signed } = checkpoint.value.chain
  const verified = reader.bind(([isGenuine]: readonly boolean[]) => {
    if (isGenuine !== true) return refuse({ code: 'forged', detail: 'its signature is wrong' })
    reader.block(height, (block) => {
      if (!block.ok) return done(block)
      const hash = block.value?.signed.hash
      if (block.value !== undefined && hash === signed.hash) {
        reader.emit({ kind: 'root-recovered', height, checkpointHeight: height })
        return found({ block: block.value, certificate })
      }
      if (hash !== undefined) {
        return refuse({ code: 'other-history', detail: `block ${height} is ${hash}` })
      }
      const ahead = { code: 'ahead-of-store', detail: `there is no block ${height} here` } as const
      tryBelow(fallback, height, () => refuse(ahead))
    })
  })
  recovery.verifier.verify([certificateCheck(recovery.chain, certificate)], 'urgent', verified)
}

/** Its block is not there: the next lower one that can be proven has to do. */
function tryBelow({ reader, done, found }: Fallback, height: number, otherwise: () => void): void {
  searchBelow(reader, keys.finalisationAt(height), (root) => {
    if (!root.ok) return done(root)
    if (root.value === undefined) return otherwise()
    const below = root.value.block.signed.header.height
    reader.emit({ kind: 'root-recovered', height: below, checkpointHeight: height })
    found(root.value)
  })
}

// ----- trust -----

/** A root is of the right history if every trusted block at or below it is there. */
function checkTrusted(
  reader: RootReader,
  trusted: readonly TrustedPlace[],
  root: Root,
  done: Done<Root>,
): void {
  const rootHeight = root?.block.signed.header.height ?? 0
  const [place, ...rest] = trusted
  if (place === undefined || place.height > rootHeight) return done(ok(root))
  const check = (hash: string | undefined): void => {
    const fault = trustFault(place, hash)
    if (fault !== undefined) return done(failed(fault))
    checkTrusted(reader, rest, root, done)
  }
  hashAt(reader, place.height, (hash) => (hash.ok ? check(hash.value) : done(hash)))
}

/** The hash of a committed block; if the block cannot be read, the one above it tells. */
function hashAt(reader: RootReader, height: number, done: Done<string | undefined>): void {
  reader.block(height, (block) => {
    if (!block.ok) return done(block)
    if (block.value !== undefined) return done(ok(block.value.signed.hash))
    reader.block(height + 1, (above) => {
      done(above.ok ? ok(above.value?.signed.header.parentHash) : above)
    })
  })
}
