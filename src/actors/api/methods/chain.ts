/** What there is of the chain: where it stands, its blocks, and who broke its rules. */
import { toHex } from '../../../base/bytes.ts'
import type { Block } from '../../../protocol/block/block.ts'
import { encodeSignedHeader } from '../../../protocol/block/header.ts'
import { aboutOf, encodeProof } from '../../../protocol/consensus/evidence.ts'
import type { ChainMessage, ChainStatus } from '../../chain/messages.ts'
import type { StorageMessage } from '../../storage/messages.ts'
import { asking, fault, type Methods } from '../method.ts'
import { readBlockId, readNone, readOne } from '../params.ts'
import type { ApiParts } from '../parts.ts'

const proofsShownMax = 100

export function chainMethods(parts: ApiParts): Methods {
  const { chainActor, storage } = parts
  return {
    alys_getBlock: asking(parts, {
      read: (params) => readOne(params, (value) => readBlockId(value, 'block')),
      to: chainActor,
      ask: (by, reply: BlockReply): ChainMessage => ({ kind: 'get-block', by, reply }),
      answer: (block) => {
        if (block === undefined) return fault('notFound', 'no such block here')
        return { result: describeBlock(block) }
      },
    }),

    /** The last committed block, and the highest notarised one. */
    alys_getHead: asking(parts, {
      read: readNone,
      to: chainActor,
      ask: (_, reply: ChainStatusReply): ChainMessage => ({ kind: 'get-chain-status', reply }),
      answer: (status) => {
        return status === undefined ? fault('unavailable', starting) : { result: placesOf(status) }
      },
    }),

    /** The newest proofs that members broke their word. */
    alys_getEvidence: asking(parts, {
      read: readNone,
      to: storage,
      ask: (_, reply: ProofsReply): StorageMessage => ({
        kind: 'get-proofs',
        limit: proofsShownMax,
        reply,
      }),
      answer: (proofs) => {
        if (!proofs.ok) return fault('unavailable', `the store: ${proofs.fault.code}`)
        const result = proofs.value.map((proof) => ({
          ...{ kind: proof.kind, ...aboutOf(proof), proof: toHex(encodeProof(proof)) },
        }))
        return { result }
      },
    }),
  }
}

type BlockReply = Extract<ChainMessage, { kind: 'get-block' }>['reply']
export type ChainStatusReply = Extract<ChainMessage, { kind: 'get-chain-status' }>['reply']
type ProofsReply = Extract<StorageMessage, { kind: 'get-proofs' }>['reply']

/** Why there is no status of the chain. */
export const starting = 'the chain is starting'

export function placesOf({ committed, head }: ChainStatus): object {
  return { committed: placeOf(committed), head: placeOf(head) }
}

function placeOf({ height, slot, hash }: ChainStatus['head']): object {
  return { height, slot, hash }
}

function describeBlock({ signed, body }: Block): object {
  const { header, hash } = signed
  const transactions = body.filter(({ kind }) => kind === 'transaction')
  return {
    hash,
    height: header.height,
    slot: header.slot,
    author: header.author,
    parentHash: header.parentHash,
    bodyRoot: header.bodyRoot,
    stateRoot: header.stateRoot,
    header: toHex(encodeSignedHeader(signed)),
    transactions: transactions.map(({ bytes }) => toHex(bytes)),
  }
}
