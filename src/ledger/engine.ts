/**
 * A deterministic account ledger behind the engine API: the program that answers
 * `Services.call('engine', request)`. An EVM can take its place without the node noticing.
 *
 * The door only: it narrows requests, and hands them to the {@link Ledger} once that is open. It never
 * throws on what it is asked. It may answer within the call: whoever carries it over the seam answers
 * later. A request is kept and must not be changed afterwards, nor its bytes.
 */
import { assert } from '../base/assert.ts'
import { ok, type Result } from '../base/result.ts'
import { chainTagBytes } from '../protocol/block/header.ts'
import type { EngineRequest } from '../protocol/execution/engine-api.ts'
import { genesisPayload, genesisState, type LedgerGenesis } from '../protocol/execution/genesis.ts'
import type { ExecutedPayload } from '../protocol/execution/transition.ts'
import { engineError, Ledger, type LedgerParts } from './ledger.ts'
import { type OpenFault, openLedger } from './opening.ts'
import { isRebuildable, rebuildLedger } from './rebuilding.ts'
import { type NarrowedPayloads, readEngineRequest } from './requests.ts'

export interface LedgerEngineOptions extends LedgerParts {
  readonly genesis: LedgerGenesis
}

/** How the ledger was opened. */
export interface Opening {
  /** What was wrong with its records, which were thrown away; they follow from the blocks. */
  readonly damage: OpenFault | undefined
}

export class LedgerEngine {
  readonly #parts: LedgerParts
  readonly #genesis: ExecutedPayload
  readonly #narrowed: NarrowedPayloads = new WeakMap()
  #ledger: Ledger | undefined
  #isOpening = false

  constructor(options: LedgerEngineOptions) {
    assert(options.chainTag.length === chainTagBytes, 'a chain tag has 8 bytes')
    this.#parts = options
    this.#genesis = {
      payload: genesisPayload(options.genesis),
      state: genesisState(options.genesis.allocations),
    }
  }

  /**
   * Loads the final state from the store, or begins with the genesis if the store is empty or its
   * records are damaged. Called once. After a fault the engine answers every call with the error `not-open`.
   */
  open(done: (outcome: Result<Opening, OpenFault>) => void): void {
    assert(!this.#isOpening, 'a ledger is opened once')
    this.#isOpening = true
    const { store } = this.#parts
    openLedger(store, this.#genesis, (outcome) => {
      if (outcome.ok) return done(this.#opened(outcome.value, undefined))
      const { fault } = outcome
      if (!isRebuildable(fault)) return done(outcome)
      rebuildLedger(store, this.#genesis, (rebuilt) => {
        done(rebuilt.ok ? this.#opened(rebuilt.value, fault) : rebuilt)
      })
    })
  }

  #opened(
    finalised: ExecutedPayload,
    damage: OpenFault | undefined,
  ): { readonly ok: true; readonly value: Opening } {
    this.#ledger = new Ledger(this.#parts, this.#genesis.payload.blockHash, finalised)
    return ok({ damage })
  }

  /** Answers one call of protocol/execution/engine-api.ts; the answer has the type stated there. */
  handle(request: unknown, done: (answer: unknown) => void): void {
    const read = readEngineRequest(request, this.#narrowed)
    if (!read.ok) return done(engineError('malformed', read.fault))
    if (this.#ledger === undefined) return done(engineError('not-open', 'the store is not loaded'))
    answerCall(this.#ledger, read.value, done)
  }
}

function answerCall(ledger: Ledger, call: EngineRequest, done: (answer: unknown) => void): void {
  switch (call.method) {
    case 'newPayload':
      return ledger.newPayload(call, done)
    case 'newPayloads':
      return ledger.newPayloads(call, done)
    case 'preparePayloads':
      return ledger.preparePayloads(call, done)
    case 'forkchoiceUpdated':
      return ledger.forkchoiceUpdated(call, done)
    case 'getPayload':
      return done(ledger.getPayload(call.payloadId))
    case 'sendRawTransaction':
      return done(ledger.sendRawTransaction(call.transaction))
    case 'status':
      return done(ledger.status())
    case 'account':
      return done(ledger.account(call.address))
    default:
      return call satisfies never
  }
}
