/** What one life of a node has seen of blocks: enough to say what came before what, and nothing of what they mean. */

/** Blocks that are remembered in each life: the newest. */
const blocksMax = 256

export class BlockMemory {
  readonly #parents = new Map<string, string>()
  #head: { readonly hash: string; readonly height: number } | undefined

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

  /** The head moves. Whether it left the one before, which is then not below it. */
  moveHead(hash: string, height: number): boolean {
    const before = this.#head
    this.#head = { hash, height }
    if (before === undefined || before.hash === hash) return false
    let at: string | undefined = hash
    for (let steps = height - before.height; steps > 0 && at !== undefined; steps -= 1) {
      at = this.#parents.get(at)
    }
    return at !== undefined && at !== before.hash
  }
}
