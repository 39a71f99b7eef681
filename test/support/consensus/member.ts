/**
 * One member as a node runs it: the state machine, a disk, and the work between them, piece by piece.
 * A crash loses what is not on the disk: pieces of work that were not done, votes that were counted,
 * bodies that nobody voted for. Signatures are ideal. What is sent goes to a world of choice: an
 * adversary's (`network.ts`) or a timed one (`latency.ts`).
 */
import { present } from '../../../src/base/assert.ts'
import { justificationFault } from '../../../src/protocol/consensus/nullification.ts'
import {
  amnesiacRecord,
  emptyRecord,
  newestSlot,
  type VoteRecord,
} from '../../../src/protocol/consensus/record.ts'
import { Simplex } from '../../../src/protocol/consensus/simplex.ts'
import type {
  SimplexConfig,
  SimplexInput,
  SimplexOutput,
} from '../../../src/protocol/consensus/step.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type {
  Certificate,
  Evidence,
  Justification,
  SignedVote,
  Vote,
} from '../../../src/protocol/consensus/vote.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import { slotAt } from '../../../src/protocol/slots.ts'
import { genesis, signed } from './sample.ts'

/** A block as the world knows it. */
export interface WorldBlock extends BlockRef {
  readonly isValid: boolean
}

export interface Proposal {
  readonly block: WorldBlock
  readonly justification: Justification | undefined
}

/** How far a member has come. */
export interface Status {
  readonly committedSlot: number
  readonly notarisedSlot: number
  readonly nullifiedTo: number
}

/** What a member knows that another may lack, and where it stands itself. */
export interface Exchange {
  readonly from: number
  readonly status: Status
  readonly votes: readonly SignedVote[]
  readonly certificates: readonly Certificate[]
  readonly isAnswer: boolean
}

export type Message =
  | { readonly kind: 'vote'; readonly vote: SignedVote }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | { readonly kind: 'exchange'; readonly exchange: Exchange }

export interface World {
  wallMs(member: number): number
  /** To one member, or to all others. */
  send(from: number, to: number | 'all', message: Message): void
  makeBlock(slot: number, parent: BlockRef): WorldBlock
  /** Somebody who has the block will send it, some time. */
  fetch(member: number, hash: Hash): void
  /** What a checker wants to know. */
  onSigned(vote: SignedVote): void
  onProposed(member: number, block: BlockRef): void
  onCommit(member: number, blocks: readonly BlockRef[]): void
  onEvidence(evidence: Evidence): void
  onFault(fault: string): void
}

export interface Disk {
  record: VoteRecord
  root: BlockRef
  rootCertificate: Certificate | undefined
  /** Notarisations above the root that votes rely on, by block. */
  readonly certificates: Map<Hash, Certificate>
  readonly blocks: Map<Hash, Proposal>
}

interface Work {
  readonly output: SimplexOutput | { readonly kind: 'execute'; readonly hash: Hash }
  /** The blocks that belong to a vote, as they were when it was cast. */
  readonly blocks: readonly Proposal[]
}

export class Member {
  readonly place: number
  readonly disk: Disk
  readonly #config: SimplexConfig
  readonly #world: World
  #machine: Simplex | undefined
  #work: Work[] = []
  /** Volatile: bodies held, and those found valid. */
  #bodies = new Map<Hash, Proposal>()
  #executed = new Set<Hash>()

  constructor(place: number, config: SimplexConfig, world: World) {
    this.place = place
    this.#config = { ...config, self: place }
    this.#world = world
    this.disk = {
      record: emptyRecord(config.committee.epoch),
      root: genesis,
      rootCertificate: undefined,
      certificates: new Map(),
      blocks: new Map(),
    }
  }

  get isUp(): boolean {
    return this.#machine !== undefined
  }

  get machine(): Simplex {
    return present(this.#machine, 'a machine that is up')
  }

  get hasWork(): boolean {
    return this.#work.length > 0
  }

  get status(): Status {
    const { root, highest, record } = this.machine
    const { nullifiedTo } = record
    return { committedSlot: root.slot, notarisedSlot: highest.slot, nullifiedTo }
  }

  /** Starts from the disk. Voting begins by {@link beginVoting}. */
  start(): void {
    this.#machine = new Simplex(this.#config, this.disk)
    this.#executed = new Set([this.disk.root.hash, genesis.hash])
    this.tick()
    for (const certificate of this.disk.certificates.values()) {
      this.#step({ kind: 'certificate', certificate })
    }
    const bySlot = [...this.disk.blocks.values()].sort((a, b) => a.block.slot - b.block.slot)
    for (const { block } of bySlot)
      if (block.slot < this.disk.root.slot) this.#executed.add(block.hash)
    for (const proposal of bySlot) this.#take(proposal)
    this.#checkReadBack()
  }

  beginVoting(): void {
    this.#step({ kind: 'begin-voting' })
  }

  /** Loses all that is not on the disk. */
  crash(): void {
    this.#machine = undefined
    this.#work = []
    this.#bodies = new Map()
  }

  /** Whether the clock shows less than what the record speaks of. */
  get hasVotedBeyondClock(): boolean {
    const { slots } = this.#config
    const wallMs = this.#world.wallMs(this.place)
    return newestSlot(this.disk.record) > slotAt(slots, wallMs + slots.toleranceMs)
  }

  /** The vote store is gone while the member is down: it goes on above a floor (V5), or without one. */
  loseRecord(hasFloor = true): void {
    const { committee, slots } = this.#config
    const { epoch } = committee
    this.disk.record = hasFloor
      ? amnesiacRecord(epoch, slots, this.#world.wallMs(this.place))
      : emptyRecord(epoch)
  }

  tick(): void {
    this.#step({ kind: 'time', wallMs: this.#world.wallMs(this.place) })
  }

  /** A block's header comes, which was checked; the body comes with {@link receive}, or never. */
  announce({ block, justification }: Proposal): void {
    this.#step({ kind: 'proposal', block, justification })
  }

  receive(message: Message): void {
    switch (message.kind) {
      case 'vote':
        return this.#step(message)
      case 'certificate':
        return this.#step(message)
      case 'proposal':
        return this.#onProposal(message.proposal)
      case 'exchange':
        return this.#onExchange(message.exchange)
      default:
        return message satisfies never
    }
  }

  /** Tells all others what is above its own committed block, and where it stands; they answer. */
  exchange(): void {
    const { committedSlot, notarisedSlot, nullifiedTo } = this.status
    // What the others stand at is not known.
    const guess = {
      committedSlot: committedSlot - 1,
      notarisedSlot: notarisedSlot - 1,
      nullifiedTo,
    }
    this.#tell('all', guess, false)
  }

  /** The block with its justification, if this member has it. */
  proposalOf(hash: Hash): Proposal | undefined {
    const held = this.#bodies.get(hash) ?? this.disk.blocks.get(hash)
    if (held === undefined) return undefined
    const justification = this.#machine?.justificationOf(hash) ?? held.justification
    return { ...held, justification }
  }

  /** Does the oldest piece of work. */
  workOnce(): void {
    const work = this.#work.shift()
    if (work !== undefined) this.#do(work)
  }

  workAll(): void {
    while (this.#work.length > 0) this.workOnce()
  }

  #step(input: SimplexInput): void {
    const machine = this.machine
    const before = machine.record
    for (const output of machine.step(input)) {
      const blocks = output.kind === 'cast' ? this.#blocksBehind(output.vote) : []
      this.#work.push({ output, blocks })
    }
    this.#checkWatermarks(before)
  }

  #onProposal(proposal: Proposal): void {
    const isNews = !this.#bodies.has(proposal.block.hash)
    this.#take(proposal)
    if (isNews) this.#world.send(this.place, 'all', { kind: 'proposal', proposal })
  }

  /** A proposal whose body is here: it is executed once its parent was. */
  #take(proposal: Proposal): void {
    const { block, justification } = proposal
    if (!this.#bodies.has(block.hash)) this.#bodies.set(block.hash, proposal)
    this.#step({ kind: 'proposal', block, justification })
    const output = { kind: 'execute', hash: block.hash } as const
    this.#work.push({ output, blocks: [] })
  }

  /** Executes a body whose parent was executed, then those that waited for it. */
  #execute(hash: Hash): void {
    const block = this.#bodies.get(hash)?.block
    if (block === undefined || !this.#executed.has(block.parent)) return
    const isNew = block.isValid && !this.#executed.has(hash)
    if (isNew) this.#executed.add(hash)
    this.#step({ kind: block.isValid ? 'block-ready' : 'block-invalid', hash })
    if (!isNew) return
    for (const child of this.#bodies.values()) {
      if (child.block.parent === hash) this.#execute(child.block.hash)
    }
  }

  #do({ output, blocks }: Work): void {
    switch (output.kind) {
      case 'execute':
        return this.#execute(output.hash)
      case 'cast':
        this.disk.record = output.record
        for (const proposal of blocks) this.disk.blocks.set(proposal.block.hash, proposal)
        if (output.certificate !== undefined) {
          this.disk.certificates.set(output.certificate.block, output.certificate)
        }
        return this.#sendVote(output.vote)
      case 'propose':
        this.disk.record = output.record
        return this.#sendProposal(output.block, output.justification)
      case 'relay':
        return this.#world.send(this.place, 'all', {
          kind: 'certificate',
          certificate: output.certificate,
        })
      case 'build': {
        const block = this.#world.makeBlock(output.slot, output.parent)
        return this.#step({ kind: 'built', slot: output.slot, block })
      }
      case 'commit':
        return this.#onCommit(output.blocks, output.certificate)
      case 'want':
        return this.#world.fetch(this.place, output.hash)
      case 'repeat':
        return this.exchange()
      case 'evidence':
        return this.#world.onEvidence(output.evidence)
      case 'conflict':
        return this.#world.onFault(`member ${this.place} sees a conflict: ${output.detail}`)
      case 'head':
        return
      default:
        return output satisfies never
    }
  }

  #sendVote(vote: Vote): void {
    const message = { kind: 'vote', vote: signed(vote, this.place) } as const
    this.#world.onSigned(message.vote)
    this.#world.send(this.place, 'all', message)
    this.#step(message)
  }

  #sendProposal(block: BlockRef, justification: Justification): void {
    const proposal = { block: { ...block, isValid: true }, justification }
    this.disk.blocks.set(block.hash, proposal)
    this.#world.onProposed(this.place, block)
    this.#world.send(this.place, 'all', { kind: 'proposal', proposal })
    this.#take(proposal)
  }

  #onCommit(blocks: readonly BlockRef[], certificate: Certificate): void {
    const root = present(blocks.at(-1), 'a committed block')
    for (const { hash } of blocks) {
      const held = this.#bodies.get(hash)
      if (held !== undefined) this.disk.blocks.set(hash, held)
    }
    this.disk.root = root
    this.disk.rootCertificate = certificate
    for (const [hash, { slot }] of this.disk.certificates) {
      if (slot <= root.slot) this.disk.certificates.delete(hash)
    }
    this.#world.onCommit(this.place, blocks)
  }

  #onExchange({ from, status, votes, certificates, isAnswer }: Exchange): void {
    for (const certificate of certificates) this.#step({ kind: 'certificate', certificate })
    for (const vote of votes) this.#step({ kind: 'vote', vote })
    if (!isAnswer) this.#tell(from, status, true)
  }

  #tell(to: number | 'all', theirs: Status, isAnswer: boolean): void {
    const { votes, certificates } = this.machine.missingAt(theirs)
    const exchange = { from: this.place, status: this.status, votes, certificates, isAnswer }
    this.#world.send(this.place, to, { kind: 'exchange', exchange })
  }

  /**
   * The voted block and its ancestors down to the root: they must be durable with the vote (S2). A vote
   * that is signed again after a restart may stand on a body that the disk has lost.
   */
  #blocksBehind(vote: Vote): readonly Proposal[] {
    if (vote.kind !== 'notarise') return []
    const blocks: Proposal[] = []
    const { root } = this.machine
    for (let hash = vote.block; hash !== root.hash; ) {
      const held = this.proposalOf(hash)
      if (held === undefined) break
      blocks.push(held)
      hash = held.block.parent
    }
    return blocks
  }

  // ----- invariants that a member can check of itself -----

  /** A4, A5: watermarks never go back; own finalise votes are for notarised blocks. */
  #checkWatermarks(before: VoteRecord): void {
    const { record, highest, root } = this.machine
    const hold =
      record.notarised.slot >= before.notarised.slot &&
      record.finalised.slot >= before.finalised.slot &&
      record.nullifiedTo >= before.nullifiedTo &&
      record.proposed.slot >= before.proposed.slot
    if (!hold) this.#world.onFault(`A4: member ${this.place} went back`)
    if (root.slot < this.disk.root.slot) this.#world.onFault('A4: the root went back')
    // A machine that was just started learns its certificates before it votes.
    const voted = this.machine.isVoting ? before.finalised.slot : 0
    if (highest.slot < Math.max(root.slot, voted)) {
      this.#world.onFault(`A5: member ${this.place} finalised above the highest notarised block`)
    }
  }

  /** A8: what stands behind each own vote is on the disk. */
  #checkReadBack(): void {
    const { record, root, certificates, blocks } = this.disk
    const { finalised, notarised } = record
    const hasCertificate = finalised.slot <= root.slot || certificates.has(finalised.block)
    if (!hasCertificate) {
      this.#world.onFault(`A8: member ${this.place} lost a certificate`)
    }
    if (notarised.slot <= root.slot) return
    const held = blocks.get(notarised.block)
    const parent = held && (blocks.get(held.block.parent)?.block ?? root)
    const fault =
      held?.justification &&
      parent &&
      justificationFault(this.#config.committee, held.block, parent, held.justification)
    if (held?.justification === undefined || fault !== undefined) {
      this.#world.onFault(`A8: member ${this.place} lost a body or its justification`)
    }
  }
}
