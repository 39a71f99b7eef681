/** Every scenario, in the order in which they are told. Explicit, so that nothing is found by chance. */
import type { Scenario } from '../sim/cluster/scenario.ts'
import { calm } from './consensus/calm.ts'
import { clockSkew } from './consensus/clock-skew.ts'
import { equivocatingProposer } from './consensus/equivocating-proposer.ts'
import { leaderIsolated } from './consensus/leader-isolated.ts'
import { oneCrashOfThree } from './consensus/one-crash-of-three.ts'
import { asymmetricPartition } from './network/asymmetric-partition.ts'
import { partitionThenHeal } from './network/partition-then-heal.ts'
import { checkpointRecovery } from './storage/checkpoint-recovery.ts'
import { crashDuringCommit } from './storage/crash-during-commit.ts'
import { swarm } from './swarm/swarm.ts'
import { lateJoiner } from './sync/late-joiner.ts'
import { lyingServer } from './sync/lying-server.ts'

export const scenarios: readonly Scenario[] = [
  calm,
  oneCrashOfThree,
  leaderIsolated,
  clockSkew,
  equivocatingProposer,
  partitionThenHeal,
  asymmetricPartition,
  crashDuringCommit,
  checkpointRecovery,
  lateJoiner,
  lyingServer,
  swarm,
]
