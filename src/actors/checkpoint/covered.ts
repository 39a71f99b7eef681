/**
 * The blocks since the last checkpoint. While they are committed, their hashes come along and cost
 * nothing; after a restart, or if a message was lost, they are read from the disk once.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { CoveredPart } from '../../protocol/checkpoint/checkpoint.ts'
import { type Hash, hashToBytes } from '../../protocol/hash.ts'
import { MerkleFrontier } from '../../protocol/merkle-frontier.ts'
import type { RefusedCheckpoint } from './messages.ts'
import { type HeaderParts, readHeaders } from './stored-headers.ts'

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

/** Blocks that are read for one checkpoint; if more lie there, it covers the newest. */
const readMax = 65_536

type Done = (outcome: Result<CoveredPart, RefusedCheckpoint>) => void

/**
 * Reads the blocks from `fromHeight` to `height`. A block that cannot be read is left out with those
 * below it: one damaged record must not keep a node from ever making a checkpoint again.
 */
export function readCovered(
  parts: HeaderParts,
  fromHeight: number,
  height: number,
  done: Done,
): void {
  const from = Math.max(fromHeight, height - readMax + 1)
  readNext(parts, new CoveredBlocks(from), height, done)
}

function readNext(parts: HeaderParts, covered: CoveredBlocks, height: number, done: Done): void {
  const { nextHeight } = covered
  if (nextHeight > height) {
    const part = covered.partAt(height)
    if (part !== undefined) return done(ok(part))
    return done(failed({ code: 'block-unreadable', detail: `block ${height}` }))
  }
  readHeaders(parts, nextHeight, height - nextHeight + 1, (headers) => {
    if (!headers.ok) return done(headers)
    for (const { hash } of headers.value) covered.add(hash)
    const isUnreadable = headers.value.length === 0
    readNext(parts, isUnreadable ? new CoveredBlocks(nextHeight + 1) : covered, height, done)
  })
}
