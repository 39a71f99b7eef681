/**
 * The only user of the node's `Store`: what the chain keeps, under which key, sealed how. A group of
 * records is written in one atomic, durable commit, and answered after it. Does not decide what is
 * kept (the chain does), and never serves a record whose checksum differs.
 */
import { assert } from '../../base/assert.ts'
import { equalBytes } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Actor, Address, Context } from '../../kernel/actor.ts'
import type { Entry, KeyRange, Store, StoreFault, Write } from '../../kernel/environment.ts'
import {
  decodeStoredBlock,
  encodeStoredBlock,
  noJustification,
  type StoredBlock,
} from '../../protocol/block/block.ts'
import { decodeCertificate, encodeCertificate } from '../../protocol/consensus/codec.ts'
import {
  type Contradiction,
  decodeContradiction,
  encodeContradiction,
} from '../../protocol/consensus/contradiction.ts'
import { aboutOf, decodeProof, encodeProof, type Proof } from '../../protocol/consensus/evidence.ts'
import { emptyRecord, type VoteRecord } from '../../protocol/consensus/record.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import { type Hash, hashToBytes } from '../../protocol/hash.ts'
import type { ChainMessage } from '../chain/messages.ts'
import { CheckpointShelf } from './checkpoint-shelf.ts'
import { everyKey, keys, type VotePlace } from './keys.ts'
import type {
  ChainRecord,
  StorageEvent,
  StorageFault,
  StorageMessage,
  StoredChain,
} from './messages.ts'
import {
  decodeHeight,
  decodeVoteRecord,
  encodeHeight,
  encodeVoteRecord,
  laterRecord,
  readRecord,
  sealRecord,
} from './record.ts'
import { findRoot, type Recovery, type RootReader } from './root-search.ts'
import { ServingReads } from './serving.ts'

export interface StorageOptions {
  readonly committeeSize: number
  readonly epoch: number
  readonly genesis: Hash
  /** How to go on if no certificate can be read. */
  readonly recovery?: Recovery
  /** Who is told of a committed block that cannot be read; nobody if absent. */
  readonly chain?: Address<ChainMessage>
}

/** Open blocks and notarisations read at a start; more than these are never kept. */
const openRecordsMax = 4_096

type Done<Value> = (outcome: Result<Value, StorageFault>) => void

export class StorageActor implements Actor<StorageMessage> {
  readonly #context: Context<StorageMessage, StorageEvent>
  readonly #store: Store
  readonly #options: StorageOptions
  readonly #serving: ServingReads
  readonly #checkpoints: CheckpointShelf

  constructor(
    context: Context<StorageMessage, StorageEvent>,
    store: Store,
    options: StorageOptions,
  ) {
    this.#context = context
    this.#store = store
    this.#options = options
    const lost = (height: number): void => this.#lost(height)
    const { committeeSize } = options
    this.#serving = new ServingReads({ context, store, committeeSize, lost })
    this.#checkpoints = new CheckpointShelf({
      scan: (range, done) => this.#scan(range, done),
      commit: (writes, done) => this.#commit(writes, done),
      emit: (event) => context.emit(event),
    })
  }

  receive(message: StorageMessage): void {
    switch (message.kind) {
      case 'persist':
        return this.#persist(message.records, message.reply)
      case 'load':
        return this.#load(message.reply)
      case 'get-block':
        return this.#getBlock(message.by, message.reply)
      case 'get-proofs':
        return this.#getProofs(message.limit, message.reply)
      case 'get-certified':
        return this.#serving.certified(message.request, message.reply)
      case 'get-headers':
        return this.#serving.headers(message.request, message.reply)
      case 'get-bodies':
        return this.#serving.bodies(message.request, message.reply)
      case 'put-checkpoint':
      case 'get-checkpoints':
        return this.#checkpoints.receive(message)
      case 'keep-note':
        return this.#commit([sealed(keys.note(message.name), message.bytes)], message.reply)
      case 'load-note':
        return this.#loadNote(message.name, message.reply)
      default:
        return message satisfies never
    }
  }

  #persist(records: readonly ChainRecord[], done: Done<undefined>): void {
    this.#commit(records.flatMap(writesOf), done)
  }

  #commit(writes: readonly Write[], done: Done<undefined>): void {
    this.#store.commit(
      { writes, durable: true },
      this.#context.bind((outcome) => {
        if (!outcome.ok) this.#report(outcome.fault)
        done(outcome)
      }),
    )
  }

  // ----- starting -----

  #load(done: Done<StoredChain>): void {
    const { genesis } = this.#options
    this.#read(keys.genesis, (entry) => {
      if (!entry.ok) return done(entry)
      if (entry.value === undefined) return this.#found(genesis, done)
      const stored = readRecord(entry.value, (bytes) => ok(bytes))
      if (stored.ok && !equalBytes(stored.value, hashToBytes(genesis))) {
        return done(failed({ code: 'other-chain', detail: `genesis is not ${genesis}` }))
      }
      this.#loadRest(done)
    })
  }

  /**
   * A new disk: claims it for this chain. The empty vote record is there before, so that a record that is
   * missing later has been lost, and its owner knows that it may have voted. In one write with the claim the
   * power could cut it short and leave the claim, and a member that never voted would be silent for nothing.
   */
  #found(genesis: Hash, done: Done<StoredChain>): void {
    const record = emptyRecord(this.#options.epoch)
    this.#commit([...voteRecordWrites(record, 0), ...voteRecordWrites(record, 1)], (kept) => {
      if (!kept.ok) return done(kept)
      this.#commit([sealed(keys.genesis, hashToBytes(genesis))], (claimed) => {
        if (!claimed.ok) return done(claimed)
        const nothing = { root: undefined, notarisations: [], blocks: [], contradiction: undefined }
        done(ok({ ...nothing, record, votePlace: 0 }))
      })
    })
  }

  #loadRest(done: Done<StoredChain>): void {
    this.#loadVotes(0, (first) => {
      if (!first.ok) return done(first)
      this.#loadVotes(1, (second) => {
        if (!second.ok) return done(second)
        const record = laterRecord(first.value, second.value)
        const votePlace = record === first.value ? 0 : 1
        findRoot(this.#rootReader(), this.#options.recovery, (root) => {
          if (!root.ok) return done(root)
          this.#loadOpen((open) => {
            if (!open.ok) return done(open)
            this.#loadContradiction((contradiction) => {
              if (!contradiction.ok) return done(contradiction)
              const found = { root: root.value, contradiction: contradiction.value }
              done(ok({ ...open.value, ...found, record, votePlace }))
            })
          })
        })
      })
    })
  }

  /**
   * The record in one place, from whichever copy is sound. Both copies damaged means that the write
   * was cut short; one copy damaged means that the medium was.
   */
  #loadVotes(place: VotePlace, done: Done<VoteRecord | undefined>): void {
    const decode = (entry: Entry | undefined): VoteRecord | undefined =>
      entry && this.#readable(entry, decodeVoteRecord)
    this.#read(keys.voteRecord(place, 0), (first) => {
      if (!first.ok) return done(first)
      this.#read(keys.voteRecord(place, 1), (second) => {
        if (!second.ok) return done(second)
        done(ok(laterRecord(decode(first.value), decode(second.value))))
      })
    })
  }

  /** From whichever copy is sound. */
  #loadContradiction(done: Done<Contradiction | undefined>): void {
    const size = this.#options.committeeSize
    const range = { ...everyKey('contradiction'), limit: 2 }
    this.#scan(range, (entries) => {
      if (!entries.ok) return done(entries)
      const copies = entries.value.map((entry) =>
        this.#readable(entry, (bytes) => decodeContradiction(bytes, size)),
      )
      done(ok(copies.find((copy) => copy !== undefined)))
    })
  }

  #loadOpen(done: Done<Pick<StoredChain, 'notarisations' | 'blocks'>>): void {
    this.#scan({ ...everyKey('notarised'), limit: openRecordsMax }, (notarised) => {
      if (!notarised.ok) return done(notarised)
      this.#scan({ ...everyKey('open'), limit: openRecordsMax }, (open) => {
        if (!open.ok) return done(open)
        const notarisations = notarised.value
          .map((entry) => this.#readable(entry, (bytes) => this.#certificate(bytes)))
          .filter((certificate) => certificate !== undefined)
        const blocks = open.value
          .map((entry) => this.#readable(entry, (bytes) => this.#block(bytes)))
          .filter((block) => block !== undefined)
        done(ok({ notarisations, blocks }))
      })
    })
  }

  // ----- reading -----

  #getBlock(by: { hash: Hash } | { height: number }, done: Done<StoredBlock | undefined>): void {
    if ('height' in by) return this.#readBlock(by.height, done)
    this.#read(keys.heightOf(by.hash), (entry) => {
      if (!entry.ok) return done(entry)
      if (entry.value === undefined) return done(ok(undefined))
      const height = readRecord(entry.value, decodeHeight)
      if (!height.ok) return this.#corrupt(height.fault, done)
      this.#readBlock(height.value, done)
    })
  }

  #getProofs(limit: number, done: Done<readonly Proof[]>): void {
    this.#scan({ ...everyKey('proof'), limit, reverse: true }, (entries) => {
      if (!entries.ok) return done(entries)
      const size = this.#options.committeeSize
      const proofs = entries.value.map((entry) =>
        this.#readable(entry, (bytes) => decodeProof(bytes, size)),
      )
      done(ok(proofs.filter((proof) => proof !== undefined)))
    })
  }

  #loadNote(name: string, done: Done<Uint8Array | undefined>): void {
    this.#read(keys.note(name), (entry) => {
      if (!entry.ok) return done(entry)
      if (entry.value === undefined) return done(ok(undefined))
      const bytes = readRecord(entry.value, (content) => ok(content))
      if (!bytes.ok) return this.#corrupt(bytes.fault, done)
      done(bytes)
    })
  }

  /** Damaged blocks are reported, and count as missing. */
  #rootReader(): RootReader {
    return {
      scan: (range, done) => this.#scan(range, done),
      block: (height, done) =>
        this.#readBlock(height, (block) => {
          const isDamaged = !block.ok && block.fault.code === 'corrupt'
          done(isDamaged ? ok(undefined) : block)
        }),
      certificate: (entry) => this.#readable(entry, (bytes) => this.#certificate(bytes)),
      emit: (event) => this.#context.emit(event),
      bind: (run) => this.#context.bind(run),
    }
  }

  #readBlock(height: number, done: Done<StoredBlock | undefined>): void {
    this.#read(keys.blockAt(height), (entry) => {
      if (!entry.ok) return done(entry)
      if (entry.value === undefined) return done(ok(undefined))
      const block = readRecord(entry.value, (bytes) => this.#block(bytes))
      if (block.ok) return done(block)
      this.#lost(height)
      this.#corrupt(block.fault, done)
    })
  }

  /** What was committed can be had again: the chain knows of whom. */
  #lost(height: number): void {
    const { chain } = this.#options
    if (chain !== undefined) this.#context.send(chain, { kind: 'block-unreadable', height })
  }

  #read(key: string, done: Done<Entry | undefined>): void {
    this.#store.get(
      key,
      this.#context.bind((outcome) => {
        if (!outcome.ok) {
          this.#report(outcome.fault)
          return done(outcome)
        }
        done(ok(outcome.value === undefined ? undefined : { key, value: outcome.value }))
      }),
    )
  }

  #scan(range: KeyRange, done: Done<readonly Entry[]>): void {
    assert(range.limit > 0, 'a scan has a limit')
    this.#store.scan(
      range,
      this.#context.bind((outcome) => {
        if (!outcome.ok) this.#report(outcome.fault)
        done(outcome)
      }),
    )
  }

  /** The value of a record, or undefined and a report if it is damaged. */
  #readable<Value>(
    entry: Entry,
    decode: Parameters<typeof readRecord<Value>>[1],
  ): Value | undefined {
    const record = readRecord(entry, decode)
    if (record.ok) return record.value
    this.#context.emit({ kind: 'record-corrupt', key: entry.key })
    return undefined
  }

  #corrupt<Value>(fault: StorageFault & { key: string }, done: Done<Value>): void {
    this.#context.emit({ kind: 'record-corrupt', key: fault.key })
    done(failed(fault))
  }

  #report(fault: StoreFault): void {
    this.#context.emit({ kind: 'store-failed', code: fault.code, detail: fault.detail })
  }

  #certificate(bytes: Uint8Array): ReturnType<typeof decodeCertificate> {
    return decodeCertificate(bytes, this.#options.committeeSize)
  }

  #block(bytes: Uint8Array): ReturnType<typeof decodeStoredBlock> {
    return decodeStoredBlock(bytes, this.#options.committeeSize)
  }
}

function writesOf(record: ChainRecord): readonly Write[] {
  switch (record.kind) {
    case 'vote-record':
      return voteRecordWrites(record.record, record.place)
    case 'block': {
      const { header, hash } = record.block.signed
      return [sealed(keys.openBlock(header.slot, hash), encodeStoredBlock(record.block))]
    }
    case 'notarisation':
      return [certificateWrite(keys.notarisationAt(record.certificate.slot), record.certificate)]
    case 'committed': {
      const { header, hash } = record.block.signed
      return [
        sealed(keys.blockAt(header.height), encodeStoredBlock(record.block)),
        sealed(keys.heightOf(hash), encodeHeight(header.height)),
      ]
    }
    case 'imported':
      return [
        sealed(keys.blockAt(record.height), record.block, noJustification),
        sealed(keys.heightOf(record.hash), encodeHeight(record.height)),
      ]
    case 'finalisation':
      return [certificateWrite(keys.finalisationAt(record.height), record.certificate)]
    case 'proof': {
      const { slot, member } = aboutOf(record.proof)
      return [sealed(keys.proof(slot, member), encodeProof(record.proof))]
    }
    case 'contradiction': {
      const bytes = encodeContradiction(record.contradiction)
      return ([0, 1] as const).map((copy) => sealed(keys.contradiction(copy), bytes))
    }
    case 'drop-block':
      return [{ key: keys.openBlock(record.slot, record.hash), value: undefined }]
    case 'drop-notarisation':
      return [{ key: keys.notarisationAt(record.slot), value: undefined }]
    default:
      return record satisfies never
  }
}

function voteRecordWrites(record: VoteRecord, place: VotePlace): readonly Write[] {
  const bytes = encodeVoteRecord(record)
  return [sealed(keys.voteRecord(place, 0), bytes), sealed(keys.voteRecord(place, 1), bytes)]
}

function sealed(key: string, ...parts: readonly Uint8Array[]): Write {
  return { key, value: sealRecord(key, ...parts) }
}

function certificateWrite(key: string, certificate: Certificate): Write {
  return sealed(key, encodeCertificate(certificate))
}
