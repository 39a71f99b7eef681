/**
 * What users and operators can ask of a node. Each method is a question to the actor that knows; this
 * one reads the parameters and puts the answer into plain values. JSON-RPC framing, sizes and rates
 * are the world's matter.
 */
import { toHex } from '../../base/bytes.ts'
import { ok } from '../../base/result.ts'
import type { Actor, Address, Context, Question } from '../../kernel/actor.ts'
import type { Block } from '../../protocol/block/block.ts'
import { encodeSignedHeader } from '../../protocol/block/header.ts'
import { aboutOf, encodeProof } from '../../protocol/consensus/evidence.ts'
import { peerCharactersMax } from '../../protocol/consensus/signing.ts'
import { addressBytes, transactionBytes } from '../../protocol/execution/transaction.ts'
import { addressCharactersMax } from '../../protocol/wire/addresses.ts'
import type { ChainMessage, ChainStatus } from '../chain/messages.ts'
import type { CheckpointMessage, ListedCheckpoint } from '../checkpoint/messages.ts'
import type { EngineMessage } from '../engine/messages.ts'
import type { NetworkMessage } from '../network/messages.ts'
import type { PeerFilter, PeerMessage } from '../peer/messages.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { SyncMessage } from '../sync/messages.ts'
import type { ApiAnswer, ApiEvent, ApiMessage } from './messages.ts'
import {
  readBlockId,
  readBytes,
  readChoice,
  readParams,
  readRecovery,
  readText,
  readWhole,
} from './params.ts'

export interface ApiParts {
  readonly context: Context<ApiMessage, ApiEvent>
  readonly chainActor: Address<ChainMessage>
  readonly checkpoints: Address<CheckpointMessage>
  readonly engine: Address<EngineMessage>
  readonly network: Address<NetworkMessage>
  readonly peers: Address<PeerMessage>
  readonly storage: Address<StorageMessage>
  readonly sync: Address<SyncMessage>
  readonly about: { readonly chainTag: string; readonly genesis: string; readonly name: string }
}

type Done = (answer: ApiAnswer) => void

const deadlineMs = 10_000
const proofsShownMax = 100
/** Every block that a checkpoint covers may have to be read. */
const recoverDeadlineMs = 120_000
/** A dial may have to wait for others. */
const connectDeadlineMs = 20_000
/** A year, and what fits beside the ban on the disk. */
const banSecondsMax = 365 * 86_400
const reasonCharactersMax = 120

const peerFilters: Readonly<Record<string, PeerFilter>> = {
  connected: { isConnected: true },
  banned: { isBanned: true },
  federation: { class: 'federation' },
  miner: { class: 'miner' },
  regular: { class: 'regular' },
}

/** This node's own error codes. */
const apiErrors = {
  invalidParams: -32_602,
  methodNotFound: -32_601,
  notFound: -32_000,
  refused: -32_001,
  unavailable: -32_002,
} as const

export class ApiActor implements Actor<ApiMessage> {
  readonly #parts: ApiParts
  readonly #methods: Readonly<Record<string, (params: unknown, done: Done) => void>>

  constructor(parts: ApiParts) {
    this.#parts = parts
    this.#methods = {
      alys_sendTransaction: (params, done) => this.#sendTransaction(params, done),
      alys_getBlock: (params, done) => this.#getBlock(params, done),
      alys_getHead: (params, done) => this.#getHead(params, done),
      alys_getStatus: (params, done) => this.#getStatus(params, done),
      alys_getAccount: (params, done) => this.#getAccount(params, done),
      alys_getPeers: (params, done) => this.#getPeers(params, done),
      alys_getCheckpoints: (params, done) => this.#getCheckpoints(params, done),
      alys_createCheckpoint: (params, done) => this.#createCheckpoint(params, done),
      alys_recoverFromCheckpoint: (params, done) => this.#recoverFromCheckpoint(params, done),
      alys_getPeer: (params, done) => this.#getPeer(params, done),
      alys_connectPeer: (params, done) => this.#connectPeer(params, done),
      alys_banPeer: (params, done) => this.#banPeer(params, done),
      alys_unbanPeer: (params, done) => this.#unbanPeer(params, done),
      alys_getEvidence: (params, done) => this.#getEvidence(params, done),
    }
  }

  receive({ method, params, reply }: ApiMessage): void {
    const run = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined
    const done: Done = (answer) => {
      const isKnown = run !== undefined
      const isError = 'error' in answer
      this.#parts.context.emit({
        kind: 'api-called',
        method: isKnown ? method : 'unknown',
        isError,
      })
      reply(answer)
    }
    if (run !== undefined) return run(params, done)
    const known = Object.keys(this.#methods).join(', ')
    done(fault('methodNotFound', `there is no method ${method.slice(0, 64)}; there are ${known}`))
  }

  /** Hands a signed transaction to the pool, and to the neighbours. Answers its hash. */
  #sendTransaction(params: unknown, done: Done): void {
    const list = readParams(params, 1)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const length = { min: transactionBytes, max: transactionBytes }
    const bytes = readBytes(list.value[0], 'transaction', length)
    if (!bytes.ok) return done(fault('invalidParams', bytes.fault.message))
    const { context, engine, network } = this.#parts
    const question: Question<EngineMessage, SubmitAnswer> = {
      to: engine,
      deadlineMs,
      ask: (reply) => ({ kind: 'submit-transaction', transaction: bytes.value, reply }),
    }
    this.#ask(question, done, (outcome) => {
      if (outcome.kind === 'refused') return fault('refused', `${outcome.code}: ${outcome.detail}`)
      if (outcome.kind === 'added') {
        context.send(network, { kind: 'publish-transaction', transaction: bytes.value })
      }
      return { result: outcome.hash }
    })
  }

  #getBlock(params: unknown, done: Done): void {
    const list = readParams(params, 1)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const by = readBlockId(list.value[0], 'block')
    if (!by.ok) return done(fault('invalidParams', by.fault.message))
    const question: Question<ChainMessage, BlockAnswer> = {
      to: this.#parts.chainActor,
      deadlineMs,
      ask: (reply) => ({ kind: 'get-block', by: by.value, reply }),
    }
    this.#ask(question, done, (block) => {
      if (block === undefined) return fault('notFound', 'no such block here')
      return { result: describeBlock(block) }
    })
  }

  #getHead(params: unknown, done: Done): void {
    const list = readParams(params, 0)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const question: Question<ChainMessage, StatusAnswer> = {
      to: this.#parts.chainActor,
      deadlineMs,
      ask: (reply) => ({ kind: 'get-chain-status', reply }),
    }
    this.#ask(question, done, (status) => {
      if (status === undefined) return fault('unavailable', 'the chain is starting')
      const { committed, head } = status
      return { result: { committed: placeOf(committed), head: placeOf(head) } }
    })
  }

  #getStatus(params: unknown, done: Done): void {
    const list = readParams(params, 0)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const { about, chainActor, sync } = this.#parts
    const ofChain: Question<ChainMessage, StatusAnswer> = {
      to: chainActor,
      deadlineMs,
      ask: (reply) => ({ kind: 'get-chain-status', reply }),
    }
    this.#parts.context.ask(ofChain, (chain) => {
      const status = chain.ok ? chain.value : undefined
      if (status === undefined) return done(fault('unavailable', 'the chain is starting'))
      const { committed, head, isVoting } = status
      const ofSync: Question<SyncMessage, SyncAnswer> = {
        to: sync,
        deadlineMs,
        ask: (reply) => ({ kind: 'get-sync-status', reply }),
      }
      this.#ask(ofSync, done, (syncStatus) => ({
        result: {
          ...about,
          committed: placeOf(committed),
          head: placeOf(head),
          isVoting,
          sync: syncStatus,
        },
      }))
    })
  }

  #getAccount(params: unknown, done: Done): void {
    const list = readParams(params, 1)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const address = readBytes(list.value[0], 'address', { min: addressBytes, max: addressBytes })
    if (!address.ok) return done(fault('invalidParams', address.fault.message))
    const question: Question<EngineMessage, AccountReply> = {
      to: this.#parts.engine,
      deadlineMs,
      ask: (reply) => ({ kind: 'get-account', address: address.value, reply }),
    }
    this.#ask(question, done, (answer) => {
      if (answer === undefined) return fault('unavailable', 'the engine did not answer')
      const { head, finalized } = answer
      return { result: { head: describeAccount(head), finalized: describeAccount(finalized) } }
    })
  }

  /** All peers that are known, or those of one kind. */
  #getPeers(params: unknown, done: Done): void {
    const isFiltered = Array.isArray(params) && params.length > 0
    const list = readParams(params, isFiltered ? 1 : 0)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const filter = isFiltered ? readChoice(list.value[0], 'filter', peerFilters) : ok({})
    if (!filter.ok) return done(fault('invalidParams', filter.fault.message))
    const question: Question<PeerMessage, PeersAnswer> = {
      to: this.#parts.peers,
      deadlineMs,
      ask: (reply) => ({ kind: 'get-peers', filter: filter.value, reply }),
    }
    this.#ask(question, done, (peers) => ({ result: peers }))
  }

  #getPeer(params: unknown, done: Done): void {
    const list = readParams(params, 1)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const peer = readText(list.value[0], 'peer', peerCharactersMax)
    if (!peer.ok) return done(fault('invalidParams', peer.fault.message))
    const question: Question<PeerMessage, PeerAnswer> = {
      to: this.#parts.peers,
      deadlineMs,
      ask: (reply) => ({ kind: 'get-peer', peer: peer.value, reply }),
    }
    this.#ask(question, done, (report) => {
      return report === undefined ? fault('notFound', 'no such peer here') : { result: report }
    })
  }

  /** Dials an address before all others, and ever again from now on until the node is restarted. */
  #connectPeer(params: unknown, done: Done): void {
    const list = readParams(params, 1)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const address = readText(list.value[0], 'address', addressCharactersMax)
    if (!address.ok) return done(fault('invalidParams', address.fault.message))
    const question: Question<PeerMessage, ConnectAnswer> = {
      to: this.#parts.peers,
      deadlineMs: connectDeadlineMs,
      ask: (reply) => ({ kind: 'connect-peer', address: address.value, isKept: true, reply }),
    }
    this.#ask(question, done, (outcome) => {
      if (outcome.ok) return { result: outcome.value }
      return fault('refused', `${outcome.fault.code}: ${outcome.fault.detail}`)
    })
  }

  /** Refuses a peer for so many seconds, whoever vouches for it. Answers whether it was known. */
  #banPeer(params: unknown, done: Done): void {
    const list = readParams(params, 3)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const peer = readText(list.value[0], 'peer', peerCharactersMax)
    const seconds = readWhole(list.value[1], 'seconds', { min: 1, max: banSecondsMax })
    const reason = readText(list.value[2], 'reason', reasonCharactersMax)
    if (!peer.ok) return done(fault('invalidParams', peer.fault.message))
    if (!seconds.ok) return done(fault('invalidParams', seconds.fault.message))
    if (!reason.ok) return done(fault('invalidParams', reason.fault.message))
    const question: Question<PeerMessage, boolean> = {
      to: this.#parts.peers,
      deadlineMs,
      ask: (reply) => ({
        ...{ kind: 'ban-peer', peer: peer.value, forMs: 1_000 * seconds.value },
        ...{ reason: reason.value, reply },
      }),
    }
    this.#ask(question, done, (isKnown) => ({ result: isKnown }))
  }

  /** Lifts a ban, and forgives what led to it. Answers whether there was one. */
  #unbanPeer(params: unknown, done: Done): void {
    const list = readParams(params, 1)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const peer = readText(list.value[0], 'peer', peerCharactersMax)
    if (!peer.ok) return done(fault('invalidParams', peer.fault.message))
    const question: Question<PeerMessage, boolean> = {
      to: this.#parts.peers,
      deadlineMs,
      ask: (reply) => ({ kind: 'unban-peer', peer: peer.value, reply }),
    }
    this.#ask(question, done, (wasBanned) => ({ result: wasBanned }))
  }

  /** The newest proofs that members broke their word. */
  #getEvidence(params: unknown, done: Done): void {
    const list = readParams(params, 0)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const question: Question<StorageMessage, ProofsAnswer> = {
      to: this.#parts.storage,
      deadlineMs,
      ask: (reply) => ({ kind: 'get-proofs', limit: proofsShownMax, reply }),
    }
    this.#ask(question, done, (answer) => {
      if (!answer.ok) return fault('unavailable', `the store: ${answer.fault.code}`)
      return {
        result: answer.value.map((proof) => ({
          kind: proof.kind,
          ...aboutOf(proof),
          proof: toHex(encodeProof(proof)),
        })),
      }
    })
  }

  /** Newest first; what lies there and is none of this chain comes with the reason. */
  #getCheckpoints(params: unknown, done: Done): void {
    const list = readParams(params, 0)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const question: Question<CheckpointMessage, ListAnswer> = {
      to: this.#parts.checkpoints,
      deadlineMs,
      ask: (reply) => ({ kind: 'list-checkpoints', reply }),
    }
    this.#ask(question, done, (answer) => {
      if (!answer.ok) return fault('unavailable', answer.fault.detail)
      return { result: answer.value.map(describeCheckpoint) }
    })
  }

  #createCheckpoint(params: unknown, done: Done): void {
    const list = readParams(params, 0)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const question: Question<CheckpointMessage, CreateAnswer> = {
      to: this.#parts.checkpoints,
      deadlineMs,
      ask: (reply) => ({ kind: 'create-checkpoint', reply }),
    }
    this.#ask(question, done, (answer) => {
      if (answer.ok) return { result: answer.value }
      return fault('refused', `${answer.fault.code}: ${answer.fault.detail}`)
    })
  }

  #recoverFromCheckpoint(params: unknown, done: Done): void {
    const list = readParams(params, 3)
    if (!list.ok) return done(fault('invalidParams', list.fault.message))
    const wanted = readRecovery(list.value)
    if (!wanted.ok) return done(fault('invalidParams', wanted.fault.message))
    const question: Question<CheckpointMessage, RecoverAnswer> = {
      to: this.#parts.checkpoints,
      deadlineMs: recoverDeadlineMs,
      ask: (reply) => ({ kind: 'recover-from-checkpoint', ...wanted.value, reply }),
    }
    this.#ask(question, done, (answer) => {
      if (answer.ok) return { result: answer.value }
      const { code, detail } = answer.fault
      return fault(code === 'not-found' ? 'notFound' : 'refused', `${code}: ${detail}`)
    })
  }

  #ask<Message, Answer>(
    question: Question<Message, Answer>,
    done: Done,
    answerOf: (answer: Answer) => ApiAnswer,
  ): void {
    this.#parts.context.ask(question, (outcome) => {
      if (outcome.ok) return done(answerOf(outcome.value))
      const { code, to } = outcome.fault
      done(fault('unavailable', `${to}: ${code}`))
    })
  }
}

type SubmitAnswer = Parameters<Extract<EngineMessage, { kind: 'submit-transaction' }>['reply']>[0]
type AccountReply = Parameters<Extract<EngineMessage, { kind: 'get-account' }>['reply']>[0]
type BlockAnswer = Parameters<Extract<ChainMessage, { kind: 'get-block' }>['reply']>[0]
type StatusAnswer = Parameters<Extract<ChainMessage, { kind: 'get-chain-status' }>['reply']>[0]
type SyncAnswer = Parameters<Extract<SyncMessage, { kind: 'get-sync-status' }>['reply']>[0]
type ProofsAnswer = Parameters<Extract<StorageMessage, { kind: 'get-proofs' }>['reply']>[0]
type ListAnswer = Parameters<Extract<CheckpointMessage, { kind: 'list-checkpoints' }>['reply']>[0]
type CreateAnswer = Parameters<
  Extract<CheckpointMessage, { kind: 'create-checkpoint' }>['reply']
>[0]
type RecoverAnswer = Parameters<
  Extract<CheckpointMessage, { kind: 'recover-from-checkpoint' }>['reply']
>[0]
type PeerAnswer = Parameters<Extract<PeerMessage, { kind: 'get-peer' }>['reply']>[0]
type ConnectAnswer = Parameters<Extract<PeerMessage, { kind: 'connect-peer' }>['reply']>[0]
type PeersAnswer = Parameters<Extract<PeerMessage, { kind: 'get-peers' }>['reply']>[0]

function fault(code: keyof typeof apiErrors, message: string): ApiAnswer {
  return { error: { code: apiErrors[code], message } }
}

function describeCheckpoint({ height, checkpoint, fault: refused }: ListedCheckpoint): object {
  return checkpoint ?? { height, fault: refused }
}

function placeOf({ height, slot, hash }: ChainStatus['head']): object {
  return { height, slot, hash }
}

/** Amounts are decimal texts: JSON numbers end at 2^53. */
function describeAccount({ balance, nonce }: { balance: bigint; nonce: number }): object {
  return { balance: balance.toString(), nonce }
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
