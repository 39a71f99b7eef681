/** What led to a record: its causes, one behind the other back to a root, and what it in turn led to. */

interface Caused {
  readonly count: number
  /** The record that each follows from; −1 for a root. */
  readonly cause: Int32Array
}

/** The record itself, its cause, the cause of that, and so on to the root. */
export function chainOf({ cause }: Caused, record: number): readonly number[] {
  const chain: number[] = []
  for (let at = record; at >= 0; at = cause[at] ?? -1) {
    // A cause is earlier, or there would be no end to this.
    if (chain.length > 0 && at >= (chain.at(-1) ?? 0)) break
    chain.push(at)
  }
  return chain
}

/** How many records follow from one, itself left out, and the first of those that follow at once. */
export interface Effects {
  readonly direct: readonly number[]
  readonly directCount: number
  readonly total: number
}

export function effectsOf({ count, cause }: Caused, record: number, shownMax: number): Effects {
  const follows = new Uint8Array(count)
  follows[record] = 1
  const direct: number[] = []
  let directCount = 0
  let total = 0
  for (let i = record + 1; i < count; i += 1) {
    const from = cause[i] ?? -1
    if (from < record || follows[from] !== 1) continue
    follows[i] = 1
    total += 1
    if (from !== record) continue
    directCount += 1
    if (direct.length < shownMax) direct.push(i)
  }
  return { direct, directCount, total }
}
