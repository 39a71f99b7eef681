/** A small world for ledgers: keys, transactions with ideal signatures, payloads, and engines. */
import { present } from '../../../src/base/assert.ts'
import { concatBytes, equalBytes } from '../../../src/base/bytes.ts'
import { LedgerEngine } from '../../../src/ledger/engine.ts'
import { defaultLimits, type LedgerLimits } from '../../../src/ledger/limits.ts'
import type {
  EngineRequest,
  ForkchoiceUpdated,
  PayloadAttributes,
} from '../../../src/protocol/execution/engine-api.ts'
import {
  genesisPayload,
  genesisState,
  type LedgerGenesis,
} from '../../../src/protocol/execution/genesis.ts'
import {
  type ExecutionPayload,
  sealPayload,
  transactionsRootOf,
} from '../../../src/protocol/execution/payload.ts'
import { rootOf } from '../../../src/protocol/execution/state-trie.ts'
import {
  addressOf,
  checkSignature,
  encodeTransaction,
  type GenuineTransaction,
  identifyTransaction,
  signTransaction,
} from '../../../src/protocol/execution/transaction.ts'
import {
  applyTransaction,
  type ExecutedPayload,
} from '../../../src/protocol/execution/transition.ts'
import { type Hash, hashBytes } from '../../../src/protocol/hash.ts'
import { MemoryStore } from './memory-store.ts'

export const chainTag = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
export const miner = new Uint8Array(20).fill(0xee)

const keys = Array.from({ length: 6 }, (_, i) => hashBytes('genesis', Uint8Array.of(i)))
export const addresses = keys.map(addressOf)
export const genesis: LedgerGenesis = {
  timestampMs: 1_000,
  allocations: addresses.map((address) => ({ address, balance: 1_000n })),
}
export const genesisBlock: ExecutedPayload = {
  payload: genesisPayload(genesis),
  state: genesisState(genesis.allocations),
}

function keyAt(index: number): Uint8Array {
  return present(keys[index % keys.length], 'a key')
}

export function addressAt(index: number): Uint8Array {
  return present(addresses[index % addresses.length], 'an address')
}

/** Ideal: whoever knows the public key can sign, which no test here does for another. */
function idealSignature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const half = hashBytes('record', publicKey, message)
  return concatBytes(half, half)
}

export function verifyIdeal(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return equalBytes(signature, idealSignature(publicKey, message))
}

/** A transfer from one account of the genesis to another, by their indices. */
export interface Transfer {
  readonly from: number
  readonly to: number
  readonly nonce: number
  readonly amount?: bigint
  readonly fee?: bigint
}

/** A signed transaction, encoded. */
export function transfer({ from, to, nonce, amount = 10n, fee = 1n }: Transfer): Uint8Array {
  const fields = { from: keyAt(from), to: addressAt(to), nonce, amount, fee }
  const sign = (message: Uint8Array) => idealSignature(fields.from, message)
  return encodeTransaction(signTransaction(fields, chainTag, sign), chainTag)
}

/** As {@link transfer}, ready to be executed. */
export function genuine(fields: Transfer): GenuineTransaction {
  const read = identifyTransaction(transfer(fields), chainTag)
  if (!read.ok) throw new Error(read.fault.detail)
  return present(checkSignature(read.value, verifyIdeal), 'a genuine transaction')
}

/** A payload with its transactions, and the accounts after it. */
export interface Block extends ExecutedPayload {
  readonly transactions: readonly Uint8Array[]
}

/** A valid payload on `parent`, with those of `transfers` that can be executed. */
export function extend(
  parent: ExecutedPayload,
  transfers: readonly Transfer[] = [],
  extra: Partial<ExecutionPayload> = {},
): Block {
  const feeRecipient = extra.feeRecipient ?? miner
  const transactions: GenuineTransaction[] = []
  let state = parent.state
  for (const transaction of transfers.map(genuine)) {
    const applied = applyTransaction(state, transaction, feeRecipient)
    if (!applied.ok) continue
    state = applied.value
    transactions.push(transaction)
  }
  const payload = sealPayload({
    parentHash: parent.payload.blockHash,
    number: parent.payload.number + 1,
    timestampMs: parent.payload.timestampMs + 2_000,
    feeRecipient,
    extraData: new Uint8Array(0),
    stateRoot: rootOf(state),
    transactionsRoot: transactionsRootOf(transactions.map(({ hash }) => hash)),
    ...extra,
  })
  return { payload, state, transactions: transactions.map(({ bytes }) => bytes) }
}

/** An engine with its store, driven by hand. */
export class Bench {
  readonly store: MemoryStore
  readonly engine: LedgerEngine
  /** Signatures that the engine had checked. */
  checks = 0

  constructor(store = new MemoryStore(), limits: Partial<LedgerLimits> = {}) {
    this.store = store
    this.engine = new LedgerEngine({
      store,
      genesis,
      chainTag,
      verifySignature: (...values) => {
        this.checks += 1
        return verifyIdeal(...values)
      },
      limits: { ...defaultLimits, ...limits },
    })
  }

  /** Opens the engine and returns its fault code, or `opened`. */
  open(): string {
    let outcome = 'nothing'
    this.engine.open((result) => {
      outcome = result.ok ? 'opened' : result.fault.code
    })
    this.store.run()
    return outcome
  }

  /** Asks without letting the disk work. The answers, in the order in which they come, are kept. */
  ask(request: EngineRequest): { answer: unknown } {
    const slot: { answer: unknown } = { answer: undefined }
    this.engine.handle(request, (answer) => {
      slot.answer = answer
    })
    return slot
  }

  /** Asks and lets the disk work until it is idle. */
  call(request: EngineRequest): unknown {
    const slot = this.ask(request)
    this.store.run()
    return slot.answer
  }

  execute(block: Block): unknown {
    const { payload, transactions } = block
    return this.call({ method: 'newPayload', payload, transactions })
  }

  send(fields: Transfer): unknown {
    return this.call({ method: 'sendRawTransaction', transaction: transfer(fields) })
  }

  forkchoice(head: ExecutedPayload, finalized = genesisBlock as ExecutedPayload): unknown {
    return this.call(forkchoice(head, finalized))
  }
}

/** An engine that is open on an empty store. */
export function openBench(limits: Partial<LedgerLimits> = {}): Bench {
  const bench = new Bench(new MemoryStore(), limits)
  if (bench.open() !== 'opened') throw new Error('a new store opens')
  return bench
}

export function forkchoice(
  head: ExecutedPayload,
  finalized: ExecutedPayload,
  attributes?: PayloadAttributes,
): ForkchoiceUpdated {
  const { blockHash } = finalized.payload
  return {
    method: 'forkchoiceUpdated',
    head: head.payload.blockHash,
    safe: blockHash,
    finalized: blockHash,
    ...(attributes && { attributes }),
  }
}

/** Attributes that follow `parent`. */
export function attributesOn(
  parent: ExecutedPayload,
  changes: Partial<PayloadAttributes> = {},
): PayloadAttributes {
  return {
    timestampMs: parent.payload.timestampMs + 2_000,
    feeRecipient: miner,
    extraData: new Uint8Array(0),
    transactionsMax: 100,
    bytesMax: 100_000,
    ...changes,
  }
}

export const validOf = (block: ExecutedPayload): { status: string; latestValidHash: Hash } => ({
  status: 'VALID',
  latestValidHash: block.payload.blockHash,
})
