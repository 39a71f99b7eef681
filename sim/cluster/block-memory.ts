/** What one life of a node has seen of blocks: enough to say what came before what, and nothing of what they mean. */

/** Blocks that are remembered in each life: the newest. */
const blocksMax = 256

export class BlockMemory {
  readonly #parents = new Map<string, string>()

  knows(hash: string): boolean {
    return this.#parents.has(hash)
  }

  /** A block is known from now on. Whether its parent was not, though others were. */
  add(hash: string, parent: string): boolean {
    const isEarly = this.#parents.size > 0 && !this.knows(parent) && !this.knows(hash)
    this.#parents.set(hash, parent)
    const [oldest] = this.#parents.keys()
    if (this.#parents.size > blocksMax && oldest !== undefined) this.#parents.delete(oldest)
    return isEarly
  }
}
