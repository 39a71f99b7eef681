/**
 * A map whose keys are in order: runs of at most 512 keys, each run sorted, the runs in order. An insertion
 * moves at most one run's keys, a lookup is a hash, a scan walks an array.
 *
 * Keys compare by their UTF-16 code units, which for ASCII is their bytes. Values are never copied.
 */
import { present } from '../src/base/assert.ts'

const runLengthMax = 512

export class SortedMap<Value> {
  readonly #values = new Map<string, Value>()
  /** Never empty, and no run of several is. */
  #runs: string[][] = [[]]

  get size(): number {
    return this.#values.size
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Value): void {
    if (!this.#values.has(key)) this.#insert(key)
    this.#values.set(key, value)
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return
    const at = this.#runOf(key)
    const run = present(this.#runs[at], 'a run for each key')
    run.splice(lowerBound(run, key), 1)
    if (run.length === 0 && this.#runs.length > 1) this.#runs.splice(at, 1)
  }

  clear(): void {
    this.#values.clear()
    this.#runs = [[]]
  }

  /** Calls `visit` for keys from `from` (included) to `to` (excluded) until it returns false. */
  ascend(from: string, to: string, visit: (key: string, value: Value) => boolean): void {
    let at = this.#runOf(from)
    let index = lowerBound(this.#runs[at] ?? [], from)
    for (let run = this.#runs[at]; run !== undefined; run = this.#runs[at]) {
      for (; index < run.length; index += 1) {
        const key = run[index] ?? ''
        if (key >= to || !visit(key, this.#valueOf(key))) return
      }
      at += 1
      index = 0
    }
  }

  /** As {@link ascend}, from the upper end downwards. */
  descend(from: string, to: string, visit: (key: string, value: Value) => boolean): void {
    let at = this.#runOf(to)
    let index = lowerBound(this.#runs[at] ?? [], to) - 1
    for (let run = this.#runs[at]; run !== undefined; run = this.#runs[at]) {
      for (; index >= 0; index -= 1) {
        const key = run[index] ?? ''
        if (key < from || !visit(key, this.#valueOf(key))) return
      }
      at -= 1
      index = (this.#runs[at]?.length ?? 0) - 1
    }
  }

  #valueOf(key: string): Value {
    return this.#values.get(key) as Value
  }

  #insert(key: string): void {
    if (this.#append(key)) return
    const at = this.#runOf(key)
    const run = present(this.#runs[at], 'a run for each key')
    run.splice(lowerBound(run, key), 0, key)
    if (run.length <= runLengthMax) return
    this.#runs.splice(at + 1, 0, run.splice(runLengthMax / 2))
  }

  /** Keys often come in order. False if this one does not. */
  #append(key: string): boolean {
    const run = this.#runs.at(-1)
    const last = run?.at(-1)
    if (run === undefined || last === undefined || key < last) return false
    if (run.length >= runLengthMax) this.#runs.push([key])
    else run.push(key)
    return true
  }

  /** The run in which `key` is, or would be inserted: the last one that begins at or before it. */
  #runOf(key: string): number {
    let low = 0
    let high = this.#runs.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      const first = this.#runs[middle]?.[0]
      if (first !== undefined && first <= key) low = middle
      else high = middle
    }
    return low
  }
}

/** The index of the first key at or after `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
