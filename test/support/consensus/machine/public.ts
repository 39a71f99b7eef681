/**
 * What all members together have said, what is wrong about it, and what can be shown to a member because of it.
 * Messages are never used up: each may come to anyone at any later time, in any order, again, or never. Liars sign
 * whatever helps, for whom it helps: so they count as having signed everything, and need no state.
 */
import { quorumOf } from '../../../../src/protocol/committee.ts'
import type { BlockRef } from '../../../../src/protocol/consensus/tree.ts'
import type { NullifyVote, SignedVote, Vote } from '../../../../src/protocol/consensus/vote.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import { History } from '../history.ts'
import type { Proposal } from '../member.ts'
import { certificateOf, signed } from '../sample.ts'
import type { Situation } from './graph.ts'
import {
  headerInput,
  type Input,
  proposalInput,
  rangesInput,
  voteInput,
  votesInput,
} from './input.ts'
import type { Said } from './said.ts'
import type { ScopeWorld } from './scope.ts'

type BlockInput = Extract<Input, { kind: 'header' | 'proposal' }>
type SignedNullify = SignedVote<NullifyVote>

/** Of one set of utterances. */
export class PublicState {
  readonly world: ScopeWorld
  readonly saids: readonly Said[]
  readonly history: History
  /** All that might be shown to somebody. */
  readonly inputs: readonly Input[]
  /** Equal for equal inputs. */
  readonly inputsKey: string

  constructor(world: ScopeWorld, saids: readonly Said[]) {
    this.world = world
    this.saids = saids
    this.history = this.#historyOf()
    const votes = world.scope.isOneByOne === true ? this.#singleVotes() : this.#votesThatCount()
    const proposals = this.#proposals()
    const headers = world.scope.isBodyApart === true ? proposals.map(headerInput) : []
    this.inputs = [...headers, ...proposals.map(proposalInput), ...votes]
    this.inputsKey = this.inputs.map(keyOfInput).join(';')
  }

  /** Whether a member can do anything with the input, as it is. See `key.ts` for why nothing else need be tried. */
  isOfUse(input: Input, situation: Situation): boolean {
    switch (input.kind) {
      case 'header':
      case 'proposal':
        return this.#isBlockOfUse(input, situation)
      case 'votes': {
        const { kind, block } = input.certificate
        return situation.isKnown[kind][this.world.indexOf(block)] === false
      }
      case 'ranges':
        return input.heardIn === situation.slot
      case 'time':
      case 'vote':
      case 'restart':
        return true
      default:
        return input satisfies never
    }
  }

  #isBlockOfUse({ kind, proposal: { block } }: BlockInput, situation: Situation): boolean {
    const index = this.world.indexOf(block.hash)
    const isInTime = block.slot <= situation.slot || situation.isKnown.notarise[index] === true
    if (!isInTime || situation.isReady[index] === true) return false
    if (kind === 'header') return situation.isAnnounced[index] === false
    if (this.world.scope.isBodyApart === true) return situation.isHeld[index] === false
    return situation.isReady[this.world.indexOf(block.parent)] === true
  }

  /** A committed block for which there was no quorum, or two that are not of one chain. */
  commitFault(roots: Iterable<Hash>): string | undefined {
    const { history } = this
    let highest = '' as Hash
    for (const root of roots) {
      const block = this.world.block(root)
      if (block.slot === 0) continue
      if (!history.committable.some(({ hash }) => hash === root))
        return `${root} was committed for no reason`
      if (highest === '') highest = root
      const [low, high] =
        block.slot < this.world.block(highest).slot ? [root, highest] : [highest, root]
      if (!history.isAncestor(low, high)) return `${low} and ${high} were committed`
      highest = high
    }
    return undefined
  }

  #historyOf(): History {
    const { committee, scope, blocks } = this.world
    const history = new History(committee, scope.liars.length)
    for (const block of blocks) history.blocks.set(block.hash, block)
    this.saids.forEach(({ votes, proposals }, index) => {
      const author = this.world.honest[index] ?? 0
      for (const { block } of proposals) history.addProposal(author, block)
      for (const vote of votes) history.addVote(vote)
    })
    return history
  }

  /** What honest authors proposed; and each block of a liar whose parent somebody has. It comes with nothing. */
  #proposals(): readonly Proposal[] {
    const honest = this.saids.flatMap(({ proposals }) => proposals)
    const there = new Set(honest.map(({ block }) => block.hash))
    const all = [...honest]
    for (const block of this.world.blocks) {
      if (block.slot === 0) there.add(block.hash)
      if (!this.world.isByLiar(block) || !there.has(block.parent)) continue
      there.add(block.hash)
      all.push({ block, justification: undefined })
    }
    return all
  }

  #votesThatCount(): readonly Input[] {
    return [
      ...this.#votes('notarise', this.history.notarisable.slice(1)),
      ...this.#votes('finalise', this.history.committable),
      ...this.#ranges(),
    ]
  }

  /** Each vote that was said, and each that a liar may say. */
  #singleVotes(): readonly Input[] {
    const { scope, blocks } = this.world
    const slots = Array.from({ length: scope.slots }, (_, index) => index + 1)
    const lies: Vote[] = [
      ...blocks.slice(1).flatMap(({ slot, hash: block }): Vote[] => [
        { kind: 'notarise', slot, block },
        { kind: 'finalise', slot, block },
      ]),
      ...slots.map((to): Vote => ({ kind: 'nullify', from: 1, to })),
    ]
    const byLiars = scope.liars.flatMap((liar) => lies.map((vote) => signed(vote, liar)))
    return [...this.saids.flatMap(({ votes }) => votes), ...byLiars].map(voteInput)
  }

  #votes(kind: 'notarise' | 'finalise', blocks: readonly BlockRef[]): readonly Input[] {
    const { committee, scope } = this.world
    return blocks.map(({ slot, hash }) => {
      const signers = [...this.history.signersOf(kind, hash), ...scope.liars].sort((a, b) => a - b)
      const votes = signers.map((signer) => signed({ kind, slot, block: hash }, signer))
      return votesInput(votes, certificateOf(committee, kind, { slot, hash }, signers))
    })
  }

  /** For each slot that could be given up, and each in which that is heard. */
  #ranges(): readonly Input[] {
    const { slots } = this.world.scope
    const inputs: Input[] = []
    for (let slot = 1; slot <= slots; slot += 1) {
      for (let heardIn = slot; heardIn <= slots + 1; heardIn += 1) {
        const input = this.#rangesOver(slot, heardIn)
        if (input !== undefined) inputs.push(input)
      }
    }
    return inputs
  }

  /** Of each member the range that reaches furthest, of those that are not of the future (N4). */
  #rangesOver(slot: number, heardIn: number): Input | undefined {
    const { committee, scope } = this.world
    const ranges = this.saids.flatMap(({ votes }) => furthestOver(slot, heardIn, votes))
    const lie = { kind: 'nullify', from: 1, to: slot } as const
    const all = [...ranges, ...scope.liars.map((liar) => signed(lie, liar))]
    return all.length < quorumOf(committee) ? undefined : rangesInput({ slot, heardIn }, all)
  }
}

/** An input's name, and when it is of use. */
function keyOfInput(input: Input): string {
  return input.kind === 'ranges' ? `${input.name} in ${input.heardIn}` : input.name
}

function furthestOver(
  slot: number,
  heardIn: number,
  votes: readonly SignedVote[],
): readonly SignedNullify[] {
  const over = votes.flatMap(({ vote, ...rest }) =>
    vote.kind === 'nullify' && vote.from <= slot && slot <= vote.to && vote.to <= heardIn
      ? [{ vote, ...rest }]
      : [],
  )
  over.sort((a, b) => b.vote.to - a.vote.to || a.vote.from - b.vote.from)
  return over.slice(0, 1)
}
