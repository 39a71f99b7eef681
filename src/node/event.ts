/** Everything that a node's actors report. Each reader of the trace takes what it needs. */
import type { ApiEvent } from '../actors/api/messages.ts'
import type { ChainEvent } from '../actors/chain/messages.ts'
import type { CheckpointEvent } from '../actors/checkpoint/messages.ts'
import type { EngineEvent } from '../actors/engine/messages.ts'
import type { NetworkEvent } from '../actors/network/messages.ts'
import type { PeerEvent } from '../actors/peer/messages.ts'
import type { StorageEvent } from '../actors/storage/messages.ts'
import type { SyncEvent } from '../actors/sync/messages.ts'

export type NodeEvent =
  | ApiEvent
  | ChainEvent
  | CheckpointEvent
  | EngineEvent
  | NetworkEvent
  | PeerEvent
  | StorageEvent
  | SyncEvent
