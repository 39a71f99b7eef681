/** This node's own blocks: asks the engine for a payload, and puts header and body around it. */
import type { Address, Context } from '../../kernel/actor.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import { type Body, bodyRoot } from '../../protocol/block/body.ts'
import { type Header, headerHash, headerVersion } from '../../protocol/block/header.ts'
import type { Chain } from '../../protocol/chain.ts'
import { headerSigningBytes } from '../../protocol/consensus/signing.ts'
import type { BlockRef } from '../../protocol/consensus/tree.ts'
import type { Justification } from '../../protocol/consensus/vote.ts'
import type { Signer } from '../../protocol/crypto/signer.ts'
import { encodePayload } from '../../protocol/execution/payload.ts'
import type { Hash } from '../../protocol/hash.ts'
import { slotMoment } from '../../protocol/slots.ts'
import type { BuiltPayload, EngineMessage } from '../engine/messages.ts'
import type { ChainEvent, ChainMessage } from './messages.ts'

/** A member of the committee: its place, and what it can sign. */
export interface Authority {
  readonly member: number
  readonly signer: Signer
  /** 20 bytes: who earns the fees of its blocks. */
  readonly feeRecipient: Uint8Array
}

export interface ProduceParts {
  readonly context: Context<ChainMessage, ChainEvent>
  readonly chain: Chain
  readonly authority: Authority
  readonly engine: Address<EngineMessage>
}

export interface BlockOrder {
  readonly slot: number
  readonly parent: BlockRef
  readonly justification: Justification
  readonly parentPayload: Hash
  readonly finalizedPayload: Hash
}

const buildDeadlineMs = 1_000

/** Builds and signs a block. Undefined: the engine did not deliver in time. */
export function produceBlock(
  parts: ProduceParts,
  order: BlockOrder,
  done: (block: StoredBlock | undefined) => void,
): void {
  const { context, chain, authority, engine } = parts
  const request = {
    head: order.parentPayload,
    finalized: order.finalizedPayload,
    timestampMs: slotMoment(chain.slots, order.slot),
    feeRecipient: authority.feeRecipient,
    extraData: new Uint8Array(0),
  }
  const question = {
    to: engine,
    deadlineMs: buildDeadlineMs,
    ask: (reply: (built: BuiltPayload | undefined) => void): EngineMessage => ({
      kind: 'build',
      request,
      reply,
    }),
  }
  context.ask(question, (outcome) => {
    const built = outcome.ok ? outcome.value : undefined
    done(built && signBlock(chain, authority, order, built))
  })
}

/** The block of a built payload, signed by its author. */
export function signBlock(
  chain: Chain,
  authority: Authority,
  order: Pick<BlockOrder, 'slot' | 'parent' | 'justification'>,
  built: BuiltPayload,
): StoredBlock {
  const body: Body = [
    { kind: 'payload', bytes: encodePayload(built.payload) },
    ...built.transactions.map((bytes) => ({ kind: 'transaction', bytes }) as const),
  ]
  const header: Header = {
    version: headerVersion,
    author: authority.member,
    itemCount: body.length,
    height: order.parent.height + 1,
    slot: order.slot,
    chainTag: chain.tag,
    parentHash: order.parent.hash,
    bodyRoot: bodyRoot(body),
    stateRoot: built.payload.stateRoot,
  }
  const hash = headerHash(header)
  const message = headerSigningBytes(chain.tag, chain.committee.epoch, hash)
  const signature = authority.signer.signAuthor(message)
  return { signed: { header, hash, signature }, body, justification: order.justification }
}
