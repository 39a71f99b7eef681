import { assert } from './assert.ts'

/** A first-in first-out queue on a circular array. It grows to its need; its owner sets the limit. */
export class Ring<Item> {
  #items: (Item | undefined)[] = new Array<Item | undefined>(8).fill(undefined)
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The oldest item; undefined if there is none. */
  get first(): Item | undefined {
    return this.#items[this.#first]
  }

  push(item: Item): void {
    if (this.#length === this.#items.length) this.#grow()
    this.#items[(this.#first + this.#length) & (this.#items.length - 1)] = item
    this.#length += 1
  }

  /** All items, the oldest first. */
  *[Symbol.iterator](): Generator<Item> {
    for (let i = 0; i < this.#length; i += 1) {
      yield this.#items[(this.#first + i) & (this.#items.length - 1)] as Item
    }
  }

  /** Removes and returns the oldest item. Asserts that there is one. */
  shift(): Item {
    assert(this.#length > 0, 'the ring is not empty')
    const item = this.#items[this.#first] as Item
    this.#items[this.#first] = undefined
    this.#first = (this.#first + 1) & (this.#items.length - 1)
    this.#length -= 1
    return item
  }

  clear(): void {
    this.#items = new Array<Item | undefined>(8).fill(undefined)
    this.#first = 0
    this.#length = 0
  }

  /** The length is a power of two, so that an index wraps by a mask. */
  #grow(): void {
    const grown = new Array<Item | undefined>(this.#items.length * 2).fill(undefined)
    for (let i = 0; i < this.#length; i += 1) {
      grown[i] = this.#items[(this.#first + i) & (this.#items.length - 1)]
    }
    this.#items = grown
    this.#first = 0
  }
}
