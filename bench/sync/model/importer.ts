import type { Timeline } from './timeline.ts'

/** What importing costs. */
export interface ImportCosts {
  readonly msPerBlock: number
  /** For each batch of 64 blocks at most. */
  readonly msPerBatch: number
}

const batchBlocks = 64

/** The chain of the model: strictly by height, each height once, in batches across runs. */
export class ModelImporter {
  readonly #timeline: Timeline
  readonly #costs: ImportCosts
  readonly #queue: { left: number; readonly done: () => void }[] = []
  #isBusy = false
  /** The next height that it accepts. */
  next = 1

  constructor(timeline: Timeline, costs: ImportCosts) {
    this.#timeline = timeline
    this.#costs = costs
  }

  /** False if the run does not begin where the chain stands: that must never be. */
  add(fromHeight: number, blocks: number, done: () => void): boolean {
    if (fromHeight !== this.next) return false
    this.next += blocks
    this.#queue.push({ left: blocks, done })
    this.#work()
    return true
  }

  #work(): void {
    if (this.#isBusy || this.#queue.length === 0) return
    this.#isBusy = true
    const done: (() => void)[] = []
    let blocks = 0
    while (blocks < batchBlocks && this.#queue.length > 0) {
      const run = this.#queue[0]
      if (run === undefined) break
      const part = Math.min(run.left, batchBlocks - blocks)
      run.left -= part
      blocks += part
      if (run.left > 0) break
      done.push(run.done)
      this.#queue.shift()
    }
    const { msPerBatch, msPerBlock } = this.#costs
    this.#timeline.at(this.#timeline.nowMs + msPerBatch + blocks * msPerBlock, () => {
      this.#isBusy = false
      for (const tell of done) tell()
      this.#work()
    })
  }
}
