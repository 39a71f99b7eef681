/**
 * Builds one node on any environment: the actors, who knows whom, and who watches over them. The
 * simulator and the command line both call this, and nothing else.
 *
 *   root ─┬─ storage ── storage, checkpoint
 *         ├─ chain ──── engine, chain
 *         ├─ network ── peer, network, sync
 *         └─ api
 */
import { ApiActor } from '../actors/api/actor.ts'
import type { ApiAnswer, ApiMessage } from '../actors/api/messages.ts'
import { ChainActor } from '../actors/chain/actor.ts'
import type { ChainMessage } from '../actors/chain/messages.ts'
import { CheckpointActor } from '../actors/checkpoint/actor.ts'
import type { CheckpointMessage } from '../actors/checkpoint/messages.ts'
import { EngineActor } from '../actors/engine/actor.ts'
import type { EngineMessage } from '../actors/engine/messages.ts'
import { NetworkActor } from '../actors/network/actor.ts'
import type { NetworkMessage } from '../actors/network/messages.ts'
import { PeerActor } from '../actors/peer/actor.ts'
import type { PeerMessage } from '../actors/peer/messages.ts'
import { StorageActor } from '../actors/storage/actor.ts'
import type { StorageMessage } from '../actors/storage/messages.ts'
import { SyncActor } from '../actors/sync/actor.ts'
import { adaptive, fixed } from '../actors/sync/download/options.ts'
import type { SyncMessage } from '../actors/sync/messages.ts'
import { assert } from '../base/assert.ts'
import { toHex } from '../base/bytes.ts'
import type { Address } from '../kernel/actor.ts'
import type { Environment } from '../kernel/environment.ts'
import type { MailboxOptions } from '../kernel/mailbox.ts'
import { type ActorReport, System } from '../kernel/system.ts'
import { Trace, type TraceReader } from '../kernel/trace.ts'
import type { TrustedPlace } from '../protocol/chain.ts'
import { trustedPlaces } from '../protocol/checkpoint/checks.ts'
import { statementSigningBytes } from '../protocol/consensus/signing.ts'
import { wireVersions } from '../protocol/wire/requests.ts'
import type { PeerStatement } from '../protocol/wire/status.ts'
import type { NodeConfig } from './config.ts'
import type { NodeEvent } from './event.ts'
import { policies } from './supervision.ts'

/** A running node, as its process sees it. */
export interface Node {
  /** Asks what users and operators can ask. `done` is called once, unless the node stops first. */
  call(method: string, params: unknown, done: (answer: ApiAnswer) => void): void
  /** Stops every actor. Afterwards the node does nothing more. */
  stop(): void
  /** How every actor is, as the runtime sees it. Reading it changes nothing. */
  actors(): readonly ActorReport[]
  /** Fails the actor at `path` as a fault in its own code would. For experiments. */
  crashActor(path: string, reason: string): void
}

export interface NodeHooks {
  readonly readers: readonly TraceReader<NodeEvent>[]
  /** The root gave up: every actor is stopped, and the process should end. */
  readonly onFailure: (error: unknown) => void
}

/** Starts a node. It runs until it is stopped, or until its root supervisor gives up. */
export function startNode(environment: Environment, config: NodeConfig, hooks: NodeHooks): Node {
  const { clock, random } = environment
  const trace = new Trace<NodeEvent>(hooks.readers)
  const policy = policies(environment.clock, config.chain.slots)
  const system = new System<NodeEvent>({ clock, random }, trace, policy.root, hooks.onFailure)
  const api = spawnActors(system, environment, config, policy)
  system.start()
  return {
    call: (method, params, done) => {
      const isAccepted = system.send(api, { kind: 'call', method, params, reply: done })
      if (!isAccepted) done({ error: { code: -32_002, message: 'the node is busy or stopped' } })
    },
    stop: () => system.stop(),
    actors: () => system.report(),
    crashActor: (path, reason) => system.crash(path, new Error(reason)),
  }
}

/** Spawns and wires, top to bottom. Factories run when the system starts, in this order. */
function spawnActors(
  system: System<NodeEvent>,
  environment: Environment,
  config: NodeConfig,
  policy: ReturnType<typeof policies>,
): Address<ApiMessage> {
  const { chain, authority, tuning } = config
  const { verifier, store, services } = environment
  const mailbox = { waitingMax: tuning.mailboxMax }
  const storageGroup = system.root.group('storage', policy.storage)
  const chainGroup = system.root.group('chain', policy.chain)
  const networkGroup = system.root.group('network', policy.network)

  const storage: Address<StorageMessage> = storageGroup.spawn('storage', mailbox, (context) => {
    const { epoch, members } = chain.committee
    const recovery = { chain, verifier, trusted: trustedBy(config) }
    const { hash: genesis } = chain.genesis
    const options = { committeeSize: members.length, epoch, genesis, recovery, chain: chainActor }
    return new StorageActor(context, store, options)
  })
  const checkpoints: Address<CheckpointMessage> = storageGroup.spawn(
    'checkpoint',
    mailbox,
    (context) => {
      const { checkpointIntervalBlocks: intervalBlocks, checkpointsMax: keptMax } = tuning
      return new CheckpointActor(
        { context, chain, verifier, storage, chainActor, network, peers, sync },
        { intervalBlocks, keptMax },
      )
    },
  )
  const engine: Address<EngineMessage> = chainGroup.spawn('engine', mailbox, (context) => {
    const { engineDeadlineMs, payloadTransactionsMax, payloadBytesMax } = tuning
    const limits = { payloadTransactionsMax, payloadBytesMax }
    return new EngineActor(context, services, { callDeadlineMs: engineDeadlineMs, ...limits })
  })
  const chainActor: Address<ChainMessage> = chainGroup.spawn(
    'chain',
    { ...mailbox, priorityOf: chainPriority } satisfies MailboxOptions<ChainMessage>,
    (context) =>
      new ChainActor({
        ...{ context, chain, authority, verifier, engine, network },
        ...{ checkpoints, peers, storage, sync },
        trustedHeight: Math.max(0, ...trustedBy(config).map(({ height }) => height)),
        importBytesMax: tuning.importBytesMax,
      }),
  )
  const peers: Address<PeerMessage> = networkGroup.spawn('peer', mailbox, (context) => {
    const { self } = environment.network
    const options = { addresses: config.peerAddresses, ...tuning }
    const committee = { size: chain.committee.members.length, own: authority?.member }
    return new PeerActor({ context, network, storage, sync, self, committee }, options)
  })
  const network: Address<NetworkMessage> = networkGroup.spawn('network', mailbox, (context) => {
    const statement = statementOf(environment, config)
    const { versions = wireVersions } = config
    const world = { network: environment.network, verifier, statement, versions }
    return new NetworkActor({ context, chain, ...world, chainActor, engine, peers, storage, sync })
  })
  const sync: Address<SyncMessage> = networkGroup.spawn('sync', mailbox, (context) => {
    const { syncBytesMax: memoryBytesMax, syncBlocksMax: memoryBlocksMax } = tuning
    const rules = config.downloads === 'fixed' ? fixed : adaptive
    const options = {
      download: { ...rules, memoryBytesMax, memoryBlocksMax },
      ...{ statusDeadlineMs: tuning.requestDeadlineMs, lookMs: chain.slots.slotMs },
      ...{ trusted: trustedBy(config), member: authority?.member },
    }
    return new SyncActor({ context, chain, verifier, chainActor, network, peers }, options)
  })
  return system.root.spawn('api', mailbox, (context) => {
    const { hash: genesis } = chain.genesis
    const about = { name: chain.spec.name, chainTag: toHex(chain.tag), genesis }
    const others = { checkpoints, engine, network, peers, storage, sync }
    return new ApiActor({ context, chainActor, ...others, about })
  })
}

/** The blocks that this node holds to be of its chain. Asserts that they do not contradict. */
function trustedBy({ chain, trusted }: NodeConfig): readonly TrustedPlace[] {
  const places = trustedPlaces(chain, trusted)
  assert(places.ok, places.ok ? '' : places.fault.detail)
  return places.value
}

/** The next slot does not wait for blocks from long ago. */
function chainPriority(message: ChainMessage): 'high' | 'normal' {
  const { kind } = message
  return kind === 'import-run' || kind === 'get-block' ? 'normal' : 'high'
}

/** The authority's word that this peer speaks for it, given anew before the last one expires. */
function statementOf(
  { clock, network }: Environment,
  { authority, chain, tuning }: NodeConfig,
): () => PeerStatement | undefined {
  let statement: PeerStatement | undefined
  return () => {
    if (authority === undefined) return undefined
    const nowMs = Math.floor(clock.wall())
    if (statement !== undefined && statement.expiresAtMs - nowMs > tuning.statementMs / 2) {
      return statement
    }
    const expiresAtMs = nowMs + tuning.statementMs
    const claim = { member: authority.member, peer: network.self, expiresAtMs }
    const message = statementSigningBytes(chain.tag, chain.committee.epoch, claim)
    statement = { ...claim, signature: authority.signer.signAuthor(message) }
    return statement
  }
}
