/** A network actor among probes, on a simulated network with peers that a test drives by hand. */
import type { ChainMessage, ChainStatus } from '../../../../src/actors/chain/messages.ts'
import type { EngineMessage } from '../../../../src/actors/engine/messages.ts'
import { NetworkActor } from '../../../../src/actors/network/actor.ts'
import type { NetworkMessage } from '../../../../src/actors/network/messages.ts'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import type { StorageMessage } from '../../../../src/actors/storage/messages.ts'
import type { SyncMessage } from '../../../../src/actors/sync/messages.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { protocolId, wireVersions } from '../../../../src/protocol/wire/requests.ts'
import { encodeStatus, type Status } from '../../../../src/protocol/wire/status.ts'
import { type Federation, federationOf } from '../../../support/actors/federation.ts'
import { RawPeer } from '../../../support/actors/raw-peer.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'

export const federation = federationOf(4)

export interface Scene {
  readonly stage: Stage
  readonly chain: Probe<ChainMessage>
  readonly engine: Probe<EngineMessage>
  readonly peers: Probe<PeerMessage>
  readonly storage: Probe<StorageMessage>
  readonly sync: Probe<SyncMessage>
  readonly network: Address<NetworkMessage>
}

/** The actor under test, on the host `stage`. Its chain has started, unless it says otherwise. */
export function openScene(options: { readonly isStarting?: boolean } = {}): Scene {
  const stage = new Stage({ scheme: federation.scheme })
  const chain = stage.probe<ChainMessage>('chain')
  const engine = stage.probe<EngineMessage>('engine')
  const peers = stage.probe<PeerMessage>('peer')
  const storage = stage.probe<StorageMessage>('storage')
  const sync = stage.probe<SyncMessage>('sync')
  chain.react((message) => {
    if (message.kind !== 'get-chain-status') return
    message.reply(options.isStarting === true ? undefined : chainStatus)
  })
  const network = stage.spawn<NetworkMessage>('network', (context) => {
    const { network: world, verifier } = stage.environment
    return new NetworkActor({
      ...{ context, chain: federation.chain, network: world, verifier, versions: wireVersions },
      statement: () => undefined,
      ...{ chainActor: chain.address, engine: engine.address, peers: peers.address },
      ...{ storage: storage.address, sync: sync.address },
    })
  })
  stage.run(1)
  return { stage, chain, engine, peers, storage, sync, network }
}

const place = { height: 0, slot: 0, hash: federation.chain.genesis.hash }

export const chainStatus: ChainStatus = {
  committed: place,
  head: place,
  certified: undefined,
  isVoting: false,
  isGateOpen: false,
}

/** What a new node of a chain says of itself. */
export function statusOf({ chain }: Federation, change: Partial<Status> = {}): Status {
  return {
    chainTag: chain.tag,
    genesis: chain.genesis.hash,
    versions: wireVersions,
    certified: undefined,
    head: { height: 0, slot: 0 },
    availableFrom: 0,
    statement: undefined,
    ...change,
  }
}

/** A peer that shakes hands and refuses everything else. */
export function politePeer(stage: Stage, name: string): RawPeer {
  const peer = new RawPeer(stage.simulation, name)
  peer.serve = ({ protocol }) =>
    protocol === protocolId.status ? encodeStatus(statusOf(federation)) : undefined
  return peer
}

/** As {@link politePeer}, connected and ready. */
export function readyPeer(stage: Stage, name: string): RawPeer {
  const peer = politePeer(stage, name)
  peer.connect('stage')
  return peer
}
