/**
 * Ranges of blocks within proven headers, each a small state machine:
 *
 *   free → in-flight → validating → ready → importing → (committed: forgotten)
 *    ↑         │           │          ↑         │
 *    └─────────┴───────────┘          └─────────┘ the chain is busy
 *     failed, or not sound
 *
 * Of the free ones the lowest always comes first: what is missing below holds up all that is above. What
 * a short answer leaves over is free again; fresh neighbours join, so that scraps do not multiply. Nothing is
 * searched: the free ones are in a heap, the others by their lowest height.
 */
import { assert } from '../../../base/assert.ts'
import { Heap } from './heap.ts'
import type { Segment } from './segment.ts'
import { type Tried, triedAlike, untried, type Work } from './work.ts'

export interface Range<Token, Run> extends Work {
  readonly kind: 'bodies'
  fromHeight: number
  readonly segment: Segment<Token>
  count: number
  state: 'free' | 'in-flight' | 'validating' | 'ready' | 'importing' | 'gone'
  /** While it is ready or importing. */
  run: Run | undefined
  /** Held since its answer came. */
  bytes: number
}

export class Ranges<Token, Run> {
  readonly #free = new Heap<Range<Token, Run>>()
  /** Those that are not free, by their lowest height. */
  readonly #busy = new Map<number, Range<Token, Run>>()
  /** Everything below is committed, by us or by others. */
  #floor: number
  #head: number

  /** Blocks from `floor` on are wanted. */
  constructor(floor: number) {
    this.#floor = floor
    this.#head = floor
  }

  /** The lowest height that is not ready for import. */
  get head(): number {
    return this.#head
  }

  get floor(): number {
    return this.#floor
  }

  /** Ranges that are not free. */
  get busy(): number {
    return this.#busy.size
  }

  at(height: number): Range<Token, Run> | undefined {
    return this.#busy.get(height)
  }

  /** Blocks of a segment are wanted. */
  add(segment: Segment<Token>): void {
    const fromHeight = Math.max(segment.fromHeight, this.#floor)
    const count = segment.fromHeight + segment.count - fromHeight
    if (count > 0) this.#push({ segment, fromHeight, count }, untried())
  }

  #push(
    where: {
      readonly segment: Segment<Token>
      readonly fromHeight: number
      readonly count: number
    },
    tried: Tried,
  ): void {
    const rest = { run: undefined, bytes: 0, flights: [], tried }
    this.#offer({ kind: 'bodies', state: 'free', ...where, ...rest })
  }

  #offer(range: Range<Token, Run>): void {
    this.#free.push(range.fromHeight, range)
  }

  /** The lowest free range, trimmed to what is still wanted. */
  lowestFree(): Range<Token, Run> | undefined {
    for (;;) {
      const range = this.#free.peek()
      if (range === undefined || range.fromHeight >= this.#floor) return range
      this.#free.pop()
      const { segment, fromHeight, count, tried } = range
      const left = fromHeight + count - this.#floor
      if (left <= 0) continue
      this.#push({ segment, fromHeight: this.#floor, count: left }, tried)
    }
  }

  /** Takes the lowest free range out, to be put back. */
  setAside(): Range<Token, Run> | undefined {
    const range = this.lowestFree()
    if (range !== undefined) this.#free.pop()
    return range
  }

  putBack(range: Range<Token, Run>): void {
    this.#offer(range)
  }

  /** How many blocks {@link take} would take of the lowest free range. */
  shape(range: Range<Token, Run>, blocks: number): number {
    // A scrap of less than a quarter is taken along.
    return range.count <= blocks * 1.25 ? range.count : blocks
  }

  /** The lowest free range is in flight from now on, with about `blocks` blocks. */
  take(blocks: number): Range<Token, Run> {
    const range = this.setAside()
    assert(range !== undefined, 'a free range to take')
    for (let next = this.#free.peek(); next !== undefined; next = this.#free.peek()) {
      if (range.count >= blocks || !canJoin(range, next)) break
      this.#free.pop()
      range.count += next.count
    }
    const count = this.shape(range, blocks)
    const { segment, fromHeight, tried } = range
    if (count < range.count) {
      const rest = { segment, fromHeight: fromHeight + count, count: range.count - count }
      this.#push(rest, triedAlike(tried))
      range.count = count
    }
    range.state = 'in-flight'
    this.#busy.set(fromHeight, range)
    return range
  }

  /** It failed: somebody else may have it. */
  free(range: Range<Token, Run>): void {
    move(range, ['in-flight', 'validating'], 'free')
    this.#busy.delete(range.fromHeight)
    this.#offer(range)
  }

  validating(range: Range<Token, Run>): void {
    move(range, ['in-flight'], 'validating')
  }

  /** Its check failed, but a second copy is on its way. */
  stillInFlight(range: Range<Token, Run>): void {
    move(range, ['validating'], 'in-flight')
  }

  /** The first `count` blocks are sound; what is left over is free. */
  ready(
    range: Range<Token, Run>,
    { run, count }: { readonly run: Run; readonly count: number },
  ): void {
    move(range, ['validating'], 'ready')
    const { segment, fromHeight } = range
    const left = range.count - count
    if (left > 0) {
      const rest = { segment, fromHeight: fromHeight + count, count: left }
      this.#push(rest, triedAlike(range.tried))
    }
    range.count = count
    range.run = run
    this.#advance()
  }

  importing(range: Range<Token, Run>): void {
    move(range, ['ready'], 'importing')
  }

  /** The chain did not take it. */
  readyAgain(range: Range<Token, Run>): void {
    move(range, ['importing'], 'ready')
  }

  /** Its lowest blocks came another way, so the chain does not take it. What is above is wanted anew. */
  forget(range: Range<Token, Run>): void {
    move(range, ['ready'], 'gone')
    this.#busy.delete(range.fromHeight)
    this.#keepRest(range)
    this.#advance()
  }

  /** What of a range that is gone is above the floor is wanted anew, even if it was ready. */
  #keepRest({ segment, fromHeight, count, tried }: Range<Token, Run>): void {
    const left = fromHeight + count - this.#floor
    if (left <= 0) return
    this.#push({ segment, fromHeight: this.#floor, count: left }, tried)
    this.#head = this.#floor
  }

  committed(range: Range<Token, Run>): void {
    move(range, ['importing'], 'gone')
    this.#busy.delete(range.fromHeight)
    this.#floor = Math.max(this.#floor, range.fromHeight + range.count)
    this.#advance()
  }

  /**
   * Everything below `floor` was committed by others. What is dropped is handed to `drop`: to give up
   * requests and memory. A range that is being imported stays until the chain has answered.
   */
  raise(floor: number, drop: (range: Range<Token, Run>) => void): void {
    if (floor <= this.#floor) return
    this.#floor = floor
    for (const range of [...this.#busy.values()]) {
      if (range.fromHeight >= floor || range.state === 'importing') continue
      drop(range)
      this.#busy.delete(range.fromHeight)
      range.state = 'gone'
      this.#keepRest(range)
    }
    this.#advance()
  }

  #advance(): void {
    this.#head = Math.max(this.#head, this.#floor)
    for (;;) {
      const range = this.#busy.get(this.#head)
      if (range?.state !== 'ready' && range?.state !== 'importing') return
      this.#head += range.count
    }
  }
}

/** Neither has failed, and one begins where the other ends. */
function canJoin<Token, Run>(range: Range<Token, Run>, next: Range<Token, Run>): boolean {
  return (
    next.segment === range.segment &&
    next.fromHeight === range.fromHeight + range.count &&
    range.tried.attempts === 0 &&
    next.tried.attempts === 0
  )
}

function move<Token, Run>(
  range: Range<Token, Run>,
  from: readonly Range<Token, Run>['state'][],
  to: Range<Token, Run>['state'],
): void {
  assert(from.includes(range.state), `a range goes from ${range.state} to ${to}`)
  range.state = to
}
