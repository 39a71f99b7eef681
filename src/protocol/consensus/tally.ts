/**
 * Votes that were received and have right signatures, counted. Bounded: of each member at most two
 * votes of a kind a slot (the second is evidence) and one range; what is settled or stale is forgotten.
 */
import { type Committee, quorumOf } from '../committee.ts'
import type { Hash } from '../hash.ts'
import type {
  Certificate,
  Evidence,
  FinaliseVote,
  NotariseVote,
  NullifyVote,
  SignedVote,
} from './vote.ts'

type BlockVote = NotariseVote | FinaliseVote
type SignedBlockVote = SignedVote<BlockVote>
type SignedNullify = SignedVote<NullifyVote>

/** What a vote changed. `isNew` is false for a repetition and for what is beyond the bound. */
export interface Counted {
  readonly isNew: boolean
  readonly evidence: Evidence | undefined
}

const nothing: Counted = { isNew: false, evidence: undefined }
const votesPerSignerMax = 2

export class Tally {
  readonly #committee: Committee
  readonly #aggregate: (signatures: readonly Uint8Array[]) => Uint8Array | undefined
  /** By kind and slot, then by signer. */
  readonly #votes = {
    notarise: new Map<number, Map<number, SignedBlockVote[]>>(),
    finalise: new Map<number, Map<number, SignedBlockVote[]>>(),
  }
  readonly #ranges = new Map<number, SignedNullify>()

  constructor(
    committee: Committee,
    aggregate: (signatures: readonly Uint8Array[]) => Uint8Array | undefined,
  ) {
    this.#committee = committee
    this.#aggregate = aggregate
  }

  /** The newest range of each member. */
  get ranges(): Iterable<SignedNullify> {
    return this.#ranges.values()
  }

  /** Every block vote for slots above `slot`. */
  votesAbove(slot: number): readonly SignedBlockVote[] {
    const found: SignedBlockVote[] = []
    for (const bySlot of [this.#votes.notarise, this.#votes.finalise]) {
      for (const [at, bySigner] of bySlot) {
        if (at > slot) for (const votes of bySigner.values()) found.push(...votes)
      }
    }
    return found
  }

  addBlockVote(signed: SignedBlockVote): Counted {
    const { vote, signer } = signed
    const bySlot = this.#votes[vote.kind]
    const bySigner = entry(bySlot, vote.slot, () => new Map<number, SignedBlockVote[]>())
    const votes = entry(bySigner, signer, (): SignedBlockVote[] => [])
    if (votes.length >= votesPerSignerMax) return nothing
    if (votes.some((other) => other.vote.block === vote.block)) return nothing
    const first = votes[0]
    votes.push(signed)
    if (first !== undefined) {
      return { isNew: true, evidence: { kind: 'double-vote', first, second: signed } }
    }
    return { isNew: true, evidence: this.#finalisedAndNullified(signed) }
  }

  /** Keeps the range that reaches furthest, and of two that reach equally far the longer one. */
  addRange(signed: SignedNullify): Counted {
    const { vote, signer } = signed
    const known = this.#ranges.get(signer)?.vote
    const isOlder =
      known !== undefined &&
      (vote.to < known.to || (vote.to === known.to && vote.from >= known.from))
    if (isOlder) return nothing
    this.#ranges.set(signer, signed)
    for (const [slot, bySigner] of this.#votes.finalise) {
      const first = bySigner.get(signer)?.[0]
      if (first !== undefined && vote.from <= slot && slot <= vote.to) {
        return { isNew: true, evidence: { kind: 'double-vote', first, second: signed } }
      }
    }
    return { isNew: true, evidence: undefined }
  }

  /** The certificate for `block`, once a quorum voted for it. */
  certificate(kind: BlockVote['kind'], slot: number, block: Hash): Certificate | undefined {
    const bySigner = this.#votes[kind].get(slot)
    if (bySigner === undefined) return undefined
    const votes: SignedBlockVote[] = []
    for (const signed of bySigner.values()) {
      const match = signed.find(({ vote }) => vote.block === block)
      if (match !== undefined) votes.push(match)
    }
    if (votes.length < quorumOf(this.#committee)) return undefined
    votes.sort((a, b) => a.signer - b.signer)
    const signature = this.#aggregate(votes.map((vote) => vote.signature))
    if (signature === undefined) return undefined
    const signers = votes.map(({ signer }) => signer)
    return { kind, epoch: this.#committee.epoch, slot, block, signers, signature }
  }

  /** Forgets block votes of slots below `slot`, save those for slot `kept`. */
  forgetStale(slot: number, kept: number): void {
    for (const bySlot of [this.#votes.notarise, this.#votes.finalise]) {
      for (const at of bySlot.keys()) if (at < slot && at !== kept) bySlot.delete(at)
    }
  }

  /** Forgets what a committed slot has settled. Ranges go once they say nothing above it. */
  forgetTo(slot: number): void {
    for (const bySlot of [this.#votes.notarise, this.#votes.finalise]) {
      for (const at of bySlot.keys()) if (at <= slot) bySlot.delete(at)
    }
    for (const [signer, { vote }] of this.#ranges) {
      if (vote.to <= slot) this.#ranges.delete(signer)
    }
  }

  #finalisedAndNullified(signed: SignedBlockVote): Evidence | undefined {
    const { vote, signer } = signed
    const range = this.#ranges.get(signer)
    if (vote.kind !== 'finalise' || range === undefined) return undefined
    if (vote.slot < range.vote.from || vote.slot > range.vote.to) return undefined
    return { kind: 'double-vote', first: range, second: signed }
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
