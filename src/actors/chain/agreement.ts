/**
 * Carries out what the agreement decides: signs and stores votes before they are sent, builds and
 * announces blocks, commits, keeps the engine's head, fetches what is missing.
 *
 * What is promised is durable first: a vote with its record, its certificate and the blocks it stands
 * on is one atomic commit, and it is counted and sent only after that. If the disk fails, this actor
 * fails, and starts again from what the disk holds.
 */
import { assert, present } from '../../base/assert.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { PeerId, Verifier } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import type { SignedHeader } from '../../protocol/block/header.ts'
import type { ParentFacts } from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'
import { quorumOf } from '../../protocol/committee.ts'
import type { Contradiction } from '../../protocol/consensus/contradiction.ts'
import type { VoteRecord } from '../../protocol/consensus/record.ts'
import { voteSigningBytes } from '../../protocol/consensus/signing.ts'
import { Simplex } from '../../protocol/consensus/simplex.ts'
import type { SimplexInput, SimplexOutput } from '../../protocol/consensus/step.ts'
import type { BlockRef } from '../../protocol/consensus/tree.ts'
import type { Certificate, SignedVote, Vote } from '../../protocol/consensus/vote.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { CertifiedHeader } from '../../protocol/wire/certified-header.ts'
import {
  type Exchange,
  exchangeCertificatesMax,
  exchangeVotesMax,
} from '../../protocol/wire/exchange.ts'
import { inlineBodyIfSmall } from '../../protocol/wire/gossip.ts'
import type { CheckpointMessage } from '../checkpoint/messages.ts'
import type { EngineMessage } from '../engine/messages.ts'
import type { FetchedBlock, NetworkMessage } from '../network/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import type { ChainRecord, StorageMessage, StoredChain } from '../storage/messages.ts'
import type { SyncMessage } from '../sync/messages.ts'
import { EvidenceKeeper } from './evidence.ts'
import { Halt } from './halt.ts'
import { BlockImport, type HeldBlock, justificationOf, refOf, storedForm } from './import.ts'
import type { ChainEvent, ChainMessage, ChainStatus, Halted, LostBlock } from './messages.ts'
import { type Authority, produceBlock } from './produce.ts'
import type { WriteQueue } from './write-queue.ts'

export interface AgreementParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly chain: Chain
  /** Undefined: this node follows. */
  readonly authority: Authority | undefined
  readonly verifier: Verifier
  readonly engine: Address<EngineMessage>
  readonly network: Address<NetworkMessage>
  readonly peers: Address<PeerMessage>
  readonly storage: Address<StorageMessage>
  readonly sync: Address<SyncMessage>
  readonly checkpoints: Address<CheckpointMessage>
  readonly feedEngine: (done: () => void) => void
  readonly isGateOpen: () => boolean
  /** The committed block that is looked for, if the disk has lost one. */
  readonly lost: () => LostBlock | undefined
  readonly disk: WriteQueue
  /**
   * Of the highest block that this node was given to trust; none if absent. Up to there only runs are taken,
   * which sync has proven to lead to it: votes say nothing about which history they are of.
   */
  readonly trustedHeight?: number
}

/** What the disk says of the last committed block and of this member's votes. */
export interface AgreementMemory {
  readonly record: VoteRecord
  readonly root: BlockRef
  /** Of the root: what a child's payload must name. */
  readonly rootPayload: Hash
  /** The root with what commits it; none at genesis. */
  readonly certified: CertifiedHeader | undefined
}

const fetchDeadlineMs = 4_000

export class Agreement {
  readonly blocks: BlockImport
  readonly #evidence: EvidenceKeeper
  readonly #halt: Halt
  readonly #parts: AgreementParts
  readonly #machine: Simplex
  readonly #disk: WriteQueue
  readonly #inputs: SimplexInput[] = []
  /** Open blocks and notarisations on the disk, by what it takes to drop them. */
  readonly #storedBlocks = new Map<Hash, number>()
  readonly #storedNotarisations = new Set<number>()
  /** Certified blocks that are missing; true while one is being fetched. */
  readonly #wants = new Map<Hash, boolean>()
  #isStepping = false
  #built: StoredBlock | undefined
  #root: ParentFacts
  /** The last committed block that is on the disk: what others may rely on. */
  #durable: { root: BlockRef; payloadHash: Hash; certified: CertifiedHeader | undefined }
  #head: BlockRef

  constructor(parts: AgreementParts, memory: AgreementMemory) {
    this.#parts = parts
    const { chain, verifier, authority, disk } = parts
    this.#disk = disk
    const config = {
      committee: chain.committee,
      slots: chain.slots,
      self: authority?.member,
      aggregate: (signatures: readonly Uint8Array[]) => verifier.aggregate(signatures),
    }
    const { record, root, rootPayload, certified } = memory
    this.#machine = new Simplex(config, { record, root, rootCertificate: certified?.certificate })
    this.#root = factsOf(root, rootPayload)
    this.#durable = { root, payloadHash: rootPayload, certified }
    this.#head = root
    this.blocks = new BlockImport({
      ...parts,
      agreement: this.#machine,
      step: (input) => this.step(input),
      root: () => this.#root,
    })
    this.#evidence = new EvidenceKeeper(parts, this.blocks, (proof) => {
      this.#disk.write([{ kind: 'proof', proof }], undefined, () => undefined)
    })
    this.#halt = new Halt({
      ...parts,
      persist: (records) => this.#disk.write(records, undefined, () => undefined),
      root: () => this.#root,
    })
  }

  get machine(): Simplex {
    return this.#machine
  }

  /** What the next committed block has to stand on. */
  get root(): ParentFacts {
    return this.#root
  }

  status(): ChainStatus {
    const { root, certified } = this.#durable
    const { isVoting } = this.#machine
    const isGateOpen = this.#parts.isGateOpen()
    const lost = this.#parts.lost()
    const { halted } = this
    return {
      ...{ committed: root, head: this.#head, certified, isVoting, isGateOpen },
      ...(lost === undefined ? {} : { lost }),
      ...(halted === undefined ? {} : { halted }),
    }
  }

  /** Why this node has stopped for good, if it has. */
  get halted(): Halted | undefined {
    return this.#halt.halted
  }

  /** A peer has shown a genuine certificate beside what is committed here. */
  contradict(contradiction: Contradiction): void {
    if (!this.#halt.keep(contradiction)) return
    this.step({ kind: 'contradicted' })
  }

  /** Takes up what stopped this node in an earlier life. */
  recallContradiction(contradiction: Contradiction): void {
    this.#halt.recall(contradiction)
    this.step({ kind: 'contradicted' })
  }

  /** Remembers what the disk holds already, so that it is dropped in time and not written again. */
  recall({ blocks, notarisations, votePlace }: StoredChain): void {
    this.#disk.recall(votePlace)
    for (const { signed } of blocks) this.#storedBlocks.set(signed.hash, signed.header.slot)
    for (const { slot } of notarisations) this.#storedNotarisations.add(slot)
  }

  /** Hands one fact to the agreement and does what follows. Facts that follow wait their turn. */
  step(input: SimplexInput): void {
    this.#inputs.push(input)
    if (this.#isStepping) return
    this.#isStepping = true
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      for (const output of this.#machine.step(next)) this.#perform(output)
    }
    this.#isStepping = false
  }

  /** What this node knows that a peer at these slots may lack. */
  exchangeFor(theirs: Pick<Exchange, 'committedSlot' | 'notarisedSlot' | 'nullifiedTo'>): Exchange {
    const { votes, certificates } = this.#machine.missingAt(theirs)
    return {
      committedSlot: this.#machine.root.slot,
      notarisedSlot: this.#machine.highest.slot,
      nullifiedTo: this.#machine.record.nullifiedTo,
      votes: votes.slice(-exchangeVotesMax),
      certificates: certificates.slice(-exchangeCertificatesMax),
    }
  }

  exchangeWith(peers: readonly PeerId[] | 'all'): void {
    const { root, highest } = this.#machine
    // What the other stands at is not known: send what is above our own committed block.
    const guess = { committedSlot: root.slot - 1, notarisedSlot: highest.slot - 1, nullifiedTo: 0 }
    const exchange = this.exchangeFor(guess)
    this.#parts.context.send(this.#parts.network, { kind: 'exchange-with', peers, exchange })
  }

  /** Asks again for what is missing. */
  retryWants(): void {
    for (const [hash, isFetching] of this.#wants) if (!isFetching) this.#fetch(hash)
  }

  // ----- what the agreement decided -----

  #perform(output: SimplexOutput): void {
    switch (output.kind) {
      case 'cast':
        return this.#cast(output)
      case 'relay':
        return this.#relay(output.certificate)
      case 'build':
        return this.#build(output)
      case 'propose':
        return this.#propose(output)
      case 'head':
        return this.#moveHead(output.block)
      case 'commit':
        return this.#commit(output.blocks, output.certificate)
      case 'want':
        if (this.#wants.has(output.hash) || this.blocks.recall(output.hash)) return
        this.#wants.set(output.hash, false)
        return this.#fetch(output.hash)
      case 'repeat':
        return this.exchangeWith('all')
      case 'evidence':
        return this.#evidence.keep(output.evidence)
      case 'conflict':
        this.#halt.stop(output.detail, output.certificate)
        return this.tellStatus()
      default:
        return output satisfies never
    }
  }

  /** S1–S3: record, certificate and blocks are durable before the vote is counted or sent. */
  #cast({ vote, certificate, record }: Extract<SimplexOutput, { kind: 'cast' }>): void {
    const signed = this.#sign(vote)
    const records: ChainRecord[] = []
    if (certificate !== undefined) records.push(...this.#notarisationRecord(certificate))
    if (vote.kind === 'notarise') records.push(...this.#blockRecords(vote.block))
    this.#disk.write(records, record, () => {
      const { context, network } = this.#parts
      context.emit({ kind: 'vote-sent', vote: signed })
      context.send(network, { kind: 'publish', payload: { kind: 'vote', vote: signed } })
      this.step({ kind: 'vote', vote: signed })
    })
  }

  #sign(vote: Vote): SignedVote {
    const { chain } = this.#parts
    const { member, signer } = present(this.#parts.authority, 'the keys of a member that votes')
    const { epoch } = chain.committee
    const message = voteSigningBytes(chain.tag, epoch, vote)
    const signature =
      vote.kind === 'nullify' ? signer.signAuthor(message) : signer.signVote(message)
    return { vote, epoch, signer: member, signature }
  }

  #notarisationRecord(certificate: Certificate): readonly ChainRecord[] {
    const { slot } = certificate
    if (slot <= this.#machine.root.slot || this.#storedNotarisations.has(slot)) return []
    this.#storedNotarisations.add(slot)
    return [{ kind: 'notarisation', certificate }]
  }

  /** The block and its ancestors above the root, as far as they are not on the disk yet. */
  #blockRecords(hash: Hash): readonly ChainRecord[] {
    const records: ChainRecord[] = []
    let at = hash
    for (let held = this.blocks.held(at); held !== undefined; held = this.blocks.held(at)) {
      if (this.#storedBlocks.has(at)) break
      this.#storedBlocks.set(at, held.signed.header.slot)
      // S2: what is stored is what justified the vote, which need not be what came with the block.
      const justification = this.#machine.justificationOf(at) ?? held.justification
      records.push({ kind: 'block', block: storedForm({ ...held, justification }) })
      at = held.signed.header.parentHash
    }
    return records
  }

  #relay(certificate: Certificate): void {
    const { context, network } = this.#parts
    context.emit({ kind: 'block-notarised', certificate })
    context.send(network, { kind: 'publish', payload: { kind: 'certificate', certificate } })
  }

  #build({ slot, parent, justification }: Extract<SimplexOutput, { kind: 'build' }>): void {
    const authority = present(this.#parts.authority, 'the keys of a member that proposes')
    const parentPayload = present(this.blocks.payloadHashOf(parent.hash), 'the head is held')
    const finalizedPayload = this.#durable.payloadHash
    const order = { slot, parent, justification, parentPayload, finalizedPayload }
    produceBlock({ ...this.#parts, authority }, order, (block) => {
      this.#built = block
      this.step({ kind: 'built', slot, block: block && refOf(block.signed) })
    })
  }

  #propose({ block, record }: Extract<SimplexOutput, { kind: 'propose' }>): void {
    const built = this.#built
    assert(built?.signed.hash === block.hash, 'what is proposed was built')
    this.#storedBlocks.set(block.hash, block.slot)
    this.#disk.write([{ kind: 'block', block: built }], record, () => {
      const { context, network, isGateOpen } = this.#parts
      // The disk took so long that sync has found this node behind: nobody waits for the block any more.
      if (!isGateOpen()) return
      const { hash, slot, height } = block
      context.emit({ kind: 'block-proposed', hash, slot, height })
      context.send(network, { kind: 'publish', payload: inlineBodyIfSmall(built) })
      const { signed, body, justification } = built
      const own = { source: 'own', from: undefined, verdict: () => undefined } as const
      this.blocks.arrive({ signed, body, justification, ...own })
    })
  }

  /** A9: the engine's head is only ever a notarised block. */
  #moveHead(block: BlockRef): void {
    this.#head = block
    const { hash, height, slot } = block
    this.#parts.context.emit({ kind: 'head-changed', hash, height, slot })
    this.#setEngineHead()
    this.tellStatus()
  }

  /** The head is not known here while it is behind what a run committed: then that is the head. */
  #setEngineHead(): void {
    const finalized = this.#durable.payloadHash
    const head = this.blocks.payloadHashOf(this.#head.hash) ?? finalized
    this.#parts.context.send(this.#parts.engine, { kind: 'set-head', head, finalized })
  }

  /** V4. The blocks move to where they are found by height, in one commit with their certificate. */
  #commit(path: readonly BlockRef[], certificate: Certificate): void {
    const blocks = path.map(({ hash }) => present(this.blocks.held(hash), `the body of ${hash}`))
    const last = present(blocks.at(-1), 'a commit has a block')
    this.#root = factsOf(refOf(last.signed), last.execution.payload.blockHash)
    this.#keep(blocks, certificate)
  }

  #keep(blocks: readonly HeldBlock[], certificate: Certificate): void {
    const last = present(blocks.at(-1), 'something is kept').signed
    const records: ChainRecord[] = blocks.map((block) => ({
      kind: 'committed',
      block: storedForm(block),
    }))
    records.push({ kind: 'finalisation', height: last.header.height, certificate })
    // What this commit replaces is dropped by the next one: a write cut short must not take both.
    records.push(...this.#dropRecords(this.#durable.root.slot))
    this.blocks.prune(last.header.slot)
    this.#wants.clear()
    this.#disk.write(records, undefined, () => {
      const payloadHash = present(blocks.at(-1), 'kept').execution.payload.blockHash
      this.#durable = { root: refOf(last), payloadHash, certified: { signed: last, certificate } }
      this.#committed(
        blocks.map(({ signed }) => signed),
        certificate,
        'votes',
      )
    })
  }

  /**
   * Takes over imported blocks, which are on the disk with the certificate of the last: all above the root,
   * in order. `payloadHash` is that of the last.
   */
  adoptImported(
    headers: readonly SignedHeader[],
    certificate: Certificate,
    payloadHash: Hash,
  ): void {
    const last = present(headers.at(-1), 'something is adopted')
    assert(headers[0]?.header.parentHash === this.#root.hash, 'what is adopted is on the root')
    const root = refOf(last)
    const records = this.#dropRecords(this.#durable.root.slot)
    this.#root = factsOf(root, payloadHash)
    this.#durable = { root, payloadHash, certified: { signed: last, certificate } }
    this.blocks.prune(root.slot)
    this.#wants.clear()
    this.#disk.write(records, undefined, () => undefined)
    this.#committed(headers, certificate, 'run')
    this.step({ kind: 'advance', root, certificate })
    this.blocks.executeWaiting()
  }

  /** Tells of blocks that are committed and durable, the last of them by its certificate. */
  #committed(
    headers: readonly SignedHeader[],
    certificate: Certificate,
    source: 'votes' | 'run',
  ): void {
    for (const { header, hash } of headers) {
      const { parentHash: parent, height, slot, stateRoot } = header
      const transactions = header.itemCount - 1
      const finalisation = hash === certificate.block ? certificate : undefined
      const about = { hash, parent, height, slot, stateRoot, transactions, finalisation, source }
      this.#parts.context.emit({ kind: 'block-committed', ...about })
    }
    this.#setEngineHead()
    this.tellStatus()
    const status = this.status()
    const hashes = headers.map(({ hash }) => hash)
    const fromHeight = status.committed.height - headers.length + 1
    const committed = { kind: 'blocks-committed', fromHeight, hashes, status } as const
    this.#parts.context.send(this.#parts.checkpoints, committed)
  }

  #dropRecords(rootSlot: number): readonly ChainRecord[] {
    const records: ChainRecord[] = []
    for (const [hash, slot] of this.#storedBlocks) {
      if (slot > rootSlot) continue
      records.push({ kind: 'drop-block', slot, hash })
      this.#storedBlocks.delete(hash)
    }
    for (const slot of this.#storedNotarisations) {
      if (slot > rootSlot) continue
      records.push({ kind: 'drop-notarisation', slot })
      this.#storedNotarisations.delete(slot)
    }
    return records
  }

  /** Tells the neighbours of the chain where it stands. */
  tellStatus(): void {
    const { context, network, sync } = this.#parts
    const status = this.status()
    context.send(network, { kind: 'set-status', status })
    context.send(sync, { kind: 'chain-advanced', status })
  }

  #fetch(hash: Hash): void {
    const { context, network, peers } = this.#parts
    this.#wants.set(hash, true)
    const question = {
      to: network,
      deadlineMs: fetchDeadlineMs,
      ask: (reply: (found: FetchedBlock | undefined) => void): NetworkMessage => ({
        kind: 'fetch-block',
        hash,
        from: undefined,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      if (!this.#wants.has(hash)) return
      this.#wants.set(hash, false)
      const found = outcome.ok ? outcome.value : undefined
      if (found === undefined) return
      this.#wants.delete(hash)
      const { block, from } = found
      const justification = justificationOf(block)
      this.blocks.arrive({
        signed: block.signed,
        body: block.body,
        justification,
        source: 'fetched',
        from,
        verdict: (verdict) => {
          if (verdict !== 'reject') return
          this.#wants.set(hash, false)
          context.send(peers, { kind: 'report-peer', peer: from, offence: 'forged' })
        },
      })
    })
  }

  /** Calls `done` once all that was handed over for the disk is on it. */
  whenDurable(done: () => void): void {
    this.#disk.whenDurable(done)
  }

  /** Whether one vote is a quorum: then there is nobody to ask before voting. */
  get isAlone(): boolean {
    return quorumOf(this.#parts.chain.committee) === 1
  }
}

function factsOf({ hash, height, slot }: BlockRef, payloadHash: Hash): ParentFacts {
  return { hash, height, slot, payloadHash }
}
