/** Every scenario, in the order in which they are told. Explicit, so that nothing is found by chance. */
import type { Scenario } from '../sim/cluster/scenario.ts'
import { askedInVain } from './actors/asked-in-vain.ts'
import { askedWhileDown } from './actors/asked-while-down.ts'
import { failuresForgotten } from './actors/failures-forgotten.ts'
import { failuresLeaveNothing } from './actors/failures-leave-nothing.ts'
import { backupsBeyondTolerance } from './beyond/backups-beyond-tolerance.ts'
import { quorumLost } from './beyond/quorum-lost.ts'
import { twinsBeyondTolerance } from './beyond/twins-beyond-tolerance.ts'
import { decoderBombs } from './byzantine/decoder-bombs.ts'
import { doubleVoterScenario } from './byzantine/double-voter.ts'
import { forgedCertificates } from './byzantine/forged-certificates.ts'
import { forgedTransfers } from './byzantine/forged-transfers.ts'
import { invalidBlocks } from './byzantine/invalid-blocks.ts'
import { mutatedMessages } from './byzantine/mutated-messages.ts'
import { outOfTurnScenario } from './byzantine/out-of-turn.ts'
import { proofsTakenAway } from './byzantine/proofs-taken-away.ts'
import { spoiledProposals } from './byzantine/spoiled-proposals.ts'
import { twins } from './byzantine/twins.ts'
import { twinsEnumerated } from './byzantine/twins-enumerated.ts'
import { untimelyVotes } from './byzantine/untimely-votes.ts'
import { withholder } from './byzantine/withholder.ts'
import { answerLost } from './consensus/answer-lost.ts'
import { calm } from './consensus/calm.ts'
import { childBeforeParent } from './consensus/child-before-parent.ts'
import { clockSkew } from './consensus/clock-skew.ts'
import { engineHiccups } from './consensus/engine-hiccups.ts'
import { equivocatingProposer } from './consensus/equivocating-proposer.ts'
import { lateForTheirSlots } from './consensus/late-for-their-slots.ts'
import { leaderIsolated } from './consensus/leader-isolated.ts'
import { oneCrashOfThree } from './consensus/one-crash-of-three.ts'
import { addressesChange } from './network/addresses-change.ts'
import { asymmetricPartition } from './network/asymmetric-partition.ts'
import { banOutlivesCrash } from './network/ban-outlives-crash.ts'
import { bansEnd } from './network/bans-end.ts'
import { behindARouter } from './network/behind-a-router.ts'
import { chatterboxScenario } from './network/chatterbox.ts'
import { crowdOfOneOwner } from './network/crowd-of-one-owner.ts'
import { eclipseAttempt } from './network/eclipse-attempt.ts'
import { framesAtTheLimit } from './network/frames-at-the-limit.ts'
import { halfOpen } from './network/half-open.ts'
import { heardByNobody } from './network/heard-by-nobody.ts'
import { membersMeet } from './network/members-meet.ts'
import { metByOneSide } from './network/met-by-one-side.ts'
import { muteStrangers } from './network/mute-strangers.ts'
import { oneAddress } from './network/one-address.ts'
import { oneNeighbour } from './network/one-neighbour.ts'
import { partitionThenHeal } from './network/partition-then-heal.ts'
import { requestFlood } from './network/request-flood.ts'
import { slowReader } from './network/slow-reader.ts'
import { staleStatement } from './network/stale-statement.ts'
import { voteSpam } from './network/vote-spam.ts'
import { rollingUpgrade } from './node/rolling-upgrade.ts'
import { checkpointRecovery } from './storage/checkpoint-recovery.ts'
import { crashDuringCommit } from './storage/crash-during-commit.ts'
import { damagedBlocks } from './storage/damaged-blocks.ts'
import { storageFailsAtWork } from './storage/storage-fails-at-work.ts'
import { unsentVotes } from './storage/unsent-votes.ts'
import { swarm } from './swarm/swarm.ts'
import { clockJumpsInMidSync } from './sync/clock-jumps-in-mid-sync.ts'
import { crashAtEveryImport } from './sync/crash-at-every-import.ts'
import { deafFollower } from './sync/deaf-follower.ts'
import { diskFull } from './sync/disk-full.ts'
import { engineDownInMidSync } from './sync/engine-down-in-mid-sync.ts'
import { everyPeerLies } from './sync/every-peer-lies.ts'
import { everybodyBusy } from './sync/everybody-busy.ts'
import { firstMetIsBehind } from './sync/first-met-is-behind.ts'
import { forkWithoutCertificate } from './sync/fork-without-certificate.ts'
import { gapAndExtraBlocks } from './sync/gap-and-extra-blocks.ts'
import { inflatedHeights } from './sync/inflated-heights.ts'
import { lateJoiner } from './sync/late-joiner.ts'
import { lateJoinerUnderChurn } from './sync/late-joiner-under-churn.ts'
import { littleMemory } from './sync/little-memory.ts'
import { lyingServer } from './sync/lying-server.ts'
import { memberLeftBehind } from './sync/member-left-behind.ts'
import { nearlyThere } from './sync/nearly-there.ts'
import { oneLie } from './sync/one-lie.ts'
import { ourLinkIsSlow } from './sync/our-link-is-slow.ts'
import { ownChecksFail } from './sync/own-checks-fail.ts'
import { partitionInMidSync } from './sync/partition-in-mid-sync.ts'
import { serversBehind } from './sync/servers-behind.ts'
import { serversThatPrune } from './sync/servers-that-prune.ts'
import { singlePeerStalls } from './sync/single-peer-stalls.ts'
import { sleepingServers } from './sync/sleeping-servers.ts'
import { slowLoris } from './sync/slow-loris.ts'
import { suspendedAtTheTip } from './sync/suspended-at-the-tip.ts'
import { thirtyJoiners } from './sync/thirty-joiners.ts'
import { trustedStart } from './sync/trusted-start.ts'
import { uselessServers } from './sync/useless-servers.ts'
import { wellFormedLies } from './sync/well-formed-lies.ts'
import { wholeNetworkRestarts } from './sync/whole-network-restarts.ts'
import { writesRefused } from './sync/writes-refused.ts'

export const scenarios: readonly Scenario[] = [
  calm,
  oneCrashOfThree,
  leaderIsolated,
  lateForTheirSlots,
  answerLost,
  childBeforeParent,
  clockSkew,
  engineHiccups,
  equivocatingProposer,
  doubleVoterScenario,
  twins,
  twinsEnumerated,
  spoiledProposals,
  proofsTakenAway,
  withholder,
  outOfTurnScenario,
  invalidBlocks,
  forgedTransfers,
  forgedCertificates,
  untimelyVotes,
  mutatedMessages,
  decoderBombs,
  partitionThenHeal,
  asymmetricPartition,
  heardByNobody,
  metByOneSide,
  behindARouter,
  oneAddress,
  addressesChange,
  oneNeighbour,
  banOutlivesCrash,
  bansEnd,
  membersMeet,
  staleStatement,
  rollingUpgrade,
  voteSpam,
  chatterboxScenario,
  framesAtTheLimit,
  requestFlood,
  muteStrangers,
  slowReader,
  halfOpen,
  crowdOfOneOwner,
  eclipseAttempt,
  crashDuringCommit,
  unsentVotes,
  checkpointRecovery,
  damagedBlocks,
  storageFailsAtWork,
  lateJoiner,
  lyingServer,
  lateJoinerUnderChurn,
  everyPeerLies,
  slowLoris,
  sleepingServers,
  uselessServers,
  everybodyBusy,
  serversThatPrune,
  inflatedHeights,
  forkWithoutCertificate,
  gapAndExtraBlocks,
  wellFormedLies,
  oneLie,
  ourLinkIsSlow,
  ownChecksFail,
  littleMemory,
  serversBehind,
  nearlyThere,
  firstMetIsBehind,
  singlePeerStalls,
  thirtyJoiners,
  deafFollower,
  partitionInMidSync,
  crashAtEveryImport,
  diskFull,
  engineDownInMidSync,
  clockJumpsInMidSync,
  suspendedAtTheTip,
  trustedStart,
  memberLeftBehind,
  wholeNetworkRestarts,
  writesRefused,
  askedWhileDown,
  askedInVain,
  failuresForgotten,
  failuresLeaveNothing,
  quorumLost,
  backupsBeyondTolerance,
  twinsBeyondTolerance,
  swarm,
]
