import { Ring } from '../../base/ring.ts'

/** Announcements that are looked back at. */
const announcementsMax = 100

/** From where the last hundred new blocks came first. Few neighbourhoods there mean that few choose what is seen. */
export class AnnouncerRing {
  readonly #ring = new Ring<string>()
  readonly #counts = new Map<string, number>()

  push(netgroup: string): void {
    this.#ring.push(netgroup)
    this.#counts.set(netgroup, (this.#counts.get(netgroup) ?? 0) + 1)
    if (this.#ring.length <= announcementsMax) return
    const oldest = this.#ring.shift()
    const left = (this.#counts.get(oldest) ?? 0) - 1
    if (left > 0) this.#counts.set(oldest, left)
    else this.#counts.delete(oldest)
  }

  /** Different ones among the last hundred; undefined while there were not as many. */
  netgroups(): number | undefined {
    return this.#ring.length < announcementsMax ? undefined : this.#counts.size
  }
}
