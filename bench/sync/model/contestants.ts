/** Ways of scheduling that are compared: the plain ones, the adaptive one, and that without each of its parts. */
import {
  adaptive,
  batchedSequential,
  type DownloadOptions,
  fixed,
  sequential,
  staticFree,
  staticJoined,
} from '../../../src/actors/sync/download/options.ts'

export const contestants = {
  sequential,
  'batched sequential': batchedSequential,
  'static, joined': staticJoined,
  'static, not joined': staticFree,
  fixed,
  adaptive,
  'without probes': { ...adaptive, hasProbes: false },
  'without hedges': { ...adaptive, hasHeadHedge: false, hasWindowHedge: false },
  'without window hedge': { ...adaptive, hasWindowHedge: false },
  'without global window': { ...adaptive, hasGlobalWindow: false },
  'without adaptive deadline': { ...adaptive, hasAdaptiveDeadline: false },
  'random choice': { ...adaptive, choice: 'random' },
  'greedy choice': { ...adaptive, choice: 'greedy' },
  'first choice': { ...adaptive, choice: 'first' },
  'least-loaded choice': { ...adaptive, choice: 'least-loaded' },
  '64 MiB': { ...adaptive, memoryBytesMax: 64 * 1_048_576 },
} as const satisfies Record<string, DownloadOptions>

export type Contestant = keyof typeof contestants
