/**
 * The one way into the chain for a block, wherever it comes from:
 *
 *   arrived → checked (header, signatures, justification) → held (body) → executed → [agreement]
 *
 * Gossip, this node's own blocks, blocks fetched by hash and blocks found on the disk all pass these
 * stages here, in this order, and leave as facts for the agreement. A gossiped announcement travels
 * on as soon as its block is held: whoever hears of it can fetch it from us.
 *
 * Does not vote, commit or store (`actor.ts` does), nor take runs (`run-import.ts` does).
 */
import { assert, present } from '../../base/assert.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { Check, PeerId, Verdict, Verifier } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import type { Body } from '../../protocol/block/body.ts'
import type { SignedHeader } from '../../protocol/block/header.ts'
import {
  type CheckedBlock,
  checkBody,
  headerFault,
  linkFault,
  type ParentFacts,
} from '../../protocol/block/rules.ts'
import type { Chain } from '../../protocol/chain.ts'
import {
  certificateCheck,
  headerCheck,
  isQuorum,
  voteCheck,
} from '../../protocol/consensus/checks.ts'
import { justificationFault } from '../../protocol/consensus/nullification.ts'
import type { Simplex } from '../../protocol/consensus/simplex.ts'
import type { SimplexInput } from '../../protocol/consensus/step.ts'
import type { BlockRef } from '../../protocol/consensus/tree.ts'
import type { Justification } from '../../protocol/consensus/vote.ts'
import { decodePayload } from '../../protocol/execution/payload.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { EngineMessage } from '../engine/messages.ts'
import type { FetchedBlock, NetworkMessage } from '../network/messages.ts'
import type { BlockSource, ChainEvent, ChainMessage } from './messages.ts'

/** A block on its way in. */
export interface Arrival {
  readonly signed: SignedHeader
  /** Undefined for a certified block whose justification is no longer needed. */
  readonly justification: Justification | undefined
  /** Undefined: to be fetched from `from`. */
  readonly body: Body | undefined
  readonly source: BlockSource
  readonly from: PeerId | undefined
  readonly verdict: (verdict: Verdict) => void
}

/** A block that is held: checked, with its body. */
export interface HeldBlock extends CheckedBlock {
  readonly justification: Justification | undefined
}

export interface ImportParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly chain: Chain
  readonly verifier: Verifier
  readonly engine: Address<EngineMessage>
  readonly network: Address<NetworkMessage>
  readonly agreement: Simplex
  /** Hands a fact to the agreement. */
  readonly step: (input: SimplexInput) => void
  /** The block at the root of the tree, for its children to stand on. */
  readonly root: () => ParentFacts
  /** The engine lacks blocks that this node has committed: feed it, then call back. */
  readonly feedEngine: (done: () => void) => void
}

/** Headers kept above the root. */
const headersMax = 256
/** Bodies held above the root; what is beyond is refused and can be fetched again. */
const heldMax = 512
/** Blocks, in whatever form, whose signatures are being checked. */
const checkingMax = 64
/** Blocks whose bodies are being fetched. */
const fetchingMax = 64
/** Of each of them, peers that have announced it and are asked first: what one of them says of it may be worthless. */
const bringersMax = 4
const fetchDeadlineMs = 4_000
const engineDeadlineMs = 8_000

const noJustification: Justification = { notarisation: undefined, nullifies: [] }

export class BlockImport {
  readonly #parts: ImportParts
  readonly #held = new Map<Hash, HeldBlock>()
  #checking = 0
  /** Blocks whose bodies are on their way, and who announced each. */
  readonly #fetching = new Map<Hash, Set<PeerId | undefined>>()
  readonly #executing = new Set<Hash>()
  /** Blocks for whose sake the engine was fed, and which were not executed since. */
  readonly #fedFor = new Set<Hash>()
  /** Headers that passed their checks lately, for proofs against their authors. */
  readonly #headers = new Map<Hash, SignedHeader>()

  constructor(parts: ImportParts) {
    this.#parts = parts
  }

  /** The block with its body, if it is above the root and held. */
  held(hash: Hash): HeldBlock | undefined {
    return this.#held.get(hash)
  }

  /** A header that was checked lately. */
  header(hash: Hash): SignedHeader | undefined {
    return this.#headers.get(hash)
  }

  /** As it is stored and sent. */
  stored(hash: Hash): StoredBlock | undefined {
    const held = this.#held.get(hash)
    return held && storedForm(held)
  }

  /** The payload hash a block's child must name. */
  payloadHashOf(hash: Hash): Hash | undefined {
    const root = this.#parts.root()
    if (hash === root.hash) return root.payloadHash
    return this.#held.get(hash)?.execution.payload.blockHash
  }

  /** Hands a held block to the agreement again, which had forgotten it. False if it is not held. */
  recall(hash: Hash): boolean {
    const held = this.#held.get(hash)
    if (held === undefined) return false
    const { signed, justification } = held
    this.#parts.step({ kind: 'proposal', block: refOf(signed), justification })
    this.#execute(hash)
    return true
  }

  /** Forgets what the root has left behind. */
  prune(rootSlot: number): void {
    for (const [hash, { signed }] of this.#held) {
      if (signed.header.slot > rootSlot) continue
      this.#held.delete(hash)
      this.#fedFor.delete(hash)
    }
    for (const [hash, { header }] of this.#headers) {
      if (header.slot <= rootSlot || this.#headers.size > headersMax) this.#headers.delete(hash)
    }
  }

  // ----- arrived → checked -----

  arrive(arrival: Arrival): void {
    const { signed, source, verdict } = arrival
    const { chain, agreement } = this.#parts
    if (this.#isHeld(arrival) || signed.header.slot <= agreement.root.slot) return verdict('ignore')
    if (source !== 'own' && !this.#isRoomFor(arrival)) return verdict('ignore')
    const fault = headerFault(chain, signed.header) ?? this.#standingFault(arrival)
    if (fault !== undefined) return this.#refuse(arrival, fault.code)
    // What was checked before it was stored, or made here, is not checked again.
    if (source === 'own' || source === 'disk') return this.#checked(arrival)
    this.#checking += 1
    this.#parts.verifier.verify(
      this.#checksOf(arrival),
      'urgent',
      this.#parts.context.bind((verdicts) => {
        this.#checking -= 1
        if (!verdicts.every((isRight) => isRight)) return this.#refuse(arrival, 'signature-wrong')
        this.#checked(arrival)
      }),
    )
  }

  /** A block that is held without a justification may come again with one. */
  #isHeld({ signed, justification }: Arrival): boolean {
    const held = this.#held.get(signed.hash)
    return held !== undefined && (held.justification !== undefined || justification === undefined)
  }

  /**
   * Whoever brings a block first may have taken its body away, or its signature, or what justifies it: none of them is
   * in its hash. So what comes meanwhile is looked at as well, also of the same peer: gossip brings nothing again.
   */
  #isRoomFor(arrival: Arrival): boolean {
    return this.#checking < checkingMax && this.#mayFetch(arrival)
  }

  /** Whether a body that did not come along may be asked for: once for each of those who announce it. */
  #mayFetch({ signed, from, body }: Arrival): boolean {
    if (body !== undefined) return true
    const bringers = this.#fetching.get(signed.hash)
    if (bringers === undefined) return this.#fetching.size < fetchingMax
    return bringers.size < bringersMax && !bringers.has(from)
  }

  #beginFetch({ signed, from }: Arrival): void {
    this.#fetching.set(signed.hash, (this.#fetching.get(signed.hash) ?? new Set()).add(from))
  }

  #endFetch({ signed, from }: Arrival): void {
    const bringers = this.#fetching.get(signed.hash)
    bringers?.delete(from)
    if (bringers?.size === 0) this.#fetching.delete(signed.hash)
  }

  /** Why the block may not stand where it says, by its justification alone. */
  #standingFault({ signed, justification }: Arrival): { readonly code: string } | undefined {
    if (justification === undefined) return undefined
    const { chain } = this.#parts
    const { notarisation } = justification
    const isOnGenesis = signed.header.parentHash === chain.genesis.hash
    if (notarisation !== undefined && !isQuorum(chain, notarisation)) return { code: 'no-quorum' }
    const slot = isOnGenesis ? 0 : (notarisation?.slot ?? -1)
    if (slot < 0) return { code: 'parent-not-notarised' }
    const parent = { hash: signed.header.parentHash, slot }
    return justificationFault(chain.committee, refOf(signed), parent, justification)
  }

  #checksOf({ signed, justification }: Arrival): readonly Check[] {
    const { chain, agreement } = this.#parts
    const checks = [headerCheck(chain, signed)]
    const notarisation = justification?.notarisation
    // What says the same as a certificate that was checked is not the same: it is passed on, and it may be stored.
    if (notarisation !== undefined && !agreement.isHeldCertificate(notarisation)) {
      checks.push(certificateCheck(chain, notarisation))
    }
    for (const vote of justification?.nullifies ?? []) checks.push(voteCheck(chain, vote))
    return checks
  }

  // ----- checked → held -----

  #checked(arrival: Arrival): void {
    const { signed, justification, source, body, verdict } = arrival
    const { context, step } = this.#parts
    const { hash, header } = signed
    if (this.#isHeld(arrival)) return verdict('ignore')
    const { slot, parentHash: parent } = header
    context.emit({ kind: 'block-checked', hash, parent, slot, source })
    this.#headers.set(hash, signed)
    step({ kind: 'proposal', block: refOf(signed), justification })
    if (body !== undefined) return this.#hold(arrival, body)
    // Others may have announced it while this was checked.
    if (!this.#mayFetch(arrival)) return verdict('ignore')
    this.#fetchBody(arrival)
  }

  #fetchBody(arrival: Arrival): void {
    const { hash } = arrival.signed
    const { context, network } = this.#parts
    this.#beginFetch(arrival)
    const question = {
      to: network,
      deadlineMs: fetchDeadlineMs,
      ask: (reply: (found: FetchedBlock | undefined) => void): NetworkMessage => ({
        kind: 'fetch-block',
        hash,
        from: arrival.from,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      this.#endFetch(arrival)
      const found = outcome.ok ? outcome.value : undefined
      if (found === undefined) return arrival.verdict('ignore')
      this.#hold(arrival, found.block.body)
    })
  }

  #hold(arrival: Arrival, body: Body): void {
    const { chain, agreement } = this.#parts
    const { signed, justification } = arrival
    const checked = checkBody(chain, signed, body)
    if (!checked.ok) return this.#refuse(arrival, checked.fault.code)
    const isLate = signed.header.slot <= agreement.root.slot || this.#isHeld(arrival)
    if (isLate || (this.#held.size >= heldMax && arrival.source === 'gossip')) {
      return arrival.verdict('ignore')
    }
    this.#held.set(signed.hash, { ...checked.value, justification })
    arrival.verdict('accept')
    this.#execute(signed.hash)
  }

  #refuse({ signed, verdict }: Arrival, code: string): void {
    this.#parts.context.emit({ kind: 'block-refused', hash: signed.hash, code })
    verdict('reject')
  }

  // ----- held → executed -----

  /** Executes a held block once its parent is; then its children. */
  #execute(hash: Hash): void {
    const block = this.#held.get(hash)
    const { agreement, context, engine, step } = this.#parts
    if (block === undefined || this.#executing.has(hash)) return
    if (agreement.statusOf(hash) !== 'announced') return
    const parent = this.#parentOf(block)
    if (parent === undefined) return
    const fault = linkFault(block, parent)
    if (fault !== undefined) {
      context.emit({ kind: 'block-refused', hash, code: fault.code })
      return step({ kind: 'block-invalid', hash })
    }
    this.#executing.add(hash)
    const { payload, transactions } = block.execution
    const question = {
      to: engine,
      deadlineMs: engineDeadlineMs,
      ask: (reply: (outcome: ExecutionAnswer) => void): EngineMessage => ({
        kind: 'execute',
        payload,
        transactions,
        reply,
      }),
    }
    context.ask(question, (outcome) => {
      this.#executing.delete(hash)
      this.#executed(block, outcome.ok ? outcome.value : { kind: 'unavailable', detail: 'late' })
    })
  }

  #executed(block: HeldBlock, outcome: ExecutionAnswer): void {
    const { context, step } = this.#parts
    const { hash, header } = block.signed
    if (outcome.kind !== 'syncing') this.#fedFor.delete(hash)
    switch (outcome.kind) {
      case 'valid':
        context.emit({ kind: 'block-executed', hash, height: header.height })
        step({ kind: 'block-ready', hash })
        return this.executeChildren(hash)
      case 'invalid':
        context.emit({ kind: 'block-refused', hash, code: 'execution-invalid' })
        return step({ kind: 'block-invalid', hash })
      case 'syncing':
        return this.#feedFor(hash)
      case 'unavailable':
        // The next tick of the clock tries again.
        return
      default:
        return outcome satisfies never
    }
  }

  /**
   * Once, then at the next tick: an engine that is ahead of the root, because a run is being imported, does
   * not take a block beside that run, however much it is fed.
   */
  #feedFor(hash: Hash): void {
    if (this.#fedFor.delete(hash)) return
    this.#fedFor.add(hash)
    this.#parts.feedEngine(() => this.#execute(hash))
  }

  /** Tries every held block that waits: its slot may have begun, or the engine may be back. */
  executeWaiting(): void {
    for (const hash of this.#held.keys()) this.#execute(hash)
  }

  /** Goes on with the held children of a block that became ready. */
  executeChildren(parent: Hash): void {
    for (const [hash, { signed }] of this.#held) {
      if (signed.header.parentHash === parent) this.#execute(hash)
    }
  }

  #parentOf(block: HeldBlock): ParentFacts | undefined {
    const { parentHash } = block.signed.header
    const root = this.#parts.root()
    if (parentHash === root.hash) return root
    const parent = this.#held.get(parentHash)
    if (parent === undefined || this.#parts.agreement.statusOf(parentHash) !== 'ready') {
      return undefined
    }
    const { hash, header } = parent.signed
    const payloadHash = parent.execution.payload.blockHash
    return { hash, height: header.height, slot: header.slot, payloadHash }
  }
}

type ExecutionAnswer = Parameters<Extract<EngineMessage, { kind: 'execute' }>['reply']>[0]

/** What the agreement needs to know of a header. */
export function refOf({ header, hash }: SignedHeader): BlockRef {
  return { hash, parent: header.parentHash, slot: header.slot, height: header.height }
}

/** A held block as it is stored and sent; a justification that is not needed is empty. */
export function storedForm(held: HeldBlock): StoredBlock {
  const { signed, body, justification } = held
  return { signed, body, justification: justification ?? noJustification }
}

/** What came with a stored block, if it says anything. */
export function justificationOf(block: StoredBlock): Justification | undefined {
  const { notarisation, nullifies } = block.justification
  return notarisation === undefined && nullifies.length === 0 ? undefined : block.justification
}

/** The payload hash of a stored block, which was checked before it was stored. */
export function payloadHashOf(block: StoredBlock): Hash {
  const item = present(block.body[0], 'a stored block begins with a payload')
  const payload = decodePayload(item.bytes)
  assert(payload.ok, 'a stored payload can be read')
  return payload.value.blockHash
}
