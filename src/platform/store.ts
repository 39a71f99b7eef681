/**
 * Ordered keys on LevelDB (a folder) or on a tree in memory (tests, nodes without a disk): one
 * implementation over abstract-level, so that both obey the same order.
 *
 * Operations wait in one queue. Commits that stand together are written as one batch, so that ten durable
 * ones cost one wait for the disk instead of ten. Reads run side by side, on a snapshot taken where they
 * stand in the queue: they see every commit asked for before them, and none asked for after.
 *
 * No checksums of its own (LevelDB has them for its blocks; whoever stores adds one for its records), and
 * no cache.
 */
import type { AbstractLevel, AbstractSnapshot } from 'abstract-level'
import { ClassicLevel } from 'classic-level'
import { MemoryLevel } from 'memory-level'
import { assert } from '../base/assert.ts'
import { failed, ok, type Result } from '../base/result.ts'
import { Ring } from '../base/ring.ts'
import type { Commit, Entry, KeyRange, Store, StoreFault, Write } from '../kernel/environment.ts'

const keyLengthMax = 200
/** Arrays of so many bytes have no buffer of their own until somebody asks for it. */
const shortBytes = 64
/** Operations that may wait; one more is answered with `full`. */
const waitingMax = 4_096
/** Bytes of values that may wait to be written; more are answered with `full`. */
const waitingBytesMax = 256 * 1024 * 1024
/** Writes joined into one batch, so that a long queue does not become one long stall. */
const writesPerBatchMax = 8_192
/** Reads under way at once. */
const readsMax = 256

/** Keys are text, values are bytes. `view` gives plain `Uint8Array`s. */
const encoding = { keyEncoding: 'utf8', valueEncoding: 'view' } as const

type Level = AbstractLevel<string | Buffer | Uint8Array, string, Uint8Array>
type Done<Value> = (outcome: Result<Value, StoreFault>) => void

/** A store that can be closed. */
export interface PlatformStore extends Store {
  /** Waits for what was asked for before, then lets go of the folder. Later calls answer `closed`. */
  close(): Promise<void>
}

/** Why a folder could not be opened. `detail` names the folder and is fit to be shown to an operator. */
export interface OpenFault {
  readonly code: 'locked' | 'corrupt' | 'io'
  readonly folder: string
  readonly detail: string
}

/**
 * Opens (or creates) a LevelDB database in `folder`. LevelDB locks it against a second opener, in this
 * process or another: that is what keeps two nodes from sharing one data folder, and one set of keys.
 */
export async function openLevelStore(folder: string): Promise<Result<PlatformStore, OpenFault>> {
  const level = new ClassicLevel<string, Uint8Array>(folder, encoding)
  try {
    await level.open()
  } catch (error) {
    return failed(openFault(folder, error))
  }
  return ok(new LevelStore(level as Level))
}

/** A store that forgets everything when the process ends. */
export async function openMemoryStore(): Promise<PlatformStore> {
  const level = new MemoryLevel<string, Uint8Array>({ ...encoding, storeEncoding: 'view' })
  await level.open()
  return new LevelStore(level as unknown as Level)
}

/** A commit that waits. Its values share no buffer with others. */
interface WaitingCommit {
  readonly writes: readonly Write[]
  readonly bytes: number
  readonly done: Done<undefined>
}

type Read = (snapshot: AbstractSnapshot) => Promise<void>

/** One step of the queue: commits that become one batch, then the reads that stand behind them. */
interface Round {
  readonly commits: WaitingCommit[]
  readonly reads: Read[]
  readonly durable: boolean
  writes: number
}

class LevelStore implements PlatformStore {
  readonly #level: Level
  readonly #rounds = new Ring<Round>()
  /** The round at the end of the queue, while it may still grow. */
  #last: Round | undefined
  /** Reads under way, and who waits for one of them to end: the worker, or whoever closes. */
  #reading = 0
  #readEnded: (() => void) | undefined
  #waiting = 0
  #waitingBytes = 0
  #worker: Promise<void> | undefined
  #isClosed = false

  constructor(level: Level) {
    this.#level = level
  }

  get(key: string, done: Done<Uint8Array | undefined>): void {
    assertKey(key)
    this.#read(done, async (snapshot) => {
      const value = await this.#level.get(key, { snapshot })
      return value === undefined ? undefined : plain(value)
    })
  }

  scan(range: KeyRange, done: Done<readonly Entry[]>): void {
    const { from, to, limit, reverse = false } = range
    assert(Number.isInteger(limit) && limit >= 0, `a limit is a count, not ${limit}`)
    this.#read(done, async (snapshot) => {
      const span = { gte: from, lt: to, limit, reverse, snapshot }
      const rows = await this.#level.iterator(span).all()
      return rows.map(([key, value]) => ({ key, value: plain(value) }))
    })
  }

  commit(commit: Commit, done: Done<undefined>): void {
    let bytes = 0
    for (const { key, value } of commit.writes) {
      assertKey(key)
      bytes += value?.length ?? 0
    }
    if (this.#refuses(done, bytes)) return
    const writes = commit.writes.map(({ key, value }) => ({ key, value: value && kept(value) }))
    const { durable } = commit
    const isJoining = this.#last !== undefined && joins(this.#last, writes.length, durable)
    const round = this.#round(isJoining, durable)
    round.commits.push({ writes, bytes, done })
    round.writes += writes.length
    this.#waitingBytes += bytes
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker
    while (this.#reading > 0) await this.#endOfRead()
    // This also closes snapshots that are still open.
    await this.#level.close()
  }

  #read<Value>(done: Done<Value>, find: (snapshot: AbstractSnapshot) => Promise<Value>): void {
    if (this.#refuses(done, 0)) return
    const read: Read = (snapshot) =>
      find(snapshot).then(
        (value) => answer(done, ok(value)),
        (error: unknown) => answer(done, failed(storeFault(error))),
      )
    this.#round(true, false).reads.push(read)
  }

  #refuses(done: Done<never>, bytes: number): boolean {
    if (this.#isClosed) {
      answer(done, failed({ code: 'closed', detail: 'the store is closed' }))
      return true
    }
    if (this.#waiting < waitingMax && this.#waitingBytes + bytes <= waitingBytesMax) return false
    const detail = `${this.#waiting} operations with ${this.#waitingBytes} bytes wait already`
    answer(done, failed({ code: 'full', detail }))
    return true
  }

  /** The round for one more operation, which is counted as waiting: the last one, or a new one. */
  #round(isJoining: boolean, durable: boolean): Round {
    this.#waiting += 1
    if (this.#last !== undefined && isJoining) return this.#last
    this.#last = { commits: [], reads: [], durable, writes: 0 }
    this.#rounds.push(this.#last)
    this.#worker ??= this.#work()
    return this.#last
  }

  async #work(): Promise<void> {
    // Not within the call that asked: what one turn asks for goes into one round.
    await Promise.resolve()
    while (this.#rounds.length > 0) {
      const round = this.#rounds.shift()
      if (round === this.#last) this.#last = undefined
      this.#waiting -= round.commits.length
      if (round.commits.length > 0) await this.#write(round)
      if (round.reads.length > 0) await this.#startReads(round.reads)
    }
    this.#worker = undefined
  }

  async #write(round: Round): Promise<void> {
    const outcome = await this.#batch(round)
    for (const { bytes, done } of round.commits) {
      this.#waitingBytes -= bytes
      answer(done, outcome)
    }
  }

  /** One batch is atomic, hence so is each of its commits. Later writes of a key win, as in the queue. */
  async #batch({ commits, durable }: Round): Promise<Result<undefined, StoreFault>> {
    const operations = commits.flatMap(({ writes }) => writes.map(operation))
    try {
      // A tree in memory does not know of `sync`.
      await this.#level.batch(operations, { sync: durable } as object)
      return ok(undefined)
    } catch (error) {
      return failed(storeFault(error))
    }
  }

  /** Begins reads, on one snapshot; waits only while too many are under way. */
  async #startReads(reads: readonly Read[]): Promise<void> {
    const snapshot = this.#level.snapshot()
    const started: Promise<void>[] = []
    for (const read of reads) {
      while (this.#reading >= readsMax) await this.#endOfRead()
      this.#waiting -= 1
      this.#reading += 1
      started.push(this.#run(read, snapshot))
    }
    // A read does not reject, and a snapshot that outlives its store closes with it.
    void Promise.all(started).then(() => snapshot.close())
  }

  async #run(read: Read, snapshot: AbstractSnapshot): Promise<void> {
    await read(snapshot)
    this.#reading -= 1
    this.#readEnded?.()
    this.#readEnded = undefined
  }

  #endOfRead(): Promise<void> {
    return new Promise((resolve) => {
      this.#readEnded = resolve
    })
  }
}

/** Whether a commit may be written with those of a round: not behind reads, and not by making it wait. */
function joins(round: Round, writes: number, durable: boolean): boolean {
  const hasRoom = round.writes + writes <= writesPerBatchMax
  // A round that is not durable does not wait for the disk because of one that is.
  return round.reads.length === 0 && hasRoom && (round.durable || !durable)
}

function assertKey(key: string): void {
  assert(key.length <= keyLengthMax && isAscii(key), `a key is short ASCII: ${key.slice(0, 250)}`)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

function operation({ key, value }: Write) {
  return value === undefined
    ? ({ type: 'del', key } as const)
    : ({ type: 'put', key, value } as const)
}

/**
 * The value, or a copy of a view: that may be a few bytes of a large buffer, which a tree in memory would keep alive
 * whole. Short ones are copied unseen: to look at their buffer costs more.
 */
function kept(bytes: Uint8Array): Uint8Array {
  const isWhole = bytes.length > shortBytes && bytes.buffer.byteLength === bytes.length
  return isWhole && bytes.constructor === Uint8Array ? bytes : own(bytes)
}

/** A copy that is a plain `Uint8Array`, whatever class the database returned. */
function own(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

/**
 * What was read, as a plain `Uint8Array`. LevelDB gives each value a buffer of its own, which needs no copy: one more
 * buffer for each record is what most of a server's garbage would be. A tree in memory gives what it keeps.
 */
function plain(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = bytes
  const isGiven = Buffer.isBuffer(bytes) && buffer.byteLength === length
  return isGiven ? new Uint8Array(buffer, byteOffset, length) : own(bytes)
}

/** Apart from the worker, so that a fault in the code behind `done` does not stop the store. */
function answer<Value>(done: Done<Value>, outcome: Result<Value, StoreFault>): void {
  queueMicrotask(() => done(outcome))
}

// ----- faults -----

/** What LevelDB calls its errors; abstract-level wraps them as causes. */
function levelCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const inner = levelCode(error.cause)
  return inner === '' && 'code' in error ? String(error.code) : inner
}

function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? innermost(error.cause) : error.message
}

function storeFault(error: unknown): StoreFault {
  const code = levelCode(error)
  const detail = innermost(error)
  if (code === 'LEVEL_DATABASE_NOT_OPEN') return { code: 'closed', detail }
  // LevelDB passes on the text of ENOSPC and EDQUOT, not their codes.
  const isFull = /no space left|quota exceeded/i.test(detail)
  return { code: isFull ? 'full' : 'io', detail: code === '' ? detail : `${code}: ${detail}` }
}

function openFault(folder: string, error: unknown): OpenFault {
  const code = levelCode(error)
  const detail = innermost(error)
  if (code === 'LEVEL_LOCKED') {
    const reason = 'another node, or another program, has it open'
    return { code: 'locked', folder, detail: `the data folder ${folder} is in use: ${reason}` }
  }
  if (code === 'LEVEL_CORRUPTION') {
    const advice = 'restore a copy, or remove it and sync again'
    return { code: 'corrupt', folder, detail: `${folder} is damaged (${detail}): ${advice}` }
  }
  return { code: 'io', folder, detail: `cannot open the data folder ${folder}: ${detail}` }
}
