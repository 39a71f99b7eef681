/**
 * The half of a node that imports: chain, engine and storage actors on the real clock, pool, ledger and
 * store, with nobody where network, peers, sync and API would be.
 */
import { ChainActor } from '../../src/actors/chain/actor.ts'
import type { ChainMessage } from '../../src/actors/chain/messages.ts'
import type { CheckpointMessage } from '../../src/actors/checkpoint/messages.ts'
import { EngineActor } from '../../src/actors/engine/actor.ts'
import type { EngineMessage } from '../../src/actors/engine/messages.ts'
import type { NetworkMessage } from '../../src/actors/network/messages.ts'
import type { PeerMessage } from '../../src/actors/peer/messages.ts'
import { StorageActor } from '../../src/actors/storage/actor.ts'
import type { StorageMessage } from '../../src/actors/storage/messages.ts'
import type { SyncMessage } from '../../src/actors/sync/messages.ts'
import { assert } from '../../src/base/assert.ts'
import type { Address, AnyMessage } from '../../src/kernel/actor.ts'
import { System } from '../../src/kernel/system.ts'
import { Trace } from '../../src/kernel/trace.ts'
import { LedgerEngine } from '../../src/ledger/engine.ts'
import { defaultLimits } from '../../src/ledger/limits.ts'
import { defaultTuning } from '../../src/node/config.ts'
import type { NodeEvent } from '../../src/node/event.ts'
import { openClock } from '../../src/platform/clock.ts'
import { nativeCrypto } from '../../src/platform/crypto.ts'
import { openRandom } from '../../src/platform/random.ts'
import { platformServices } from '../../src/platform/services.ts'
import type { PlatformStore } from '../../src/platform/store.ts'
import type { PlatformVerifier } from '../../src/platform/verifier.ts'
import type { Chain } from '../../src/protocol/chain.ts'

export interface Importer {
  readonly system: System<NodeEvent>
  readonly chainActor: Address<ChainMessage>
  /** What was reported, by kind. */
  readonly counts: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** An importer at genesis, or where `store` says. It closes the store, and leaves the verifier alone. */
export async function openImporter(
  chain: Chain,
  store: PlatformStore,
  verifier: PlatformVerifier,
): Promise<Importer> {
  const clock = openClock()
  const ledger = await openLedger(chain, store, verifier)
  const services = platformServices({ engine: (request, done) => ledger.handle(request, done) })
  const counts = new Map<string, number>()
  const trace = new Trace<NodeEvent>([
    {
      event: (_now, _path, event) => {
        counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1)
        assert(event.kind !== 'actor-failed', `no actor fails: ${JSON.stringify(event)}`)
      },
    },
  ])
  const policy = {
    decide: () => ({ kind: 'abandon' }) as const,
    ...{ restartsMax: 0, windowMs: 1, untilBoundaryMs: () => 0 },
  }
  const system = new System<NodeEvent>(
    { clock, random: openRandom() },
    trace,
    policy,
    () => undefined,
  )
  const { root } = system
  const mailbox = { waitingMax: defaultTuning.mailboxMax }
  const nobody = <Message extends AnyMessage>(name: string): Address<Message> =>
    root.spawn<Message>(name, mailbox, () => ({ receive: () => undefined }))
  const storage = root.spawn<StorageMessage>('storage', mailbox, (context) => {
    const { committee, genesis } = chain
    const committeeSize = committee.members.length
    const options = { committeeSize, epoch: committee.epoch, genesis: genesis.hash }
    return new StorageActor(context, store, options)
  })
  const engine = root.spawn<EngineMessage>('engine', mailbox, (context) => {
    const { engineDeadlineMs: callDeadlineMs } = defaultTuning
    return new EngineActor(context, services, { ...defaultTuning, callDeadlineMs })
  })
  const neighbours = {
    network: nobody<NetworkMessage>('network'),
    peers: nobody<PeerMessage>('peer'),
    sync: nobody<SyncMessage>('sync'),
    checkpoints: nobody<CheckpointMessage>('checkpoint'),
  }
  const chainActor = root.spawn<ChainMessage>('chain', mailbox, (context) => {
    const own = { context, chain, authority: undefined, verifier, engine, storage }
    const { importBytesMax } = defaultTuning
    return new ChainActor({ ...own, ...neighbours, importBytesMax })
  })
  system.start()
  const close = async (): Promise<void> => {
    system.stop()
    clock.close()
    await store.close()
  }
  return { system, chainActor, counts, close }
}

async function openLedger(
  chain: Chain,
  store: PlatformStore,
  verifier: PlatformVerifier,
): Promise<LedgerEngine> {
  const { slots, spec, tag: chainTag } = chain
  const ledger = new LedgerEngine({
    ...{ store, chainTag, verifier, limits: defaultLimits },
    verifySignature: nativeCrypto().verifyEd25519,
    genesis: { timestampMs: slots.genesisMs, allocations: spec.allocations },
  })
  const { promise, resolve } = Promise.withResolvers<{ readonly ok: boolean }>()
  ledger.open(resolve)
  assert((await promise).ok, 'a ledger that opens')
  return ledger
}
