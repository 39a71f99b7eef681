/**
 * Committed blocks that the disk has lost: their record is damaged, is not there, or lies in a bad sector. Which block
 * belongs there is known by its hash, from the block above it, and of the last one from what commits it; so nobody can
 * give another one in its place. It is fetched from peers and written again, and only then is it read on.
 *
 * One block at a time. While nobody has it, it is asked for again, less and less often, and at once when a peer comes.
 * Does not look for damage: whoever reads finds it. What is missing above the last block on the disk is not lost, and
 * is brought by sync.
 */
import type { Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type { Address, AskFault, Context } from '../../kernel/actor.ts'
import type { PeerId, Timer, Verifier } from '../../kernel/environment.ts'
import { encodeBlock, type StoredBlock } from '../../protocol/block/block.ts'
import { type CheckedBlock, checkBody, type ParentFacts } from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'
import { headerCheck } from '../../protocol/consensus/checks.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { FetchedBlock, NetworkMessage } from '../network/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import type { StorageFault, StorageMessage } from '../storage/messages.ts'
import type { ChainEvent, ChainMessage, LossReason, LostBlock } from './messages.ts'
import type { WriteQueue } from './write-queue.ts'

/** The end of what is on the disk. */
export type Top = Pick<ParentFacts, 'hash' | 'height'>

export interface LostBlocksParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly chain: Chain
  readonly verifier: Verifier
  readonly network: Address<NetworkMessage>
  readonly peers: Address<PeerMessage>
  readonly storage: Address<StorageMessage>
  readonly disk: WriteQueue
  /** The last block on the disk, or on its way there. */
  readonly top: () => Top
  /** A block is looked for that was not, or none is any more. */
  readonly changed: () => void
}

const readDeadlineMs: Millis = 60_000
const readRetryMs: Millis = 500
/** Reads of a record that fail in a row, after which it is taken for a bad sector. */
const readFaultsMax = 4
const fetchDeadlineMs: Millis = 4_000
const pauseMsMin: Millis = 1_000
const pauseMsMax: Millis = 30_000
/** Heights that wait. What is beyond is found again by whoever reads it next. */
const waitingMax = 256

/** Where a block could not be read; what lies above it may be lost as well. */
interface Gap {
  readonly height: number
  readonly done: (() => void)[]
}

interface Search extends LostBlock {
  readonly gap: Gap
  attempts: number
  /** After the next attempt, if it fails. */
  pauseMs: Millis
  /** Until it is asked for again. */
  timer: Timer | undefined
}

export class LostBlocks {
  readonly #parts: LostBlocksParts
  readonly #waiting: Gap[] = []
  #gap: Gap | undefined
  /** The block that peers are asked for, of that gap. */
  #search: Search | undefined

  constructor(parts: LostBlocksParts) {
    this.#parts = parts
  }

  /** The block that is looked for, if one is. */
  get current(): LostBlock | undefined {
    if (this.#search === undefined) return undefined
    const { height, hash, reason } = this.#search
    return { height, hash, reason }
  }

  /** Reads a committed block, at the top or below it. If it is lost, `done` comes when it is back. */
  read(height: number, done: (block: CheckedBlock) => void): void {
    this.#read(height, (found) => {
      if (typeof found !== 'string') return done(found)
      this.#add(height, () => this.read(height, done))
    })
  }

  /** Somebody could not read a block. */
  notice(height: number): void {
    const isBelow = height >= 1 && height <= this.#parts.top().height
    if (isBelow && this.#waiting.length < waitingMax) this.#add(height)
  }

  /** A peer came: it may have what nobody had, though perhaps it does not answer yet. */
  retry(): void {
    const search = this.#search
    if (search === undefined) return
    search.pauseMs = pauseMsMin
    if (search.timer === undefined) return
    this.#parts.context.cancel(search.timer)
    this.#fetch(search)
  }

  // ----- gaps -----

  /** `done` comes when it can be read. */
  #add(height: number, done?: () => void): void {
    const waiting = done === undefined ? [] : [done]
    const known = [this.#gap, ...this.#waiting].find((gap) => gap?.height === height)
    if (known !== undefined) return void known.done.push(...waiting)
    this.#waiting.push({ height, done: waiting })
    if (this.#gap === undefined) this.#next()
  }

  #next(): void {
    const gap = this.#waiting.shift()
    this.#gap = gap
    if (gap === undefined) return this.#look(undefined)
    const top = this.#parts.top()
    // What is only on its way to the disk is not lost. It is read again when it is there.
    this.#parts.disk.whenDurable(() => this.#climb(gap, gap.height, top))
  }

  /** Upwards, to the first block that can be read, which says what belongs below it. */
  #climb(gap: Gap, height: number, top: Top, reason?: LossReason): void {
    const begin = (place: Top): void => {
      if (reason === undefined) this.#close(gap)
      else this.#begin(gap, { ...place, reason })
    }
    if (height > top.height) return begin(top)
    this.#read(height, (found) => {
      if (typeof found === 'string') return this.#climb(gap, height + 1, top, found)
      begin(below(found))
    })
  }

  /** Downwards, block by block, to where the gap was found. */
  #descend(gap: Gap, place: Top): void {
    if (place.height < gap.height) return this.#close(gap)
    this.#read(place.height, (read) => {
      const found = ifOf(read, place.hash)
      if (typeof found !== 'string') return this.#descend(gap, below(found))
      this.#begin(gap, { ...place, reason: found })
    })
  }

  #begin(gap: Gap, { height, hash, reason }: LostBlock): void {
    const lost = { height, hash, reason }
    this.#parts.context.emit({ kind: 'block-lost', ...lost })
    const search = { ...lost, gap, attempts: 0, pauseMs: pauseMsMin, timer: undefined }
    this.#look(search)
    this.#fetch(search)
  }

  #close(gap: Gap): void {
    this.#next()
    for (const done of gap.done) done()
  }

  #look(search: Search | undefined): void {
    const hasChanged = (search === undefined) !== (this.#search === undefined)
    this.#search = search
    if (hasChanged) this.#parts.changed()
  }

  // ----- one block -----

  #fetch(search: Search): void {
    search.timer = undefined
    search.attempts += 1
    const question = {
      to: this.#parts.network,
      deadlineMs: fetchDeadlineMs,
      ask: (reply: (found: FetchedBlock | undefined) => void): NetworkMessage => ({
        kind: 'fetch-block',
        hash: search.hash,
        from: undefined,
        reply,
      }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const found = outcome.ok ? outcome.value : undefined
      if (found === undefined) return this.#pause(search)
      this.#check(search, found)
    })
  }

  /** Header and body are what the hash says, or the network would not pass them on. The signature lies outside of it. */
  #check(search: Search, { block, from }: FetchedBlock): void {
    const { chain, context, peers, verifier } = this.#parts
    const judged = ([isGenuine]: readonly boolean[]): void => {
      if (isGenuine === true) return this.#write(search, block, from)
      context.send(peers, { kind: 'report-peer', peer: from, offence: 'forged' })
      this.#pause(search)
    }
    verifier.verify([headerCheck(chain, block.signed)], 'bulk', context.bind(judged))
  }

  #write(search: Search, block: StoredBlock, from: PeerId): void {
    const { height, hash, gap } = search
    const record = { kind: 'imported', height, hash, block: encodeBlock(block) } as const
    this.#parts.disk.writeImported([record], (fault) => {
      if (fault !== undefined) return this.#pause(search)
      // Of a disk that has lost a block it is not believed that it has this one.
      this.#read(height, (read) => {
        const found = ifOf(read, hash)
        if (typeof found === 'string') return this.#pause(search)
        this.#parts.context.emit({ kind: 'block-restored', height, hash, from })
        this.#descend(gap, below(found))
      })
    })
  }

  #pause(search: Search): void {
    const { height, hash, attempts, pauseMs } = search
    const { context } = this.#parts
    context.emit({ kind: 'block-awaited', height, hash, attempts })
    search.pauseMs = Math.min(2 * pauseMs, pauseMsMax)
    search.timer = context.after(pauseMs, () => this.#fetch(search))
  }

  // ----- the disk -----

  #read(height: number, done: (found: Found) => void, faults = 0): void {
    const question = {
      to: this.#parts.storage,
      deadlineMs: readDeadlineMs,
      ask: (reply: BlockReply): StorageMessage => ({ kind: 'get-block', by: { height }, reply }),
    }
    this.#parts.context.ask(question, (outcome) => {
      const found = foundIn(this.#parts.chain, height, outcome.ok ? outcome.value : outcome)
      if (found !== undefined) return done(found)
      if (faults + 1 >= readFaultsMax && outcome.ok) return done('unreadable')
      this.#parts.context.after(readRetryMs, () => this.#read(height, done, faults + 1))
    })
  }
}

type BlockReply = Extract<StorageMessage, { kind: 'get-block' }>['reply']
type Found = CheckedBlock | LossReason

/** What came of reading a block; undefined if the disk, or its actor, failed to answer. */
function foundIn(
  chain: Chain,
  height: number,
  outcome: Result<StoredBlock | undefined, StorageFault | AskFault>,
): Found | undefined {
  if (!outcome.ok) return outcome.fault.code === 'corrupt' ? 'damaged' : undefined
  if (outcome.value === undefined) return 'missing'
  const { signed, body } = outcome.value
  const checked = checkBody(chain, signed, body)
  return checked.ok && signed.header.height === height ? checked.value : 'another'
}

/** What was read, if it is the block with this hash. */
function ifOf(found: Found, hash: Hash): Found {
  return typeof found === 'string' || found.signed.hash === hash ? found : 'another'
}

function below({ signed: { header } }: CheckedBlock): Top {
  return { height: header.height - 1, hash: header.parentHash }
}
