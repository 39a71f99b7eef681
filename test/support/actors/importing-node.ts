/**
 * The half of a node that imports, on a simulated machine: chain, engine and storage actors, and the ledger
 * on the same disk. The power can fail at any moment.
 */
import { ChainActor } from '../../../src/actors/chain/actor.ts'
import type { ChainMessage, ChainStatus, ImportFault } from '../../../src/actors/chain/messages.ts'
import type { CheckpointMessage } from '../../../src/actors/checkpoint/messages.ts'
import { EngineActor } from '../../../src/actors/engine/actor.ts'
import type { EngineMessage } from '../../../src/actors/engine/messages.ts'
import type { NetworkMessage } from '../../../src/actors/network/messages.ts'
import type { PeerMessage } from '../../../src/actors/peer/messages.ts'
import { StorageActor } from '../../../src/actors/storage/actor.ts'
import type { StorageMessage } from '../../../src/actors/storage/messages.ts'
import type { SyncMessage } from '../../../src/actors/sync/messages.ts'
import { assert, present } from '../../../src/base/assert.ts'
import type { Result } from '../../../src/base/result.ts'
import type { Address } from '../../../src/kernel/actor.ts'
import { LedgerEngine } from '../../../src/ledger/engine.ts'
import { defaultLimits } from '../../../src/ledger/limits.ts'
import type { ValidatedRun } from '../../../src/proof/validated-run.ts'
import type { EngineStatus } from '../../../src/protocol/execution/engine-api.ts'
import type { Federation } from './federation.ts'
import { Stage } from './stage.ts'

export type ImportOutcome = Result<ChainStatus, ImportFault>

export class ImportingNode {
  readonly stage: Stage
  readonly #federation: Federation
  #ledger: LedgerEngine | undefined
  #chainActor: Address<ChainMessage> | undefined

  constructor(federation: Federation) {
    this.#federation = federation
    this.stage = new Stage({
      scheme: federation.scheme,
      engine: (request, done) => this.#ledger?.handle(request, done),
    })
    this.#start()
  }

  /** The power fails, and comes back. */
  restart(): void {
    this.stage.host.crash()
    this.stage.boot()
    this.#start()
  }

  /** The engine loses what it has not stored, and begins again while the node runs. */
  restartEngine(): void {
    this.#ledger = undefined
    const ledger = this.#openLedger(() => {
      this.#ledger = ledger
    })
  }

  give(run: ValidatedRun, reply: (outcome: ImportOutcome) => void): void {
    this.stage.send(this.#chain, { kind: 'import-run', run, reply })
  }

  get status(): ChainStatus | undefined {
    return this.stage.ask<ChainMessage, ChainStatus | undefined>(this.#chain, (reply) => ({
      kind: 'get-chain-status',
      reply,
    }))
  }

  get engineStatus(): EngineStatus {
    return this.#call({ method: 'status' }) as EngineStatus
  }

  account(address: Uint8Array): unknown {
    return this.#call({ method: 'account', address })
  }

  /** Whether a committed block is on the disk. */
  holds(height: number): boolean {
    const answer = this.stage.ask<ChainMessage, unknown>(this.#chain, (reply) => ({
      ...{ kind: 'get-block', by: { height }, reply },
    }))
    return answer !== undefined
  }

  get #chain(): Address<ChainMessage> {
    return present(this.#chainActor, 'a node that runs')
  }

  #call(request: unknown): unknown {
    let answer: unknown
    this.#ledger?.handle(request, (given) => {
      answer = given
    })
    return answer
  }

  #openLedger(opened: () => void): LedgerEngine {
    const { chain, scheme } = this.#federation
    const { store, verifier } = this.stage.environment
    const ledger = new LedgerEngine({
      ...{ store, verifier, chainTag: chain.tag, limits: defaultLimits },
      verifySignature: scheme.verifySignature,
      genesis: { timestampMs: chain.slots.genesisMs, allocations: chain.spec.allocations },
    })
    ledger.open((outcome) => {
      assert(outcome.ok, 'a ledger that opens')
      opened()
    })
    return ledger
  }

  #start(): void {
    const { stage } = this
    const { chain } = this.#federation
    const { store, verifier, services } = stage.environment
    let isOpen = false
    this.#ledger = this.#openLedger(() => {
      isOpen = true
    })
    stage.simulation.runFor(10_000, () => isOpen)
    const storage = stage.spawn<StorageMessage>('storage', (context) => {
      const committeeSize = chain.committee.members.length
      return new StorageActor(context, store, {
        ...{ committeeSize, epoch: 0, genesis: chain.genesis.hash },
      })
    })
    const engine = stage.spawn<EngineMessage>('engine', (context) => {
      const limits = { payloadTransactionsMax: 10, payloadBytesMax: 10_000 }
      return new EngineActor(context, services, { callDeadlineMs: 5_000, ...limits })
    })
    const neighbours = {
      network: stage.probe<NetworkMessage>('network').address,
      peers: stage.probe<PeerMessage>('peer').address,
      sync: stage.probe<SyncMessage>('sync').address,
      checkpoints: stage.probe<CheckpointMessage>('checkpoint').address,
    }
    this.#chainActor = stage.spawn<ChainMessage>('chain', (context) => {
      const own = { context, chain, authority: undefined, verifier, engine, storage }
      return new ChainActor({ ...own, ...neighbours, importBytesMax: 33_554_432 })
    })
    stage.run(20)
  }
}
