/** One table of addresses: places, of which each holds one or none, and a list to draw from evenly. */
import type { Entry } from './entry.ts'

export class AddressTable {
  readonly #places: (Entry | undefined)[]
  readonly #list: Entry[] = []

  constructor(places: number) {
    this.#places = new Array<Entry | undefined>(places).fill(undefined)
  }

  get size(): number {
    return this.#list.length
  }

  at(place: number): Entry | undefined {
    return this.#places[place]
  }

  /** The entry at this place of the list, from 0 to `size`. */
  listed(index: number): Entry | undefined {
    return this.#list[index]
  }

  /** Puts an entry into a place that is empty. */
  put(place: number, entry: Entry): void {
    this.#places[place] = entry
    if (entry.places.length === 0) entry.listed = this.#list.push(entry) - 1
    entry.places.push(place)
  }

  /** Empties a place. True if its entry lies nowhere any more. */
  clear(place: number): boolean {
    const entry = this.#places[place]
    if (entry === undefined) return false
    this.#places[place] = undefined
    entry.places.splice(entry.places.indexOf(place), 1)
    if (entry.places.length > 0) return false
    this.#unlist(entry)
    return true
  }

  /** Takes an entry out of all its places. */
  remove(entry: Entry): void {
    for (const place of [...entry.places]) this.clear(place)
  }

  #unlist(entry: Entry): void {
    const last = this.#list.pop()
    if (last === undefined || last === entry) return
    this.#list[entry.listed] = last
    last.listed = entry.listed
  }
}
