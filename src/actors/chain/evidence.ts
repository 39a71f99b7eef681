/**
 * What is done with evidence against a member (rule N5): it is reported, kept on the disk, and told to
 * sync, which watches how many members break their word. What follows from it is for people to decide.
 */
import type { Proof } from '../../protocol/consensus/evidence.ts'
import type { Evidence } from '../../protocol/consensus/vote.ts'
import type { AgreementParts } from './agreement.ts'
import type { BlockImport } from './import.ts'

/** Proofs kept in one life of the chain actor: a liar must not fill the disk. */
const proofsMax = 1_024

export class EvidenceKeeper {
  readonly #parts: Pick<AgreementParts, 'context' | 'sync'>
  readonly #blocks: BlockImport
  readonly #persist: (proof: Proof) => void
  #proofs = 0

  constructor(
    parts: Pick<AgreementParts, 'context' | 'sync'>,
    blocks: BlockImport,
    persist: (proof: Proof) => void,
  ) {
    this.#parts = parts
    this.#blocks = blocks
    this.#persist = persist
  }

  keep(evidence: Evidence): void {
    const { context, sync } = this.#parts
    context.emit({ kind: 'evidence-found', evidence })
    context.send(sync, { kind: 'member-accused', member: memberOf(evidence) })
    const proof = this.#proofOf(evidence)
    if (proof === undefined || this.#proofs >= proofsMax) return
    this.#proofs += 1
    this.#persist(proof)
  }

  /** None if a header is not at hand any more. */
  #proofOf(evidence: Evidence): Proof | undefined {
    if (evidence.kind === 'double-vote') return evidence
    const [first, second] = evidence.blocks.map((hash) => this.#blocks.header(hash))
    if (first === undefined || second === undefined) return undefined
    return { kind: 'double-proposal', first, second }
  }
}

function memberOf(evidence: Evidence): number {
  return evidence.kind === 'double-vote' ? evidence.first.signer : evidence.author
}
