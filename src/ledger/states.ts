/**
 * The payloads from the last final one upwards, each with its accounts, as a tree: siblings live side
 * by side until one of them becomes final. It holds `statesMax` at most; its user asks for room first.
 * What was passed on the way to a payload without keeping its accounts is not here by itself.
 */
import { assert, present } from '../base/assert.ts'
import type { ExecutedPayload } from '../protocol/execution/transition.ts'
import type { Hash } from '../protocol/hash.ts'

export class StateTree {
  /** Every payload is behind its parent in the order of insertion. */
  readonly #blocks = new Map<Hash, ExecutedPayload>()
  readonly #statesMax: number
  #finalised: ExecutedPayload

  constructor(finalised: ExecutedPayload, statesMax: number) {
    this.#finalised = finalised
    this.#statesMax = statesMax
    this.#blocks.set(finalised.payload.blockHash, finalised)
  }

  /** The last final payload: the root of the tree. */
  get finalised(): ExecutedPayload {
    return this.#finalised
  }

  get size(): number {
    return this.#blocks.size
  }

  get hasRoom(): boolean {
    return this.#blocks.size < this.#statesMax
  }

  at(hash: Hash): ExecutedPayload | undefined {
    return this.#blocks.get(hash)
  }

  /** Adds a payload whose parent is here. Asserts that there is room, and that it is new. */
  add(block: ExecutedPayload): void {
    const { blockHash } = block.payload
    const parentHash = parentHashOf(block)
    assert(this.hasRoom, `at most ${this.#statesMax} states`)
    assert(this.#blocks.has(parentHash), `the parent of ${blockHash} is here`)
    assert(!this.#blocks.has(blockHash), `${blockHash} is new`)
    this.#blocks.set(blockHash, block)
  }

  /** Is `ancestor` an ancestor of `block`, or `block` itself? Both are here. */
  isAncestor(ancestor: ExecutedPayload, block: ExecutedPayload): boolean {
    let at = block
    while (at.payload.number > ancestor.payload.number) at = this.#parentOf(at)
    return at === ancestor
  }

  /**
   * Makes `block` the last final one and forgets what does not descend from it. Returns what became
   * final, oldest first, `block` last, each with what was passed on the way to it.
   */
  finalise(block: ExecutedPayload): readonly ExecutedPayload[] {
    assert(this.isAncestor(this.#finalised, block), 'what was final stays so')
    const path: ExecutedPayload[] = []
    for (let at = block; at !== this.#finalised; at = this.#parentOf(at)) path.push(at)
    this.#finalised = block
    for (const [hash, each] of this.#blocks) {
      // Its parent came before it, so it was kept or forgotten already.
      const descends = each === block || this.#blocks.has(parentHashOf(each))
      if (!descends) this.#blocks.delete(hash)
    }
    return path.reverse()
  }

  #parentOf(block: ExecutedPayload): ExecutedPayload {
    const { blockHash } = block.payload
    return present(this.#blocks.get(parentHashOf(block)), `the parent of ${blockHash}`)
  }
}

/** The last payload before this one whose accounts were kept. */
function parentHashOf({ payload, passed }: ExecutedPayload): Hash {
  return (passed?.[0] ?? payload).parentHash
}
