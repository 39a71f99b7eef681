/**
 * The verifier in the node's own thread: checks in slices of a few milliseconds, so that a batch of
 * thousands does not hold up the network, and an urgent check (a vote) waits for at most one slice.
 *
 * Within a priority, answers come in the order of the questions. No worker threads: a pool of them
 * has the same interface, and pays only where a core is idle.
 */
import { assert, present } from '../base/assert.ts'
import type { Check, Verifier } from '../kernel/environment.ts'
import { aggregateBlsNative, type NativeCrypto, nativeCrypto } from './crypto.ts'

/** How long one slice may last; one check may run over it by about a millisecond. */
const sliceMsMax = 4
/** Checks that may wait. The actors bound what they ask for; more than this is a fault in them. */
const waitingMax = 1_000_000

interface Job {
  readonly checks: readonly Check[]
  readonly verdicts: boolean[]
  readonly done: (verdicts: readonly boolean[]) => void
}

/** A verifier on native code, without threads of its own. */
export function openVerifier(): Verifier {
  return new SlicedVerifier()
}

class SlicedVerifier implements Verifier {
  readonly #crypto: NativeCrypto = nativeCrypto()
  /** The first job of a queue may be partly done; an urgent one overtakes it between two checks. */
  readonly #urgent: Job[] = []
  readonly #bulk: Job[] = []
  #waiting = 0
  #isScheduled = false

  verify(checks: readonly Check[], priority: 'urgent' | 'bulk', done: Job['done']): void {
    assert(this.#waiting + checks.length <= waitingMax, `${this.#waiting} checks wait already`)
    this.#waiting += checks.length
    const queue = priority === 'urgent' ? this.#urgent : this.#bulk
    queue.push({ checks, verdicts: [], done })
    this.#schedule()
  }

  aggregate(signatures: readonly Uint8Array[]): Uint8Array | undefined {
    return aggregateBlsNative(signatures)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#slice())
  }

  #slice(): void {
    this.#isScheduled = false
    const end = performance.now() + sliceMsMax
    try {
      for (let queue = this.#first(); queue !== undefined; queue = this.#first()) {
        this.#advance(queue)
        if (performance.now() >= end) break
      }
    } finally {
      if (this.#first() !== undefined) this.#schedule()
    }
  }

  #first(): Job[] | undefined {
    if (this.#urgent.length > 0) return this.#urgent
    return this.#bulk.length > 0 ? this.#bulk : undefined
  }

  /** One check of the queue's first job, and its answer after the last. */
  #advance(queue: Job[]): void {
    const job = present(queue[0], 'a job')
    const check = job.checks[job.verdicts.length]
    if (check !== undefined) {
      this.#waiting -= 1
      job.verdicts.push(this.#holds(check))
    }
    if (job.verdicts.length < job.checks.length) return
    queue.shift()
    job.done(job.verdicts)
  }

  #holds(check: Check): boolean {
    const { message, signature } = check
    return check.kind === 'ed25519'
      ? this.#crypto.verifyEd25519(check.publicKey, message, signature)
      : this.#crypto.verifyBls(check.publicKeys, message, signature)
  }
}
