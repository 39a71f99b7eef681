/**
 * Everything that correct members ever signed, as seen on the wire, and what must never follow from it.
 * Liars count as having signed everything, so that a certificate that could exist is as bad as one that
 * was seen (invariants A1 to A3, A6).
 */
import { present } from '../../../src/base/assert.ts'
import { type Committee, quorumOf } from '../../../src/protocol/committee.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type { NullifyVote, SignedVote, Vote } from '../../../src/protocol/consensus/vote.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import { genesis } from './sample.ts'

export class History {
  readonly votes: SignedVote[] = []
  readonly faults: string[] = []
  readonly blocks = new Map<Hash, BlockRef>([[genesis.hash, genesis]])
  readonly #liars: number
  readonly #quorum: number
  /** By block: which correct members approved and finalised it. */
  readonly #signers = {
    notarise: new Map<Hash, Set<number>>(),
    finalise: new Map<Hash, Set<number>>(),
  }
  /** By slot: which correct members gave it up. */
  readonly #nullified = new Map<number, Set<number>>()
  /** By kind, slot and signer: the block of the one vote that may be. */
  readonly #once = new Map<string, Hash>()
  readonly #committable: BlockRef[] = []
  readonly #notarisable: BlockRef[] = [genesis]

  constructor(committee: Committee, liars: number) {
    this.#quorum = quorumOf(committee)
    this.#liars = liars
  }

  /** Blocks that could be committed, oldest first. */
  get committable(): readonly BlockRef[] {
    return this.#committable
  }

  /** Blocks that could be notarised, genesis first. */
  get notarisable(): readonly BlockRef[] {
    return this.#notarisable
  }

  /** Correct members that voted so for the block. */
  signersOf(kind: 'notarise' | 'finalise', block: Hash): ReadonlySet<number> {
    return this.#signers[kind].get(block) ?? new Set()
  }

  /** Whether each slot could be shown to be given up, both ends included. */
  isNullifiable({ from, to }: { from: number; to: number }): boolean {
    for (let slot = from; slot <= to; slot += 1) {
      if ((this.#nullified.get(slot)?.size ?? 0) + this.#liars < this.#quorum) return false
    }
    return true
  }

  isAncestor(ancestor: Hash, block: Hash): boolean {
    const { slot } = this.#block(ancestor)
    let at = this.#block(block)
    while (at.slot > slot) at = this.#block(at.parent)
    return at.hash === ancestor
  }

  addProposal(author: number, block: BlockRef): void {
    this.#signOnce('propose', author, block)
  }

  addVote(signed: SignedVote): void {
    this.votes.push(signed)
    const { vote, signer } = signed
    if (vote.kind === 'nullify') return this.#addRange(vote, signer)
    const block = this.#block(vote.block)
    this.#signOnce(vote.kind, signer, block)
    if (vote.kind === 'finalise' && this.#nullified.get(vote.slot)?.has(signer)) {
      this.#fault('A6', `member ${signer} finalised the nullified slot ${vote.slot}`)
    }
    this.#addBlockVote(vote.kind, signer, block)
  }

  #addRange({ from, to }: NullifyVote, signer: number): void {
    for (let slot = from; slot <= to; slot += 1) {
      const signers = this.#nullified.get(slot) ?? new Set()
      this.#nullified.set(slot, signers.add(signer))
      if (this.#once.has(`finalise ${slot} ${signer}`)) {
        this.#fault('A6', `member ${signer} nullified the finalised slot ${slot}`)
      }
    }
    for (const { slot } of this.#committable) if (from <= slot && slot <= to) this.#checkSlot(slot)
  }

  #addBlockVote(kind: 'notarise' | 'finalise', signer: number, block: BlockRef): void {
    const signers = this.#signers[kind].get(block.hash) ?? new Set()
    this.#signers[kind].set(block.hash, signers.add(signer))
    const certifiable = kind === 'notarise' ? this.#notarisable : this.#committable
    if (signers.size + this.#liars < this.#quorum || certifiable.includes(block)) return
    const hasOther = kind === 'notarise' && certifiable.some(({ slot }) => slot === block.slot)
    if (hasOther) this.#fault('A1', `two blocks notarised in slot ${block.slot}`)
    certifiable.push(block)
    this.#checkAncestry(this.#committedBefore(block), block)
    if (kind === 'notarise') return
    this.#checkSlot(block.slot)
    for (const later of [...this.#notarisable, ...this.#committable]) {
      if (later.slot >= block.slot) this.#checkAncestry(block, later)
    }
  }

  /** The committable block closest below: if that is an ancestor, so are those before it. */
  #committedBefore({ slot, hash }: BlockRef): BlockRef {
    let closest = genesis
    for (const block of this.#committable) {
      if (block.slot <= slot && block.slot >= closest.slot && block.hash !== hash) closest = block
    }
    return closest
  }

  #checkAncestry(committed: BlockRef, block: BlockRef): void {
    if (this.isAncestor(committed.hash, block.hash)) return
    this.#fault('A3', `${block.hash} skips the committed ${committed.hash}`)
  }

  #checkSlot(slot: number): void {
    if (!this.isNullifiable({ from: slot, to: slot })) return
    this.#fault('A2', `slot ${slot} is committed and nullified`)
  }

  #signOnce(kind: Vote['kind'] | 'propose', signer: number, { slot, hash }: BlockRef): void {
    const key = `${kind} ${slot} ${signer}`
    const other = this.#once.get(key)
    if (other !== undefined && other !== hash) {
      this.#fault('A6', `member ${signer}: ${kind} ${slot} for ${other} and ${hash}`)
    }
    this.#once.set(key, hash)
  }

  #block(hash: Hash): BlockRef {
    return present(this.blocks.get(hash), `block ${hash}`)
  }

  #fault(invariant: string, detail: string): void {
    this.faults.push(`${invariant}: ${detail}`)
  }
}
