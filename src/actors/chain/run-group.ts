/** Executed blocks that go to the disk together: with each certified end its certificate, in one commit. */
import type { ValidatedRun } from '../../proof/validated-run.ts'
import type { SignedHeader } from '../../protocol/block/header.ts'
import type { ParentFacts } from '../../protocol/block/rules.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import type { ChainRecord } from '../storage/messages.ts'
import type { RunBlock } from './run-batch.ts'

const blocksMax = 512
const bytesMax = 8 * 1_048_576

export class RunGroup {
  readonly #records: ChainRecord[] = []
  readonly #headers: SignedHeader[] = []
  #bytes = 0
  #last: ParentFacts | undefined
  #end: { readonly facts: ParentFacts; readonly certificate: Certificate } | undefined

  get records(): readonly ChainRecord[] {
    return this.#records
  }

  get headers(): readonly SignedHeader[] {
    return this.#headers
  }

  /** The last block; undefined if there is none. */
  get last(): ParentFacts | undefined {
    return this.#last
  }

  /** The last block that ends a segment, and what commits it. */
  get end(): { readonly facts: ParentFacts; readonly certificate: Certificate } | undefined {
    return this.#end
  }

  /** Full by these blocks; what was executed together with the last goes with them. */
  get isFull(): boolean {
    return this.#headers.length >= blocksMax || this.#bytes >= bytesMax
  }

  add({ checked: { signed }, record, facts }: RunBlock, { segment }: ValidatedRun): void {
    const { hash, height } = facts
    this.#records.push({ kind: 'imported', height, hash, block: record })
    this.#headers.push(signed)
    this.#bytes += record.length
    this.#last = facts
    if (hash !== segment.end.hash) return
    const { certificate } = segment
    this.#records.push({ kind: 'finalisation', height, certificate })
    this.#end = { facts, certificate }
  }
}
