/**
 * A binary heap: whatever has the least key comes first, and of equals the one that came first. It
 * forgets nothing by itself; whoever puts in what may become void looks again at what comes out.
 */
export class Heap<Item> {
  readonly #slots: Slot<Item>[] = []
  #pushes = 0

  get length(): number {
    return this.#slots.length
  }

  /** The least key; infinity if there is nothing. */
  get leastKey(): number {
    return this.#slots[0]?.key ?? Number.POSITIVE_INFINITY
  }

  peek(): Item | undefined {
    return this.#slots[0]?.item
  }

  push(key: number, item: Item): void {
    const slot = { key, order: this.#pushes, item }
    this.#pushes += 1
    let at = this.#slots.length
    this.#slots.push(slot)
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = this.#slots[above]
      if (other === undefined || !isBefore(slot, other)) break
      this.#slots[at] = other
      at = above
    }
    this.#slots[at] = slot
  }

  pop(): Item | undefined {
    const first = this.#slots[0]
    const last = this.#slots.pop()
    if (first !== undefined && last !== undefined && this.#slots.length > 0) this.#sink(last)
    return first?.item
  }

  clear(): void {
    this.#slots.length = 0
  }

  #sink(slot: Slot<Item>): void {
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      let least = this.#slots[below]
      if (least === undefined) break
      const right = this.#slots[below + 1]
      if (right !== undefined && isBefore(right, least)) {
        least = right
        below += 1
      }
      if (!isBefore(least, slot)) break
      this.#slots[at] = least
      at = below
    }
    this.#slots[at] = slot
  }
}

interface Slot<Item> {
  readonly key: number
  readonly order: number
  readonly item: Item
}

function isBefore<Item>(a: Slot<Item>, b: Slot<Item>): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order)
}
