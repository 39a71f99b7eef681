/**
 * The blocks since the last checkpoint. While they are committed, their hashes come along and cost
 * nothing; after a restart, or if a message was lost, they are read from the disk once.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { CoveredPart } from '../../protocol/checkpoint/checkpoint.ts'
import { type Hash, hashToBytes } from '../../protocol/hash.ts'
import { MerkleFrontier } from '../../protocol/merkle-frontier.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { CheckpointEvent, CheckpointMessage, RefusedCheckpoint } from './messages.ts'

/** Blocks that lie one upon another from `fromHeight` on. */
export class CoveredBlocks {
  readonly #fromHeight: number
  readonly #frontier = new MerkleFrontier()

  constructor(fromHeight: number) {
    this.#fromHeight = fromHeight
  }

  get nextHeight(): number {
    return this.#fromHeight + this.#frontier.count
  }

  add(hash: Hash): void {
    this.#frontier.add(hashToBytes(hash))
  }

  /** What a checkpoint says of them. Undefined: there are none, or they do not end at `height`. */
  partAt(height: number): CoveredPart | undefined {
    const { count } = this.#frontier
    if (count === 0 || this.nextHeight !== height + 1) return undefined
    return { count, root: this.#frontier.root() }
  }
}

/** Blocks read at once: some 200 kB as a rule. */
const linksPerAsk = 32
/** Blocks that are read for one checkpoint; if more lie there, it covers the newest. */
const readMax = 65_536
const deadlineMs = 30_000

interface ReadingParts {
  readonly context: Context<CheckpointMessage, CheckpointEvent>
  readonly storage: Address<StorageMessage>
}

type Done = (outcome: Result<CoveredPart, RefusedCheckpoint>) => void

/**
 * Reads the blocks from `fromHeight` to `height`. A block that cannot be read is left out with those
 * below it: one damaged record must not keep a node from ever making a checkpoint again.
 */
export function readCovered(
  parts: ReadingParts,
  fromHeight: number,
  height: number,
  done: Done,
): void {
  const from = Math.max(fromHeight, height - readMax + 1)
  readNext(parts, new CoveredBlocks(from), height, done)
}

function readNext(parts: ReadingParts, covered: CoveredBlocks, height: number, done: Done): void {
  const { nextHeight } = covered
  if (nextHeight > height) {
    const part = covered.partAt(height)
    if (part !== undefined) return done(ok(part))
    return done(failed({ code: 'block-unreadable', detail: `block ${height}` }))
  }
  const countMax = Math.min(linksPerAsk, height - nextHeight + 1)
  const question = {
    to: parts.storage,
    deadlineMs,
    ask: (reply: LinksReply): StorageMessage => ({
      kind: 'get-links',
      ...{ fromHeight: nextHeight, countMax, reply },
    }),
  }
  parts.context.ask(question, (outcome) => {
    const links = outcome.ok ? outcome.value : outcome
    if (!links.ok)
      return done(failed({ code: 'unavailable', detail: `storage: ${links.fault.code}` }))
    for (const { hash } of links.value) covered.add(hash)
    const isWhole = links.value.length === countMax
    const rest = isWhole ? covered : new CoveredBlocks(covered.nextHeight + 1)
    readNext(parts, rest, height, done)
  })
}

type LinksReply = Extract<StorageMessage, { kind: 'get-links' }>['reply']
