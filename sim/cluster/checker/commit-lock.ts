import type { Checker, World } from './checker.ts'

/** Slots looked back at. What is older was compared with all that came in its time. */
const slotsMax = 24

type Kind = 'notarise' | 'finalise'

/**
 * A3, in its strongest form: as soon as a block *could* be committed (the correct members that signed
 * for it would be a quorum with every liar's help), each block of a later slot that could be notarised
 * has it as an ancestor. It fires before anybody has committed anything.
 */
export function commitLockChecker(world: World): Checker {
  const lock = new CommitLock(world.quorum - world.liars.size)
  return {
    property: 'commit-lock',
    observe: ({ event }) => {
      if (event.kind === 'block-checked') lock.addBlock(event.hash, event)
      if (event.kind !== 'vote-sent' || event.vote.vote.kind === 'nullify') return undefined
      const { kind, slot, block } = event.vote.vote
      return lock.addVote(kind, { slot, block, signer: event.vote.signer })
    },
  }
}

class CommitLock {
  readonly #need: number
  readonly #blocks = new Map<string, { slot: number; parent: string }>()
  readonly #signers = {
    notarise: new Map<string, Set<number>>(),
    finalise: new Map<string, Set<number>>(),
  }
  /** Blocks that could have a certificate, with their slots. */
  readonly #could = { notarise: new Map<string, number>(), finalise: new Map<string, number>() }

  constructor(need: number) {
    this.#need = need
  }

  addBlock(hash: string, { slot, parent }: { slot: number; parent: string }): void {
    this.#blocks.set(hash, { slot, parent })
  }

  addVote(kind: Kind, vote: { slot: number; block: string; signer: number }): string | undefined {
    const { slot, block, signer } = vote
    const signers = this.#signers[kind].get(block) ?? new Set<number>()
    this.#signers[kind].set(block, signers)
    signers.add(signer)
    if (signers.size < this.#need || this.#could[kind].has(block)) return undefined
    this.#could[kind].set(block, slot)
    this.#forgetBelow(slot - slotsMax)
    return kind === 'finalise' ? this.#besideCommitted(block, slot) : this.#notBelow(block, slot)
  }

  /** A block that can be notarised beside this one, which could be committed. */
  #besideCommitted(committed: string, slot: number): string | undefined {
    for (const [other, otherSlot] of this.#could.notarise) {
      if (otherSlot < slot || this.#descends(other, committed, slot)) continue
      return contradiction(other, otherSlot, committed, slot)
    }
    return undefined
  }

  /** A block that could be committed and that this one, which can be notarised, does not stand on. */
  #notBelow(other: string, otherSlot: number): string | undefined {
    for (const [committed, slot] of this.#could.finalise) {
      if (otherSlot < slot || this.#descends(other, committed, slot)) continue
      return contradiction(other, otherSlot, committed, slot)
    }
    return undefined
  }

  /** Whether `ancestor` of `slot` is on the way down from `hash`; true as well if that is not known. */
  #descends(hash: string, ancestor: string, slot: number): boolean {
    let at = hash
    while (at !== ancestor) {
      const block = this.#blocks.get(at)
      if (block === undefined) return true
      if (block.slot <= slot) return false
      at = block.parent
    }
    return true
  }

  #forgetBelow(slotMin: number): void {
    for (const [hash, { slot }] of this.#blocks) if (slot < slotMin) this.#blocks.delete(hash)
    for (const kind of ['notarise', 'finalise'] as const) this.#forgetKind(kind, slotMin)
  }

  #forgetKind(kind: Kind, slotMin: number): void {
    for (const [hash, slot] of this.#could[kind]) {
      if (slot < slotMin) this.#could[kind].delete(hash)
    }
    for (const hash of this.#signers[kind].keys()) {
      if (!this.#blocks.has(hash)) this.#signers[kind].delete(hash)
    }
  }
}

function contradiction(other: string, otherSlot: number, committed: string, slot: number): string {
  return `${other} of slot ${otherSlot} can be notarised beside ${committed} of slot ${slot}`
}
