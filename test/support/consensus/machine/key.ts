/**
 * When are two situations of a member the same? If whatever comes, it does the same from now on. This is a
 * canonical encoding of all that its future depends on, from what the machine shows of itself.
 *
 * Field by field, what {@link machineFields} says is encoded, follows from what is, or has no future. The
 * last kind is where the exploration is made smaller:
 *
 * - *Votes below a quorum.* A block vote is looked at again only when another one for the same block is counted, and
 *   never once that block is certified (`Simplex.#onVote`). So a run in which some votes come early has the same
 *   outputs as one in which they come right before the one that completes a quorum; only these are explored, and
 *   then the votes in the tally have no future.
 * - *The disk*, and what justified a block of a slot that is over, once the member will not crash again.
 * - *Signers of a certificate*: compared with those of another in the actor alone, to save a check.
 *
 * The argument is tested as well: `audit` in `explorer.ts` feeds both of two runs that were held to be one.
 */
import type { SignedVote } from '../../../../src/protocol/consensus/vote.ts'
import type { Disk } from '../member.ts'
import { nameOfCertificate, nameOfJustification, nameOfRange, nameOfVote } from './said.ts'
import type { ScopeWorld } from './scope.ts'
import type { Life } from './situation.ts'

/** Every private field of the machine's classes, and where it is in the key. A new one has to be decided upon. */
export const machineFields = {
  Simplex: {
    config: 'the same in each situation',
    tree: 'root, blocks',
    tally: 'ranges; block votes have no future',
    certified: 'root, certificates',
    wanted:
      'lets in blocks of later slots and a third one of a slot: neither is fed without a certificate, which does the same',
    early: 'empty: no block is fed before its slot without a certificate',
    record: 'record',
    head: 'is the highest one as soon as that is held: follows from blocks and certificates',
    building: 'answered at once: then the record says that it was proposed',
    wallMs: 'moment',
    isVoting: 'true, save within a start',
    hasConflict: 'a fault: nothing is explored beyond',
    overdue: 'matters where a range up to there was cast in this life: givenUpTo',
    outputs: 'none at rest',
  },
  Tally: {
    committee: 'the same in each situation',
    aggregate: 'the same in each situation',
    votes: 'block votes have no future',
    ranges: 'ranges',
  },
  Certified: {
    root: 'root',
    highest: 'the last slot of root and certificates',
    final: 'certificates: the one of kind finalise above the root',
    notarisations: 'certificates, in the order in which they came',
  },
} as const

/** Two lives of one key are the same situation, given that the same was said in them. */
export function keyOf(world: ScopeWorld, life: Life): string {
  const { member, birth, moment, givenUpTo } = life
  const { machine } = member
  const mayRestart = birth.restarts < world.scope.restarts
  const everything = { committedSlot: -1, notarisedSlot: -1, nullifiedTo: 0 }
  const { votes, certificates } = machine.missingAt(everything)
  const { proposed, notarised, finalised, nullifiedTo, floor } = machine.record
  return [
    [moment, birth.restarts, givenUpTo, machine.isVoting ? 'votes' : 'follows'].join(),
    [proposed.block, notarised.block, finalised.block, nullifiedTo, floor].join(),
    machine.root.hash,
    certificates.map(nameOfCertificate).join(),
    rangesOf(votes).join(),
    blocksOf(world, life, mayRestart),
    mayRestart ? diskKey(member.disk) : '',
    world.scope.isOneByOne === true ? votes.map(nameOfVote).sort().join() : '',
  ].join(';')
}

function rangesOf(votes: readonly SignedVote[]): readonly string[] {
  const ranges = votes.flatMap(({ vote, ...rest }) =>
    vote.kind === 'nullify' ? [nameOfRange({ vote, ...rest })] : [],
  )
  return ranges.sort()
}

/**
 * The blocks that the machine knows, by slot and then as they came: of two the first is voted for. What justifies one
 * is looked at to vote for it, and when it is read from the disk.
 */
function blocksOf(world: ScopeWorld, life: Life, mayRestart: boolean): string {
  const { member, arrivals, slot } = life
  const { machine } = member
  const bySlot = [...arrivals].sort((a, b) => world.block(a).slot - world.block(b).slot)
  return bySlot
    .flatMap((hash) => {
      const status = machine.statusOf(hash)
      if (status === undefined || hash === machine.root.hash) return []
      const mayMatter = mayRestart || world.block(hash).slot >= slot
      const reason = mayMatter ? nameOfJustification(machine.justificationOf(hash)) : ''
      const isHeld = member.proposalOf(hash) !== undefined
      return [`${hash}${status[0]}${isHeld ? '' : '?'}${reason}`]
    })
    .join()
}

function diskKey({ certificates, blocks }: Disk): string {
  const stored = [...blocks.values()].map(
    ({ block, justification }) => `${block.hash}${nameOfJustification(justification)}`,
  )
  return [...[...certificates.values()].map(nameOfCertificate), '|', ...stored.sort()].join()
}
