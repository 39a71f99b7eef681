/**
 * A node's data without its node: the store, the ledger on it, and the storage actor, as promises. Whoever makes a
 * chain or imports one by a way of its own so writes the very records that a node writes.
 */

import { StorageActor } from '../../src/actors/storage/actor.ts'
import type { ChainRecord, StorageFault } from '../../src/actors/storage/messages.ts'
import { assert, present } from '../../src/base/assert.ts'
import type { Result } from '../../src/base/result.ts'
import { System } from '../../src/kernel/system.ts'
import { Trace } from '../../src/kernel/trace.ts'
import { LedgerEngine } from '../../src/ledger/engine.ts'
import { defaultLimits } from '../../src/ledger/limits.ts'
import { policies } from '../../src/node/supervision.ts'
import { openClock } from '../../src/platform/clock.ts'
import { openRandom } from '../../src/platform/random.ts'
import { openLevelStore, type PlatformStore } from '../../src/platform/store.ts'
import type { BlockPayload } from '../../src/protocol/block/rules.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import {
  type EngineRequest,
  readForkchoiceAnswer,
  readNewPayloadAnswer,
} from '../../src/protocol/execution/engine-api.ts'
import type { VerifySignature } from '../../src/protocol/execution/transaction.ts'
import type { Hash } from '../../src/protocol/hash.ts'
import type { MadeBlock } from './blocks.ts'

/** What a node keeps, open for one user. Whatever fails, rejects. */
export interface DataFolder {
  readonly store: PlatformStore
  /** Executes a payload on its parent. Rejects if it is not valid. */
  execute(block: BlockPayload): Promise<void>
  /** Makes an executed payload head and final; done when that is durable. */
  finalise(hash: Hash): Promise<void>
  /** Makes records durable, all of them or none. */
  persist(records: readonly ChainRecord[]): Promise<void>
  close(): Promise<void>
}

type Stored = (outcome: Result<unknown, StorageFault>) => void

/** Opens or creates the data of `chain` in `folder`. */
export async function openDataFolder(
  folder: string,
  chain: Chain,
  verifySignature: VerifySignature,
): Promise<DataFolder> {
  const opened = await openLevelStore(folder)
  assert(opened.ok, `a data folder: ${opened.ok || opened.fault.detail}`)
  return await openData(opened.value, chain, verifySignature)
}

/** Opens or creates the data of `chain` in a store, which is closed with it. */
export async function openData(
  store: PlatformStore,
  chain: Chain,
  verifySignature: VerifySignature,
): Promise<DataFolder> {
  const engine = await openEngine(store, chain, verifySignature)
  const call = (request: EngineRequest): Promise<unknown> => {
    return new Promise((resolve) => engine.handle(request, resolve))
  }
  const storage = openStorage(store, chain)
  await storage.ask((reply) => ({ kind: 'load', reply }))
  return {
    store,
    execute: async (block) => {
      const answer = readNewPayloadAnswer(await call({ method: 'newPayload', ...block }))
      assert(answer.ok && answer.value.status === 'VALID', `valid: ${JSON.stringify(answer)}`)
    },
    finalise: async (hash) => {
      const places = { head: hash, safe: hash, finalized: hash }
      const answer = readForkchoiceAnswer(await call({ method: 'forkchoiceUpdated', ...places }))
      assert(answer.ok && answer.value.status === 'VALID', `final: ${JSON.stringify(answer)}`)
    },
    persist: (records) => storage.ask((reply) => ({ kind: 'persist', records, reply })),
    close: async () => {
      storage.stop()
      await store.close()
    },
  }
}

/** Executes and keeps blocks, and what commits them; done when all that is durable. */
export async function keepBlocks(data: DataFolder, blocks: readonly MadeBlock[]): Promise<void> {
  for (const { execution } of blocks) await data.execute(execution)
  const records = blocks.flatMap(({ block, certificate }): ChainRecord[] => {
    const { height } = block.signed.header
    const committed = { kind: 'committed', block } as const
    return certificate === undefined
      ? [committed]
      : [committed, { kind: 'finalisation', height, certificate }]
  })
  const { blockHash } = present(blocks.at(-1), 'a block to keep').execution.payload
  await Promise.all([data.persist(records), data.finalise(blockHash)])
}

async function openEngine(
  store: PlatformStore,
  chain: Chain,
  verifySignature: VerifySignature,
): Promise<LedgerEngine> {
  const { tag: chainTag, slots, spec } = chain
  const genesis = { timestampMs: slots.genesisMs, allocations: spec.allocations }
  const engine = new LedgerEngine({
    ...{ store, chainTag, verifySignature, genesis },
    limits: defaultLimits,
  })
  await new Promise<void>((resolve, reject) => {
    engine.open((outcome) => {
      if (outcome.ok) resolve()
      else reject(new Error(`the ledger cannot be opened: ${outcome.fault.detail}`))
    })
  })
  return engine
}

interface Storage {
  ask(message: (reply: Stored) => StorageQuestion): Promise<void>
  stop(): void
}

type StorageQuestion =
  | { readonly kind: 'load'; readonly reply: Stored }
  | { readonly kind: 'persist'; readonly records: readonly ChainRecord[]; readonly reply: Stored }

function openStorage(store: PlatformStore, chain: Chain): Storage {
  const clock = openClock()
  const world = { clock, random: openRandom() }
  const policy = policies(clock, chain.slots)
  let fail: (error: unknown) => void = () => undefined
  const system = new System(world, new Trace([]), policy.root, (error) => fail(error))
  const address = system.root.spawn('storage', { waitingMax: 64 }, (context) => {
    const { epoch, members } = chain.committee
    const options = { committeeSize: members.length, epoch, genesis: chain.genesis.hash }
    return new StorageActor(context, store, options)
  })
  system.start()
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        fail = reject
        const reply: Stored = (outcome) => {
          if (outcome.ok) resolve()
          else reject(new Error(`the storage failed: ${outcome.fault.detail}`))
        }
        system.send(address, message(reply))
      }),
    stop: () => {
      system.stop()
      clock.close()
    },
  }
}
