/**
 * One member in one situation: a life that began from a disk, and what it was fed since. The member is the one
 * that the adversary plays with (`member.ts`): the production machine, a disk, and the work between.
 * Its state cannot be copied, so it is reached anew each time, by feeding it again.
 */
import { AssertionError } from '../../../../src/base/assert.ts'
import { authorOf } from '../../../../src/protocol/committee.ts'
import type { SimplexConfig } from '../../../../src/protocol/consensus/step.ts'
import type { BlockRef } from '../../../../src/protocol/consensus/tree.ts'
import type { SignedVote } from '../../../../src/protocol/consensus/vote.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import type { Disk, Message, Proposal, World, WorldBlock } from '../member.ts'
import { Member } from '../member.ts'
import type { Input } from './input.ts'
import type { Said, SaidTable } from './said.ts'
import { type ScopeWorld, slots } from './scope.ts'

/** How a life began. */
export interface Birth {
  readonly disk: Disk | undefined
  readonly moment: number
  readonly restarts: number
  /** What was said in the lives before. */
  readonly said: Said
}

/** A member that lives, and what it has done since it was born. */
export class Life implements World {
  readonly member: Member
  readonly birth: Birth
  readonly votes: SignedVote[] = []
  readonly proposals: Proposal[] = []
  readonly faults: string[] = []
  /** Blocks in the order in which they came. */
  readonly arrivals = new Set<Hash>()
  moment: number
  /** The furthest slot that it has given up in this life. */
  givenUpTo = 0
  readonly #world: ScopeWorld

  constructor(world: ScopeWorld, place: number, birth: Birth) {
    this.#world = world
    this.birth = birth
    this.moment = birth.moment
    const { committee } = world
    const config: SimplexConfig = { committee, slots, self: place, aggregate: () => noSignature }
    this.member = new Member(place, config, this)
    if (birth.disk !== undefined) {
      if (world.scope.disk === 'kept') writeDisk(this.member.disk, birth.disk)
      else this.#loseDisk(birth.disk)
    }
    for (const hash of this.member.disk.blocks.keys()) this.arrivals.add(hash)
    this.#guarded(() => {
      this.member.start()
      this.member.beginVoting()
      this.member.workAll()
    })
  }

  /** Feeds the member and has it do all that follows: what it asks to be made durable is, at once. */
  feed(input: Input): void {
    this.#guarded(() => {
      this.#hand(input)
      this.member.workAll()
    })
  }

  /** The same, but only so many pieces of what follows are done. False if there are fewer. */
  feedInPart(input: Input, pieces: number): boolean {
    this.#guarded(() => {
      this.#hand(input)
      for (let done = 0; done < pieces && this.member.hasWork; done += 1) this.member.workOnce()
    })
    return this.member.hasWork
  }

  /** All that is known of what was voted for is gone; the last committed block is not. */
  #loseDisk({ root, rootCertificate }: Disk): void {
    Object.assign(this.member.disk, { root, rootCertificate })
    this.member.loseRecord(this.#world.scope.disk === 'lost-with-floor')
  }

  /** An assertion of the machine that does not hold is as bad as an invariant that does not. */
  #guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error
      this.onFault(error.message)
    }
  }

  #hand(input: Input): void {
    switch (input.kind) {
      case 'time':
        this.moment = input.moment
        return this.member.tick()
      case 'header':
        this.arrivals.add(input.proposal.block.hash)
        return this.member.announce(input.proposal)
      case 'proposal':
        return this.show(input.proposal)
      case 'votes': {
        const { certificate, votes } = input
        if (certificate.slot > this.slot)
          return this.member.receive({ kind: 'certificate', certificate })
        for (const vote of votes) this.member.receive({ kind: 'vote', vote })
        return
      }
      case 'ranges':
        for (const vote of input.votes) this.member.receive({ kind: 'vote', vote })
        return
      case 'vote':
        return this.member.receive(input)
      case 'restart':
        throw new Error('a life does not outlive its end')
      default:
        return input satisfies never
    }
  }

  /** A block comes, with its body. */
  show(proposal: Proposal): void {
    this.arrivals.add(proposal.block.hash)
    this.member.receive({ kind: 'proposal', proposal })
  }

  /** The slot that its clock shows. */
  get slot(): number {
    return this.#world.moments[this.moment]?.slot ?? 0
  }

  // ----- the world, as the member sees it -----

  wallMs(): number {
    return this.#world.moments[this.moment]?.wallMs ?? 0
  }

  /** Votes and blocks are seen when they are signed. The rest only passes on what somebody said. */
  send(from: number, _to: number | 'all', message: Message): void {
    if (message.kind !== 'proposal') return
    const { block } = message.proposal
    this.arrivals.add(block.hash)
    if (authorOf(this.#world.committee, block.slot) === from) this.proposals.push(message.proposal)
  }

  makeBlock(slot: number, parent: BlockRef): WorldBlock {
    return this.#world.honestBlock(slot, parent)
  }

  /** Whatever was proposed is at hand anyway. */
  fetch(): void {}

  onSigned(vote: SignedVote): void {
    this.votes.push(vote)
    if (vote.vote.kind === 'nullify') this.givenUpTo = Math.max(this.givenUpTo, vote.vote.to)
  }

  onProposed(place: number, { slot, hash }: BlockRef): void {
    if (authorOf(this.#world.committee, slot) !== place) this.onFault(`${hash} is not its own`)
  }

  onCommit(): void {}

  /** A6 is for who sees everything that was said: whose votes made a quorum is not told apart here. */
  onEvidence(): void {}

  onFault(fault: string): void {
    this.faults.push(fault)
  }
}

const noSignature = new Uint8Array()

/** Everything that a member has said in this life and in those before. */
export function saidBy(saids: SaidTable, { birth, votes, proposals }: Life): Said {
  return saids.intern([...birth.said.votes, ...votes], [...birth.said.proposals, ...proposals])
}

/** What a crash leaves: the next life begins at the same moment. What it sleeps through is the clock's next step. */
export function birthAfter(saids: SaidTable, life: Life): Birth {
  const { record, root, rootCertificate, certificates, blocks } = life.member.disk
  const disk = {
    ...{ record, root, rootCertificate },
    certificates: new Map(certificates),
    blocks: new Map(blocks),
  }
  const { moment, birth } = life
  return { disk, moment, restarts: birth.restarts + 1, said: saidBy(saids, life) }
}

function writeDisk(disk: Disk, from: Disk): void {
  disk.record = from.record
  disk.root = from.root
  disk.rootCertificate = from.rootCertificate
  for (const [hash, certificate] of from.certificates) disk.certificates.set(hash, certificate)
  for (const [hash, proposal] of from.blocks) disk.blocks.set(hash, proposal)
}
