/** A chain actor on a real disk, among probes: an engine that takes everything, and peers that listen. */
import { ChainActor } from '../../../../src/actors/chain/actor.ts'
import type { ChainMessage, ChainStatus } from '../../../../src/actors/chain/messages.ts'
import type { CheckpointMessage } from '../../../../src/actors/checkpoint/messages.ts'
import type { EngineMessage, ExecutionOutcome } from '../../../../src/actors/engine/messages.ts'
import type { FetchedBlock, NetworkMessage } from '../../../../src/actors/network/messages.ts'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import { StorageActor } from '../../../../src/actors/storage/actor.ts'
import type { StorageMessage } from '../../../../src/actors/storage/messages.ts'
import type { SyncMessage } from '../../../../src/actors/sync/messages.ts'
import { present } from '../../../../src/base/assert.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import type { Verdict } from '../../../../src/kernel/environment.ts'
import type { StoredBlock } from '../../../../src/protocol/block/block.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import type { GossipPayload, Proposal } from '../../../../src/protocol/wire/gossip.ts'
import type { Federation } from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'

export interface Scene {
  readonly stage: Stage
  readonly engine: Probe<EngineMessage>
  readonly network: Probe<NetworkMessage>
  readonly peers: Probe<PeerMessage>
  readonly sync: Probe<SyncMessage>
  readonly checkpoints: Probe<CheckpointMessage>
  readonly chain: Address<ChainMessage>
  /** What the engine makes of the next payloads. */
  readonly execution: { outcome: ExecutionOutcome }
}

export interface SceneOptions {
  /** The member that this node is. It follows, if this is absent. */
  readonly member?: number
  /** A disk with a past, instead of a new one. */
  readonly after?: Stage
  /** How far the engine is. */
  readonly engineHeight?: number
  /** How often it is asked that before it answers. */
  readonly engineSilences?: number
  /** Below it, what votes say is not heard. */
  readonly trustedHeight?: number
  /** 32 MiB if absent. */
  readonly importBytesMax?: number
  /** What peers have of single blocks. They do not answer, if this is absent. */
  readonly found?: (hash: Hash) => FetchedBlock | undefined
  /** Takes the place of the storage actor. */
  readonly storage?: (stage: Stage) => Address<StorageMessage>
}

export function openScene(federation: Federation, options: SceneOptions = {}): Scene {
  const stage = options.after ?? new Stage({ scheme: federation.scheme })
  if (options.after !== undefined) {
    stage.host.crash()
    stage.boot()
  }
  const engine = stage.probe<EngineMessage>('engine')
  const network = stage.probe<NetworkMessage>('network')
  const peers = stage.probe<PeerMessage>('peer')
  const sync = stage.probe<SyncMessage>('sync')
  const checkpoints = stage.probe<CheckpointMessage>('checkpoint')
  const storage = options.storage?.(stage) ?? spawnStorage(stage, federation)
  const execution: { outcome: ExecutionOutcome } = { outcome: { kind: 'valid' } }
  const finalizedNumber = options.engineHeight ?? 0
  let silences = options.engineSilences ?? 0
  engine.react((message) => {
    if (message.kind === 'execute') message.reply(execution.outcome)
    if (message.kind === 'execute-many') {
      const { outcome } = execution
      const valid = outcome.kind === 'valid' ? message.payloads.length : 0
      message.reply({ valid, last: outcome })
    }
    if (message.kind === 'prepare') message.reply(undefined)
    if (message.kind !== 'get-engine-status') return
    silences -= 1
    const status = { finalizedNumber, headNumber: finalizedNumber, pooled: 0 }
    message.reply(silences < 0 ? status : undefined)
  })
  network.react((message) => {
    if (message.kind === 'fetch-block' && options.found !== undefined) {
      message.reply(options.found(message.hash))
    }
  })
  const chain = spawnChain(stage, federation, options, {
    ...{ engine: engine.address, network: network.address, peers: peers.address },
    ...{ storage, sync: sync.address, checkpoints: checkpoints.address },
  })
  stage.run(100)
  return { stage, engine, network, peers, sync, checkpoints, chain, execution }
}

function spawnStorage(stage: Stage, { chain }: Federation): Address<StorageMessage> {
  return stage.spawn<StorageMessage>('storage', (context) => {
    const committeeSize = chain.committee.members.length
    const options = { committeeSize, epoch: 0, genesis: chain.genesis.hash }
    return new StorageActor(context, stage.environment.store, options)
  })
}

interface Neighbours {
  readonly engine: Address<EngineMessage>
  readonly network: Address<NetworkMessage>
  readonly peers: Address<PeerMessage>
  readonly storage: Address<StorageMessage>
  readonly sync: Address<SyncMessage>
  readonly checkpoints: Address<CheckpointMessage>
}

function spawnChain(
  stage: Stage,
  { chain, signers }: Federation,
  { member, trustedHeight = 0, importBytesMax = 33_554_432 }: SceneOptions,
  neighbours: Neighbours,
): Address<ChainMessage> {
  const authority =
    member === undefined
      ? undefined
      : {
          member,
          signer: present(signers[member], 'a member'),
          feeRecipient: new Uint8Array(20),
        }
  return stage.spawn<ChainMessage>('chain', (context) => {
    const { verifier } = stage.environment
    const own = { context, chain, authority, verifier, trustedHeight, importBytesMax }
    return new ChainActor({ ...own, ...neighbours })
  })
}

/** Lets time pass until so far into a slot. */
export function runToSlot({ stage }: Scene, slot: number, intoMs = 100): void {
  stage.simulation.runUntil(1_000 + (slot - 1) * 2_000 + intoMs)
}

export function proposalOf(block: StoredBlock, hasBody = true): Proposal {
  const { signed, justification, body } = block
  return { kind: 'proposal', signed, justification, body: hasBody ? body : undefined }
}

/** Hands a proposal over as gossip of a peer, and lets some time pass. */
export function gossip(
  scene: Scene,
  proposal: Proposal,
  forMs = 100,
  from = 'a',
): Verdict | undefined {
  let verdict: Verdict | undefined
  scene.stage.send(scene.chain, {
    kind: 'import-proposal',
    proposal,
    from,
    verdict: (found) => {
      verdict ??= found
    },
  })
  scene.stage.run(forMs)
  return verdict
}

export function refusals({ stage }: Scene): readonly string[] {
  return stage.reports('block-refused').map(({ code }) => code)
}

export function statusOf({ stage, chain }: Scene): ChainStatus | undefined {
  return stage.ask<ChainMessage, ChainStatus | undefined>(chain, (reply) => ({
    kind: 'get-chain-status',
    reply,
  }))
}

/** What this node has said to everybody, of one kind. */
export function published<Kind extends GossipPayload['kind']>(
  { network }: Scene,
  kind: Kind,
): readonly Extract<GossipPayload, { kind: Kind }>[] {
  return network
    .of('publish')
    .map(({ payload }) => payload)
    .filter((payload): payload is Extract<GossipPayload, { kind: Kind }> => payload.kind === kind)
}
