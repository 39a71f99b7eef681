/** Every safety property, by what it is judged by, in the order in which they are asked. */
import { agreementChecker } from './agreement.ts'
import { bansHoldChecker } from './bans-hold.ts'
import { boundedResourcesChecker } from './bounded-resources.ts'
import { certificateChecker } from './certificate.ts'
import type { CrossingChecker, DiskChecker, MakeChecker, SampleChecker, World } from './checker.ts'
import { checkpointSoundnessChecker } from './checkpoint-soundness.ts'
import { commitLockChecker } from './commit-lock.ts'
import { containmentChecker } from './containment.ts'
import { durabilityChecker } from './durability.ts'
import { encodingChecker } from './encoding.ts'
import { executedFirstChecker } from './executed-first.ts'
import { executedOnceChecker } from './executed-once.ts'
import { fetchedOnceChecker } from './fetched-once.ts'
import { finalityChecker } from './finality.ts'
import { gossipChecker } from './gossip.ts'
import { importOrderChecker } from './import-order.ts'
import { justifiedVotesChecker } from './justified-votes.ts'
import { noConflictChecker } from './no-conflict.ts'
import { noFalseAccusationChecker } from './no-false-accusation.ts'
import { noFalseEvidenceChecker } from './no-false-evidence.ts'
import { ownHistoryChecker } from './own-history.ts'
import { prefixChecker } from './prefix.ts'
import { productionGateChecker } from './production-gate.ts'
import { restartsChecker } from './restarts.ts'
import { slotsChecker } from './slots.ts'
import { stateEqualityChecker } from './state-equality.ts'
import { storedBlocksChecker } from './stored-blocks.ts'
import { voteLockChecker } from './vote-lock.ts'
import { votesCountChecker } from './votes-count.ts'

/** Of every event. */
export const safetyCheckers: readonly MakeChecker[] = [
  agreementChecker,
  finalityChecker,
  importOrderChecker,
  prefixChecker,
  voteLockChecker,
  commitLockChecker,
  certificateChecker,
  slotsChecker,
  durabilityChecker,
  productionGateChecker,
  noConflictChecker,
  containmentChecker,
  noFalseAccusationChecker,
  executedFirstChecker,
  noFalseEvidenceChecker,
  checkpointSoundnessChecker,
  bansHoldChecker,
]

/** Of what crosses the seam. */
export const crossingCheckers: readonly ((world: World) => CrossingChecker)[] = [
  gossipChecker,
  encodingChecker,
  votesCountChecker,
  fetchedOnceChecker,
  executedOnceChecker,
]

/** Of what nodes hold. */
export const sampleCheckers: readonly (() => SampleChecker)[] = [
  boundedResourcesChecker,
  restartsChecker,
]

/** Of what lies on disks. */
export const diskCheckers: readonly ((world: World) => DiskChecker)[] = [
  stateEqualityChecker,
  storedBlocksChecker,
  justifiedVotesChecker,
]

/** These cannot be had with more liars, or members that have forgotten, than two quorums share. */
const needTolerance: ReadonlySet<MakeChecker> = new Set([
  agreementChecker,
  prefixChecker,
  commitLockChecker,
  slotsChecker,
  noConflictChecker,
  checkpointSoundnessChecker,
])

/** What must hold all the same when there are. */
export const checkersBeyondSafety: readonly MakeChecker[] = [
  ...safetyCheckers.filter((checker) => !needTolerance.has(checker)),
  ownHistoryChecker,
]
