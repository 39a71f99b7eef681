/**
 * A node that has stopped for good, because what it holds to be committed was contradicted: it neither signs nor
 * commits, goes on serving what it has, and keeps what it was shown on the disk, so that a restart changes nothing. What
 * lets it go on is a trusted block, by which people say which history is the right one.
 *
 * A quorum that approved what this node's own engine refuses stops it too, until a restart: there the engine may be wrong.
 */
import {
  type Contradiction,
  decidedAt,
  describeContradiction,
  remedyOf,
} from '../../protocol/consensus/contradiction.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import type { ChainRecord } from '../storage/messages.ts'
import type { AgreementParts } from './agreement.ts'
import type { Halted } from './messages.ts'

/** What to do where no certificate contradicts another. */
const ofEngine = "look into this node's engine, and start the node again"

export interface HaltParts extends Pick<AgreementParts, 'context' | 'sync'> {
  readonly persist: (records: readonly ChainRecord[]) => void
  /** The last committed block. */
  readonly root: () => Contradiction['ours']
}

export class Halt {
  readonly #parts: HaltParts
  #contradiction: Contradiction | undefined
  #halted: Halted | undefined

  constructor(parts: HaltParts) {
    this.#parts = parts
  }

  /** Why this node has stopped, if it has. */
  get halted(): Halted | undefined {
    return this.#halted
  }

  /** Keeps what was shown, before the agreement is told. False if this node has stopped already. */
  keep(contradiction: Contradiction): boolean {
    if (this.#halted !== undefined) return false
    this.#contradiction = contradiction
    this.#parts.persist([{ kind: 'contradiction', contradiction }])
    return true
  }

  /** What the disk has kept from an earlier life. */
  recall(contradiction: Contradiction): void {
    this.#contradiction = contradiction
  }

  /** The agreement has stopped. `certificate` is what it found to contradict another one. */
  stop(reason: string, certificate: Certificate | undefined): void {
    const { context, root, sync } = this.#parts
    if (certificate !== undefined) {
      const { height, hash } = root()
      this.keep({ ours: { height, hash }, certificate, signed: undefined })
    }
    const contradiction = this.#contradiction
    const detail = contradiction === undefined ? reason : describeContradiction(contradiction)
    const remedy = contradiction === undefined ? ofEngine : remedyOf(contradiction)
    this.#halted = { detail, remedy }
    context.emit({ kind: 'chain-halted', ...this.#halted, contradiction })
    context.send(sync, { kind: 'chain-conflict' })
  }
}

/** Whether people have decided by now, by a block up to `trustedHeight` that they trust. */
export function isDecided(contradiction: Contradiction, trustedHeight: number): boolean {
  return trustedHeight >= decidedAt(contradiction)
}
