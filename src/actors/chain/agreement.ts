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
import type { ParentFacts } from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'
import { quorumOf } from '../../protocol/committee.ts'
import type { Proof } from '../../protocol/consensus/evidence.ts'
import type { VoteRecord } from '../../protocol/consensus/record.ts'
import { voteSigningBytes } from '../../protocol/consensus/signing.ts'
import { Simplex } from '../../protocol/consensus/simplex.ts'
import type { SimplexInput, SimplexMemory, SimplexOutput } from '../../protocol/consensus/step.ts'
import type { BlockRef } from '../../protocol/consensus/tree.ts'
import type { Certificate, Evidence, SignedVote, Vote } from '../../protocol/consensus/vote.ts'
import { decodePayload } from '../../protocol/execution/payload.ts'
import type { Hash } from '../../protocol/hash.ts'
import {
  type Exchange,
  exchangeCertificatesMax,
  exchangeVotesMax,
} from '../../protocol/wire/exchange.ts'
import { inlineBodyIfSmall } from '../../protocol/wire/gossip.ts'
import type { EngineMessage } from '../engine/messages.ts'
import type { FetchedBlock, NetworkMessage } from '../network/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import type { ChainRecord, StorageMessage, StoredChain } from '../storage/messages.ts'
import type { SyncMessage } from '../sync/messages.ts'
import { BlockImport, type HeldBlock, justificationOf, refOf, storedForm } from './import.ts'
import type { ChainEvent, ChainMessage, ChainStatus } from './messages.ts'
import { type Authority, produceBlock } from './produce.ts'

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
  readonly feedEngine: (done: () => void) => void
  readonly isGateOpen: () => boolean
}

/** Records that wait for the disk, and what waits for them. */
interface Unwritten {
  readonly records: readonly ChainRecord[]
  /** The watermarks, if these records belong to a vote or a proposal. */
  readonly votes: VoteRecord | undefined
  readonly then: () => void
}

/** Proofs kept in one life of this actor: a liar must not fill the disk. */
const proofsMax = 1_024
const persistDeadlineMs = 30_000
const fetchDeadlineMs = 4_000

export class Agreement {
  readonly blocks: BlockImport
  readonly #parts: AgreementParts
  readonly #machine: Simplex
  readonly #inputs: SimplexInput[] = []
  /** Open blocks and notarisations on the disk, by what it takes to drop them. */
  readonly #storedBlocks = new Map<Hash, number>()
  readonly #storedNotarisations = new Set<number>()
  /** Certified blocks that are missing; true while one is being fetched. */
  readonly #wants = new Map<Hash, boolean>()
  #isStepping = false
  #unwritten: Unwritten[] = []
  #isWriting = false
  #proofs = 0
  #votePlace: StoredChain['votePlace'] = 0
  #built: StoredBlock | undefined
  #root: ParentFacts
  /** The last committed block that is on the disk: what others may rely on. */
  #durable: { root: BlockRef; payloadHash: Hash; certificate: Certificate | undefined }
  #head: BlockRef

  constructor(parts: AgreementParts, memory: SimplexMemory, rootPayload: Hash) {
    this.#parts = parts
    const { chain, verifier, authority } = parts
    const config = {
      committee: chain.committee,
      slots: chain.slots,
      self: authority?.member,
      aggregate: (signatures: readonly Uint8Array[]) => verifier.aggregate(signatures),
    }
    this.#machine = new Simplex(config, memory)
    const { root, rootCertificate } = memory
    this.#root = factsOf(root, rootPayload)
    this.#durable = { root, payloadHash: rootPayload, certificate: rootCertificate }
    this.#head = root
    this.blocks = new BlockImport({
      ...parts,
      agreement: this.#machine,
      step: (input) => this.step(input),
      root: () => this.#root,
    })
  }

  get machine(): Simplex {
    return this.#machine
  }

  /** What a range of committed blocks has to stand on. */
  get root(): ParentFacts {
    return this.#root
  }

  status(): ChainStatus {
    const { root, certificate } = this.#durable
    const { isVoting } = this.#machine
    const isGateOpen = this.#parts.isGateOpen()
    return { committed: root, head: this.#head, finalisation: certificate, isVoting, isGateOpen }
  }

  /** Remembers what the disk holds already, so that it is dropped in time and not written again. */
  recall({ blocks, notarisations, votePlace }: StoredChain): void {
    this.#votePlace = votePlace
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
        return this.#keepEvidence(output.evidence)
      case 'conflict':
        return this.#parts.context.emit({ kind: 'chain-halted', detail: output.detail })
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
    this.#persist({ records, votes: record }, () => {
      const { context, network } = this.#parts
      context.emit({ kind: 'vote-sent', vote: signed })
      context.send(network, { kind: 'publish', payload: { kind: 'vote', vote: signed } })
      this.step({ kind: 'vote', vote: signed })
    })
  }

  #voteRecord(record: VoteRecord): ChainRecord {
    this.#votePlace = this.#votePlace === 0 ? 1 : 0
    return { kind: 'vote-record', record, place: this.#votePlace }
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
    this.#persist({ records: [{ kind: 'block', block: built }], votes: record }, () => {
      const { context, network } = this.#parts
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

  /** The head is not known here while it is behind what a range committed: then that is the head. */
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
    this.#keep(blocks, certificate, 'votes')
  }

  /** Takes over a range of committed blocks that was checked and executed. */
  adopt(blocks: readonly HeldBlock[], certificate: Certificate): void {
    const last = present(blocks.at(-1), 'a range has a block')
    this.#root = factsOf(refOf(last.signed), last.execution.payload.blockHash)
    this.#keep(blocks, certificate, 'range')
    this.step({ kind: 'advance', root: refOf(last.signed), certificate })
    this.blocks.executeWaiting()
  }

  #keep(blocks: readonly HeldBlock[], certificate: Certificate, source: 'votes' | 'range'): void {
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
    this.#persist({ records, votes: undefined }, () => {
      const payloadHash = present(blocks.at(-1), 'kept').execution.payload.blockHash
      this.#durable = { root: refOf(last), payloadHash, certificate }
      for (const block of blocks) {
        const finalisation = block.signed.hash === last.hash ? certificate : undefined
        this.#emitCommitted(block, finalisation, source)
      }
      this.#setEngineHead()
      this.tellStatus()
    })
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

  #emitCommitted(
    { signed, execution }: HeldBlock,
    finalisation: Certificate | undefined,
    source: 'votes' | 'range',
  ): void {
    const { header, hash } = signed
    this.#parts.context.emit({
      kind: 'block-committed',
      hash,
      parent: header.parentHash,
      height: header.height,
      slot: header.slot,
      stateRoot: header.stateRoot,
      transactions: execution.transactions.length,
      finalisation,
      source,
    })
  }

  /** Tells the neighbours of the chain where it stands. */
  tellStatus(): void {
    const { context, network, sync } = this.#parts
    const status = this.status()
    context.send(network, { kind: 'set-status', status })
    context.send(sync, { kind: 'chain-advanced', status })
  }

  /** N5. It is kept and shown; what follows from it is for people to decide. */
  #keepEvidence(evidence: Evidence): void {
    this.#parts.context.emit({ kind: 'evidence-found', evidence })
    const proof = this.#proofOf(evidence)
    if (proof === undefined || this.#proofs >= proofsMax) return
    this.#proofs += 1
    this.#persist({ records: [{ kind: 'proof', proof }], votes: undefined }, () => undefined)
  }

  #proofOf(evidence: Evidence): Proof | undefined {
    if (evidence.kind === 'double-vote') return evidence
    const [first, second] = evidence.blocks.map((hash) => this.blocks.header(hash))
    if (first === undefined || second === undefined) return undefined
    return { kind: 'double-proposal', first, second }
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

  /**
   * Has records made durable, then does what waited for it. One group is on its way at a time, and
   * what is asked for meanwhile makes up the next: so nothing is ever on the disk whose forerunner is
   * not, even if a write in between fails, and a busy disk is asked less often.
   */
  #persist(entry: Omit<Unwritten, 'then'>, then: () => void): void {
    this.#unwritten.push({ ...entry, then })
    if (!this.#isWriting) this.#writeGroup()
  }

  #writeGroup(): void {
    const group = this.#unwritten
    if (group.length === 0) return
    this.#unwritten = []
    this.#isWriting = true
    const { context, storage } = this.#parts
    const records = group.flatMap((entry) => entry.records)
    // The newest watermarks of the group cover the others; two places in one write would be none.
    const votes = group.findLast((entry) => entry.votes !== undefined)?.votes
    if (votes !== undefined) records.push(this.#voteRecord(votes))
    if (records.length === 0) return this.#written(group)
    const question = {
      to: storage,
      deadlineMs: persistDeadlineMs,
      ask: (reply: PersistReply): StorageMessage => ({ kind: 'persist', records, reply }),
    }
    context.ask(question, (outcome) => {
      const fault = outcome.ok
        ? outcome.value.ok
          ? undefined
          : outcome.value.fault
        : outcome.fault
      assert(fault === undefined, `the chain cannot be stored: ${JSON.stringify(fault)}`)
      this.#written(group)
    })
  }

  #written(group: readonly Unwritten[]): void {
    this.#isWriting = false
    for (const { then } of group) then()
    if (!this.#isWriting) this.#writeGroup()
  }

  /** Calls `done` once all that was handed over for the disk is on it. */
  whenDurable(done: () => void): void {
    this.#persist({ records: [], votes: undefined }, done)
  }

  /** Whether one vote is a quorum: then there is nobody to ask before voting. */
  get isAlone(): boolean {
    return quorumOf(this.#parts.chain.committee) === 1
  }
}

type PersistReply = Extract<StorageMessage, { kind: 'persist' }>['reply']

function factsOf({ hash, height, slot }: BlockRef, payloadHash: Hash): ParentFacts {
  return { hash, height, slot, payloadHash }
}

/** The payload hash of a stored block, which was checked before it was stored. */
export function payloadHashOf(block: StoredBlock): Hash {
  const item = present(block.body[0], 'a stored block begins with a payload')
  const payload = decodePayload(item.bytes)
  assert(payload.ok, 'a stored payload can be read')
  return payload.value.blockHash
}
