/**
 * Agreement: Simplex (Chan & Pass, TCC 2023) on wall-clock slots, as one state machine without any
 * effect. Inputs are facts whose signatures were checked; outputs are what must be done about them,
 * in order. The same inputs give the same outputs.
 *
 *   propose → notarise (a quorum: the block is notarised) → finalise (a quorum: it is committed)
 *          ↘ nullify (a quorum for each slot of a gap: the next block may skip it)
 *
 * A vote is decided here, recorded in the watermarks at once, and counted only when it comes back as
 * an input, after its record was made durable and it was sent. Does not sign, store, send, execute,
 * fetch or check signatures; does not know bodies.
 *
 * Rule names (V1, P1, N2 …) are those of ARCHITECTURE.md, "Agreement".
 */
import { assert } from '../../base/assert.ts'
import type { UnixMillis } from '../../base/units.ts'
import { authorOf, quorumOf } from '../committee.ts'
import type { Hash } from '../hash.ts'
import { slotAt, slotMoment, slotQuarters } from '../slots.ts'
import { Certified, type CertifiedBlock, type Claim } from './certified.ts'
import { withEarly } from './early.ts'
import { isCovered, justificationFault, rangesWithin } from './nullification.ts'
import {
  afterFinalise,
  afterNotarise,
  afterNullify,
  afterPropose,
  mayFinalise,
  mayNotarise,
  mayPropose,
  newestSlot,
  nullifyRange,
  type VoteRecord,
} from './record.ts'
import type { SimplexConfig, SimplexInput, SimplexMemory, SimplexOutput } from './step.ts'
import { Tally } from './tally.ts'
import {
  addBlock,
  type BlockRef,
  blockOf,
  commitTo,
  firstIn,
  forgetStale,
  hasInvalid,
  isBesideRoot,
  isReady,
  missingBelow,
  resetRoot,
  type Tree,
  type TreeNode,
  treeOf,
} from './tree.ts'
import type { Certificate, Evidence, Justification, SignedVote, Vote } from './vote.ts'

/** Certified blocks that are fetched one by one; a longer gap is for sync. */
const gapNodesMax = 256

/**
 * Proposals and votes of slots so far back are forgotten, save what leads to the highest notarised
 * block. If such a block was notarised after all, it is fetched.
 */
const staleSlots = 8

export class Simplex {
  readonly #config: SimplexConfig
  readonly #tree: Tree
  readonly #tally: Tally
  readonly #certified: Certified
  readonly #wanted = new Set<Hash>()
  #early: readonly TreeNode[] = []
  #record: VoteRecord
  #head: Hash
  #building: { slot: number; parent: Hash; justification: Justification } | undefined
  #wallMs: UnixMillis = 0
  #isVoting = false
  #hasConflict = false
  /** The last slot whose moment of giving up has passed. */
  #overdue = 0
  #outputs: SimplexOutput[] = []

  constructor(config: SimplexConfig, memory: SimplexMemory) {
    this.#config = config
    this.#record = memory.record
    this.#tree = treeOf(memory.root)
    this.#tally = new Tally(config.committee, config.aggregate)
    const { slot, hash } = memory.root
    this.#certified = new Certified({ slot, hash, certificate: memory.rootCertificate })
    this.#head = hash
  }

  /** The watermarks, as they are to be made durable. */
  get record(): VoteRecord {
    return this.#record
  }

  /** The last committed block, C. */
  get root(): BlockRef {
    return this.#tree.root
  }

  get rootCertificate(): Certificate | undefined {
    return this.#certified.root.certificate
  }

  /** The highest notarised slot and block, H; the block itself may not be here yet. */
  get highest(): CertifiedBlock {
    return this.#certified.highest
  }

  get isVoting(): boolean {
    return this.#isVoting
  }

  blockOf(hash: Hash): BlockRef | undefined {
    return blockOf(this.#tree, hash)
  }

  justificationOf(hash: Hash): Justification | undefined {
    return this.#tree.nodes.get(hash)?.justification
  }

  statusOf(hash: Hash): 'announced' | 'ready' | 'invalid' | undefined {
    return hash === this.#tree.root.hash ? 'ready' : this.#tree.nodes.get(hash)?.status
  }

  /** Whether a certificate says nothing new: it need not be checked, and is not sent on. */
  isKnownCertificate(certificate: Claim): boolean {
    return this.#certified.isKnown(certificate)
  }

  /** Whether this very certificate, signers and signature included, is one that was taken. */
  isHeldCertificate(certificate: Certificate): boolean {
    return this.#certified.isHeld(certificate)
  }

  /** Whether a vote can change nothing any more: what it helps to decide is decided. */
  isSettled(vote: Vote): boolean {
    if (vote.kind === 'nullify') return vote.to <= this.highest.slot
    return this.#certified.isKnown(vote)
  }

  /** The next moment at which time alone changes something. */
  wakeMs(wallMs: UnixMillis): UnixMillis {
    const { slots } = this.#config
    const slot = slotAt(slots, wallMs)
    const noProposal = slotMoment(slots, slot, slotQuarters.noProposal)
    const next = wallMs < noProposal ? noProposal : slotMoment(slots, slot + 1)
    const early = this.#early.map(({ block }) => slotMoment(slots, block.slot) - slots.toleranceMs)
    return Math.min(next, ...early.filter((moment) => moment > wallMs))
  }

  /** What a neighbour that stands at these slots may lack: certificates, and votes below a quorum. */
  missingAt(theirs: { committedSlot: number; notarisedSlot: number; nullifiedTo: number }): {
    readonly votes: readonly SignedVote[]
    readonly certificates: readonly Certificate[]
  } {
    const settled = Math.max(this.#tree.root.slot, theirs.committedSlot)
    const votes: SignedVote[] = [...this.#tally.votesAbove(settled)]
    for (const range of this.#tally.ranges) {
      if (range.vote.to > theirs.notarisedSlot) votes.push(range)
    }
    return { votes, certificates: this.#certified.above(theirs.committedSlot) }
  }

  /** Takes one fact; returns what follows from it, in the order in which it is to be done. */
  step(input: SimplexInput): readonly SimplexOutput[] {
    this.#outputs = []
    this.#take(input)
    this.#settle()
    return this.#outputs
  }

  #take(input: SimplexInput): void {
    switch (input.kind) {
      case 'time':
        return this.#onTime(input.wallMs)
      case 'proposal':
        return this.#onProposal(input.block, input.justification)
      case 'block-ready':
        return this.#onJudged(input.hash, 'ready')
      case 'block-invalid':
        return this.#onJudged(input.hash, 'invalid')
      case 'vote':
        return this.#onVote(input.vote)
      case 'certificate':
        return this.#onCertificate(input.certificate)
      case 'built':
        return this.#onBuilt(input.slot, input.block)
      case 'advance':
        return this.#onAdvance(input.root, input.certificate)
      case 'begin-voting':
        return this.#onBeginVoting()
      case 'end-voting':
        this.#isVoting = false
        return
      case 'contradicted':
        return this.#conflict('another history was shown')
      default:
        return input satisfies never
    }
  }

  /** Everything that became possible, in a fixed order. Each part is harmless when repeated. */
  #settle(): void {
    // Whoever knows of two histories adds to none of them.
    if (this.#hasConflict) return
    this.#commit()
    this.#moveHead()
    if (!this.#maySign()) return
    this.#finalise()
    this.#notarise()
    this.#giveUp()
    this.#propose()
  }

  // ----- facts -----

  #onTime(wallMs: UnixMillis): void {
    const { slots } = this.#config
    const before = slotAt(slots, this.#wallMs)
    this.#wallMs = wallMs
    const now = slotAt(slots, wallMs)
    if (now > before) {
      forgetStale(this.#tree, this.highest.hash, now - staleSlots)
      this.#tally.forgetStale(now - staleSlots, this.highest.slot)
      if (this.#tree.root.slot < now - 2) this.#repeat()
    }
    const due = this.#early.filter(({ block }) => block.slot <= this.#latestSlot())
    this.#early = this.#early.filter(({ block }) => block.slot > this.#latestSlot())
    for (const { block, justification, status } of due) {
      this.#onProposal(block, justification)
      if (status !== 'announced') this.#onJudged(block.hash, status)
    }
  }

  /** N2: without repetition a healed partition may never resume. */
  #repeat(): void {
    this.#outputs.push({ kind: 'repeat' })
    this.#wanted.clear()
  }

  #onProposal(block: BlockRef, justification: Justification | undefined): void {
    const isProven =
      this.#certified.blockAt(block.slot) === block.hash || this.#wanted.has(block.hash)
    if (block.slot > this.#latestSlot() && !isProven) {
      this.#early = withEarly(this.#early, { block, justification, status: 'announced' })
      return
    }
    const { slot, hash } = block
    const first = firstIn(this.#tree, slot)
    if (addBlock(this.#tree, block, justification, isProven) && first !== undefined) {
      const author = authorOf(this.#config.committee, slot)
      const evidence: Evidence = { kind: 'double-proposal', slot, author, blocks: [first, hash] }
      this.#outputs.push({ kind: 'evidence', evidence })
    }
    if (justification === undefined) return
    for (const vote of justification.nullifies) this.#onVote(vote)
    if (justification.notarisation !== undefined) this.#onCertificate(justification.notarisation)
  }

  #onJudged(hash: Hash, status: 'ready' | 'invalid'): void {
    const early = this.#early.find(({ block }) => block.hash === hash)
    const node = this.#tree.nodes.get(hash) ?? early
    if (node === undefined) return
    node.status = status
    this.#wanted.delete(hash)
    const isNotarised = this.#certified.blockAt(node.block.slot) === hash
    if (status === 'invalid' && isNotarised)
      this.#conflict(`a quorum approved ${hash}, invalid here`)
  }

  #onVote(signed: SignedVote): void {
    const { vote, epoch } = signed
    if (epoch !== this.#config.committee.epoch) return
    const isRange = vote.kind === 'nullify'
    const slot = isRange ? vote.to : vote.slot
    // N4: votes from the future are dropped; they will be repeated. The past is settled or stale.
    if (slot > this.#latestSlot() || slot <= this.#tree.root.slot) return
    if (!isRange && slot < this.#slot() - staleSlots && slot !== this.highest.slot) return
    const counted = isRange
      ? this.#tally.addRange({ ...signed, vote })
      : this.#tally.addBlockVote({ ...signed, vote })
    if (counted.evidence !== undefined) {
      this.#outputs.push({ kind: 'evidence', evidence: counted.evidence })
    }
    if (!counted.isNew || isRange || this.#certified.isKnown(vote)) return
    const certificate = this.#tally.certificate(vote.kind, vote.slot, vote.block)
    if (certificate !== undefined) this.#onCertificate(certificate)
  }

  #onCertificate(certificate: Certificate): void {
    const { epoch, slot, block } = certificate
    if (epoch !== this.#config.committee.epoch) return
    assert(certificate.signers.length >= quorumOf(this.#config.committee), 'a quorum signed')
    if (this.#certified.contradicts(certificate)) {
      const detail = `two blocks are certified in slot ${slot}, one of them ${block}`
      return this.#conflict(detail, certificate)
    }
    if (this.#certified.isKnown(certificate)) return
    this.#certified.add(certificate)
    // N1: the first time, whatever its age.
    this.#outputs.push({ kind: 'relay', certificate })
    if (this.#tree.nodes.get(block)?.status === 'invalid') {
      this.#conflict(`a quorum approved ${block}, invalid here`)
    }
  }

  /** N2: after a restart nobody may have the last votes any more. Signing them again is no new vote. */
  #onBeginVoting(): void {
    if (this.#config.self === undefined || this.#isVoting || this.#hasConflict) return
    this.#isVoting = true
    const { notarised, finalised } = this.#record
    const { slot } = this.#tree.root
    if (notarised.slot > slot) this.#cast({ kind: 'notarise', ...notarised }, this.#record)
    if (finalised.slot > slot) this.#cast({ kind: 'finalise', ...finalised }, this.#record)
  }

  #onAdvance(root: BlockRef, certificate: Certificate): void {
    if (root.slot <= this.#tree.root.slot) return
    assert(certificate.block === root.hash, 'a root is proven by its own certificate')
    resetRoot(this.#tree, root)
    this.#afterCommit(certificate)
  }

  // ----- what follows -----

  #commit(): void {
    const certificate = this.#certified.final
    if (certificate === undefined || !this.#isHeld(certificate)) return
    const { block, slot } = certificate
    if (
      isCovered([...this.#tally.ranges], { from: slot, to: slot }, quorumOf(this.#config.committee))
    ) {
      return this.#conflict(`slot ${slot} is committed and given up`, certificate)
    }
    const blocks = commitTo(this.#tree, block)
    this.#outputs.push({ kind: 'commit', blocks, certificate })
    this.#afterCommit(certificate)
  }

  #afterCommit(certificate: Certificate): void {
    this.#certified.moveRoot(certificate)
    this.#tally.forgetTo(certificate.slot)
    this.#wanted.clear()
  }

  #moveHead(): void {
    const { certificate, hash } = this.highest
    if (hash === this.#head) return
    if (
      hash !== this.#tree.root.hash &&
      (certificate === undefined || !this.#isHeld(certificate))
    ) {
      return
    }
    const block = blockOf(this.#tree, hash)
    assert(block !== undefined, 'what is held is known')
    this.#head = hash
    this.#outputs.push({ kind: 'head', block })
  }

  /** Whether a certified block is ready down to the root; asks for what is missing. */
  #isHeld(certificate: Certificate): boolean {
    const { block } = certificate
    if (isReady(this.#tree, block)) return true
    if (isBesideRoot(this.#tree, block)) {
      this.#conflict(`${block} is certified beside the committed chain`, certificate)
    } else if (hasInvalid(this.#tree, block)) {
      this.#conflict(`a quorum approved ${block}, which stands on what is invalid here`)
    } else {
      for (const hash of missingBelow(this.#tree, block)) this.#want(hash)
    }
    return false
  }

  #want(hash: Hash): void {
    if (this.#wanted.has(hash) || this.#wanted.size >= gapNodesMax) return
    if (this.#tree.nodes.size >= gapNodesMax) return
    this.#wanted.add(hash)
    this.#outputs.push({ kind: 'want', hash })
  }

  // ----- votes -----

  #maySign(): boolean {
    if (!this.#isVoting || this.#hasConflict) return false
    // V5: a clock that shows less than what was voted for has stepped back; wait for it.
    return newestSlot(this.#record) <= this.#latestSlot()
  }

  /** V3. */
  #finalise(): void {
    for (const certificate of this.#certified.notarisations) {
      const { kind, slot } = certificate
      if (kind !== 'notarise' || !mayFinalise(this.#record, slot)) continue
      const mark = { slot, block: certificate.block }
      this.#cast({ kind: 'finalise', ...mark }, afterFinalise(this.#record, mark), certificate)
    }
  }

  /** V1. Of two proposals the one that came first is voted for. */
  #notarise(): void {
    for (const node of this.#tree.nodes.values()) {
      const { slot, hash } = node.block
      if (slot < this.#slot() || slot > this.#latestSlot()) continue
      if (!mayNotarise(this.#record, slot) || !isReady(this.#tree, hash)) continue
      const justification = this.#justificationFor(node)
      if (justification === undefined) continue
      // What is made durable with the vote is what justifies it.
      node.justification = justification
      const mark = { slot, block: hash }
      const record = afterNotarise(this.#record, mark)
      this.#cast({ kind: 'notarise', ...mark }, record, justification.notarisation)
    }
  }

  /**
   * What came with the block, or else what is known here: a justification is not covered by the author's
   * signature, so a liar may pass the block on with a worthless one.
   */
  #justificationFor({ block, justification }: TreeNode): Justification | undefined {
    const parent = blockOf(this.#tree, block.parent)
    assert(parent !== undefined, 'what is ready has a parent')
    const { committee } = this.#config
    const known: Justification = {
      notarisation: this.#certified.proofAt(parent.slot),
      nullifies: rangesWithin(this.#tally.ranges, { from: parent.slot + 1, to: block.slot - 1 }),
    }
    return [justification, known].find(
      (each) =>
        each !== undefined && justificationFault(committee, block, parent, each) === undefined,
    )
  }

  /** V2: at three quarters of a slot, or at its end if this member has approved a block in it. */
  #giveUp(): void {
    const { slots } = this.#config
    const slot = this.#slot()
    const isLate = this.#wallMs >= slotMoment(slots, slot, slotQuarters.noProposal)
    const last = isLate && this.#record.notarised.slot !== slot ? slot : slot - 1
    if (last <= this.#overdue) return
    this.#overdue = last
    const vote = nullifyRange(this.#record, this.highest.slot, last)
    if (vote !== undefined) this.#cast(vote, afterNullify(this.#record, vote))
  }

  #cast(vote: Vote, record: VoteRecord, certificate?: Certificate): void {
    this.#record = record
    this.#outputs.push({ kind: 'cast', vote, certificate, record })
  }

  // ----- proposing -----

  /** P1, P2. */
  #propose(): void {
    const { committee, slots, self } = this.#config
    const slot = this.#slot()
    if (slot === 0 || authorOf(committee, slot) !== self || !mayPropose(this.#record, slot)) return
    if (this.#wallMs >= slotMoment(slots, slot, slotQuarters.propose)) return
    const { hash, certificate } = this.highest
    const isBuilding = this.#building?.slot === slot && this.#building.parent === hash
    if (isBuilding || this.highest.slot >= slot || this.#head !== hash) return
    const gap = { from: this.highest.slot + 1, to: slot - 1 }
    const nullifies = rangesWithin(this.#tally.ranges, gap)
    if (!isCovered(nullifies, gap, quorumOf(committee))) return
    const parent = blockOf(this.#tree, hash)
    assert(parent !== undefined, 'the head is held')
    const justification = { notarisation: certificate, nullifies }
    this.#building = { slot, parent: hash, justification }
    this.#outputs.push({ kind: 'build', slot, parent, justification })
  }

  #onBuilt(slot: number, block: BlockRef | undefined): void {
    const building = this.#building
    // A failure is not tried again within the slot, unless another parent is to be built on.
    if (building === undefined || building.slot !== slot || block === undefined) return
    if (block.parent !== building.parent || !this.#maySign()) return
    if (!mayPropose(this.#record, slot) || this.#slot() > slot) return
    const { justification } = building
    const record = afterPropose(this.#record, { slot, block: block.hash })
    this.#record = record
    this.#outputs.push({ kind: 'propose', block, justification, record })
  }

  #conflict(detail: string, certificate?: Certificate): void {
    if (this.#hasConflict) return
    this.#hasConflict = true
    this.#outputs.push({ kind: 'conflict', detail, certificate })
  }

  #slot(): number {
    return slotAt(this.#config.slots, this.#wallMs)
  }

  /** The last slot that a neighbour with a tolerated clock may be in. */
  #latestSlot(): number {
    const { slots } = this.#config
    return slotAt(slots, this.#wallMs + slots.toleranceMs)
  }
}
