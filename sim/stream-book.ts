/**
 * Which random streams a run draws from, and how often. What a stream gives follows from its label, so the values
 * need not be kept; what was made of them is in the digest. Two runs whose books are the same had the same luck.
 *
 * Nothing is written unless a root stream was made with a book (`SimRandom.noted`): without one, streams do what they
 * always do, and do not know that there are books.
 */

/** What was drawn from a stream so far. */
export interface StreamUse {
  readonly draws: number
  /** 32 bits that follow from what was drawn: of a stream of a link, the last word; of any other, all of them. */
  readonly checksum: number
}

/** Of which stream. */
export interface LabelledUse extends StreamUse {
  /** All labels from the root down; before them, if the family was re-seeded by then, how often and with which seed. */
  readonly label: string
}

/** Counts what is drawn by whoever can only be asked afterwards. */
export interface Meter {
  /** What was drawn until now stays in the book: the stream is about to become another. */
  close(): void
}

/** One generator: two of the same label are two of these. */
interface Entry {
  draws: number
  checksum: number
}

export class StreamBook {
  readonly #entries = new Map<string, Entry[]>()
  /** Of streams that count by themselves. */
  readonly #readers = new Set<() => void>()

  /** `next`, and every word that it gives is noted. */
  counted(label: string, next: () => number): () => number {
    const entry = this.#enter(label)
    return () => {
      const word = next()
      entry.draws += 1
      entry.checksum = Math.imul(entry.checksum ^ word, 0x9e3779b1) ^ (entry.checksum >>> 15)
      return word
    }
  }

  /** Has a stream that counts by itself in the book. `read` is called whenever somebody looks, until it is closed. */
  metered(label: string, read: () => StreamUse): Meter {
    const entry = this.#enter(label)
    const look = (): void => void Object.assign(entry, read())
    this.#readers.add(look)
    return {
      close: () => {
        look()
        this.#readers.delete(look)
      },
    }
  }

  /** All streams that were drawn from, in the order in which they were first asked for. */
  uses(): readonly LabelledUse[] {
    for (const look of this.#readers) look()
    return [...this.#entries]
      .map(([label, entries]) => ({
        label,
        draws: entries.reduce((sum, entry) => sum + entry.draws, 0),
        checksum: entries.reduce((sum, entry) => Math.imul(sum, 31) + entry.checksum, 0) >>> 0,
      }))
      .filter(({ draws }) => draws > 0)
  }

  #enter(label: string): Entry {
    const entry = { draws: 0, checksum: 0 }
    const entries = this.#entries.get(label)
    if (entries === undefined) this.#entries.set(label, [entry])
    else entries.push(entry)
    return entry
  }
}
