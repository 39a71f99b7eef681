/** What methods of the API work with: whom they can ask, and what this node is. */
import type { Address, Context } from '../../kernel/actor.ts'
import type { ChainMessage } from '../chain/messages.ts'
import type { CheckpointMessage } from '../checkpoint/messages.ts'
import type { EngineMessage } from '../engine/messages.ts'
import type { NetworkMessage } from '../network/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { SyncMessage } from '../sync/messages.ts'
import type { ApiEvent, ApiMessage } from './messages.ts'

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
