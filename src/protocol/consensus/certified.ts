/**
 * Which blocks a quorum has approved, as far as this member knows: the last committed one, and by slot
 * above it those that are notarised. One block a slot can be, so a second one is a conflict.
 */
import { equalBytes } from '../../base/bytes.ts'
import type { Hash } from '../hash.ts'
import type { Certificate } from './vote.ts'

/** What a certificate says, without its proof. A vote for a block fits too. */
export type Claim = Pick<Certificate, 'kind' | 'slot' | 'block'>

/** A certified block; genesis has no certificate. */
export interface CertifiedBlock {
  readonly slot: number
  readonly hash: Hash
  readonly certificate: Certificate | undefined
}

export class Certified {
  #root: CertifiedBlock
  #highest: CertifiedBlock
  /** Commits more than the root, once its block and all before it are held. */
  #final: Certificate | undefined
  /** By slot, above the root. */
  readonly #notarisations = new Map<number, Certificate>()

  constructor(root: CertifiedBlock) {
    this.#root = root
    this.#highest = root
  }

  get root(): CertifiedBlock {
    return this.#root
  }

  /** The root or the notarised block of the highest slot. */
  get highest(): CertifiedBlock {
    return this.#highest
  }

  get final(): Certificate | undefined {
    return this.#final
  }

  /** What proves each notarised block above the root. */
  get notarisations(): Iterable<Certificate> {
    return this.#notarisations.values()
  }

  /** The certified block of a slot, not below the root's. */
  blockAt(slot: number): Hash | undefined {
    return slot === this.#root.slot ? this.#root.hash : this.#notarisations.get(slot)?.block
  }

  /** What proves that the block of this slot is notarised, be it the root; undefined for genesis. */
  proofAt(slot: number): Certificate | undefined {
    return slot === this.#root.slot ? this.#root.certificate : this.#notarisations.get(slot)
  }

  /** Whether the claim is proven or too old to matter. */
  isKnown({ kind, slot, block }: Claim): boolean {
    if (slot < this.#root.slot) return true
    if (this.blockAt(slot) !== block) return false
    return kind === 'notarise' || slot <= (this.#final?.slot ?? this.#root.slot)
  }

  /** Whether what proves a slot's block here is this certificate, to the last bit. */
  isHeld({ kind, slot, block, signers, signature }: Certificate): boolean {
    const held = this.proofAt(slot)
    return (
      held?.kind === kind &&
      held.block === block &&
      held.signers.join() === signers.join() &&
      equalBytes(held.signature, signature)
    )
  }

  /** Whether another block of the same slot is certified: more members lied than a quorum allows. */
  contradicts({ slot, block }: Claim): boolean {
    const known = this.blockAt(slot)
    return known !== undefined && known !== block
  }

  /** Adds a certificate that is neither known nor a contradiction. */
  add(certificate: Certificate): void {
    const { kind, slot, block } = certificate
    // A finalise certificate proves a notarisation as well: an honest member saw one before it voted.
    if (!this.#notarisations.has(slot)) this.#notarisations.set(slot, certificate)
    if (kind === 'finalise' && slot > (this.#final?.slot ?? 0)) this.#final = certificate
    if (slot > this.#highest.slot) this.#highest = { slot, hash: block, certificate }
  }

  /** The block that `certificate` commits is the root from now on. */
  moveRoot(certificate: Certificate): void {
    const { slot, block } = certificate
    this.#root = { slot, hash: block, certificate }
    if (slot >= this.#highest.slot) this.#highest = this.#root
    if (this.#final !== undefined && this.#final.slot <= slot) this.#final = undefined
    for (const at of this.#notarisations.keys()) if (at <= slot) this.#notarisations.delete(at)
  }

  /** Everything that is certified above `slot`. */
  above(slot: number): readonly Certificate[] {
    const proofs = [this.#root.certificate, ...this.#notarisations.values()]
    const final = this.#final
    // A slot's first certificate is kept as its notarisation; what commits it may have come later.
    if (final !== undefined && !proofs.includes(final)) proofs.push(final)
    return proofs.flatMap((proof) => (proof !== undefined && proof.slot > slot ? [proof] : []))
  }
}
