import type { Address, Context } from '../../kernel/actor.ts'
import type { Network, Verifier } from '../../kernel/environment.ts'
import type { Chain } from '../../protocol/chain.ts'
import type { WireVersions } from '../../protocol/wire/requests.ts'
import type { PeerStatement } from '../../protocol/wire/status.ts'
import type { ChainMessage } from '../chain/messages.ts'
import type { EngineMessage } from '../engine/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { SyncMessage } from '../sync/messages.ts'
import type { NetworkEvent, NetworkMessage } from './messages.ts'

/** What the network actor works with: the world's network, and whom it talks to within the node. */
export interface NetworkParts {
  readonly context: Context<NetworkMessage, NetworkEvent>
  readonly chain: Chain
  readonly network: Network
  readonly verifier: Verifier
  /** What this release speaks. */
  readonly versions: WireVersions
  readonly chainActor: Address<ChainMessage>
  readonly engine: Address<EngineMessage>
  readonly peers: Address<PeerMessage>
  readonly storage: Address<StorageMessage>
  readonly sync: Address<SyncMessage>
  /** An authority's word, still good, that this node speaks for it; undefined without an authority. */
  readonly statement: () => PeerStatement | undefined
}
