/** What may happen to one member: everything that its actor feeds it, and the end of its life. */
import type {
  Certificate,
  NullifyVote,
  SignedVote,
} from '../../../../src/protocol/consensus/vote.ts'
import type { Proposal } from '../member.ts'
import { nameOfProposal, nameOfRange, nameOfVote } from './said.ts'
import type { ScopeWorld } from './scope.ts'

/**
 * `name` tells inputs apart: two of one name have the same effect on whoever gets them.
 *
 * - `time`: the clock shows another moment, not before the last; moments between may be slept through.
 * - `header`: a block without its body; not tried unless one asks for it.
 * - `proposal`: a block with its body, which is executed as soon as its parent was.
 * - `votes`: all votes there are for a block, one after the other. The name leaves out whose they are.
 * - `certificate`: what others made of these votes.
 * - `ranges`: nullify votes by which a slot is given up, one after the other, as they are in the slot `heardIn`.
 * - `vote`: one of them alone; not tried unless one asks for it.
 * - `restart`: a crash, and a new life from the disk. `amid`: in the midst of what another input brought about, after so many
 *   pieces of work.
 */
export type Input =
  | { readonly kind: 'time'; readonly name: string; readonly moment: number }
  | { readonly kind: 'header'; readonly name: string; readonly proposal: Proposal }
  | { readonly kind: 'proposal'; readonly name: string; readonly proposal: Proposal }
  | {
      readonly kind: 'votes'
      readonly name: string
      readonly votes: readonly SignedVote[]
      readonly certificate: Certificate
    }
  | {
      readonly kind: 'ranges'
      readonly name: string
      readonly votes: readonly SignedVote[]
      readonly heardIn: number
    }
  | { readonly kind: 'vote'; readonly name: string; readonly vote: SignedVote }
  | { readonly kind: 'restart'; readonly name: string; readonly amid: Cut | undefined }

/** Where a crash cuts the work on an input short. */
export interface Cut {
  readonly input: Input
  readonly pieces: number
}

export function timeInput(world: ScopeWorld, moment: number): Input {
  return { kind: 'time', name: `the clock shows ${world.momentName(moment)}`, moment }
}

export function proposalInput(proposal: Proposal): Input {
  return { kind: 'proposal', name: nameOfProposal(proposal), proposal }
}

/** The block is known, but not what is in it. */
export function headerInput(proposal: Proposal): Input {
  return { kind: 'header', name: `header of ${nameOfProposal(proposal)}`, proposal }
}

/** The votes for the certificate's block; whoever is too early for them gets the certificate alone. */
export function votesInput(votes: readonly SignedVote[], certificate: Certificate): Input {
  const name = `a quorum's ${certificate.kind} votes for ${certificate.block}`
  return { kind: 'votes', name, votes, certificate }
}

export function rangesInput(
  { slot, heardIn }: { readonly slot: number; readonly heardIn: number },
  votes: readonly SignedVote<NullifyVote>[],
): Input {
  const name = `ranges over ${slot}: ${votes.map(nameOfRange).join(' ')}`
  return { kind: 'ranges', name, votes, heardIn }
}

/** One vote, and no other. */
export function voteInput(vote: SignedVote): Input {
  return { kind: 'vote', name: nameOfVote(vote), vote }
}

export function restartInput(amid?: Cut): Input {
  const name =
    amid === undefined ? 'restart' : `restart amid (${amid.input.name}) after ${amid.pieces}`
  return { kind: 'restart', name, amid }
}
