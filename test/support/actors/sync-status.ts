/** What sync says of a node that is where it should be. */
import type { SyncStatus } from '../../../src/actors/sync/messages.ts'

export const syncedStatus: SyncStatus = {
  ...{ state: 'synced', stateCode: 5, isPaused: false },
  ...{ currentHeight: 1, targetHeight: 1, provenHeight: 1, progress: 1, peers: 2 },
  ...{ blocksPerSecond: 0, bytesPerSecond: 0, remainingMs: undefined },
  ...{ reservedBytes: 0, reservedBytesMax: 1, requests: 0, headOfLineMs: 0 },
  ...{ certificateAgeMs: 0, failure: undefined, lost: undefined },
  ...{ failures: 0, canProduceBlocks: true },
}
