/**
 * `alys/sim`: a deterministic world for actors of your own. It knows no chain.
 *
 * A `Simulation` holds virtual time, machines and a network between them. `addHost(name)` adds a
 * machine, `host.boot(start)` runs `start(environment)` on it, and `runUntil(ms)` lets everything happen
 * within a plain call: no promises, no real time. Machines can be paused, crashed and booted again;
 * links can be slow, lossy and cut; disks forget what was not synced; clocks can be wrong.
 * Two runs with one seed and the same acts have the same `digest`.
 *
 *     const world = new Simulation({ seed: 7, link: () => wideLink })
 *     world.addHost('a').boot((environment) => startMyNode(environment))
 *     world.at(5_000, () => world.network.rules.add('cut', partition([['a'], ['b', 'c']])))
 *     world.runUntil(60_000)
 *
 * Nothing random may come from elsewhere than `environment.random`, or two runs differ.
 * Names that are not listed here may change without notice.
 */

export { addressAt, addressOf } from '../../sim/address.ts'
export { type Bouts, inBouts, type Strobe, strobe } from '../../sim/bouts.ts'
export { type Bursts, loseInBursts } from '../../sim/burst-loss.ts'
export { SimOscillator } from '../../sim/clock.ts'
export { runCommand, type StoryCommand } from '../../sim/command.ts'
export { connectionTimeoutMs } from '../../sim/connection.ts'
export { Digest } from '../../sim/digest.ts'
export { type DiskImage, SimDisk } from '../../sim/disk.ts'
export {
  type CrashMercy,
  type DiskFaults,
  type DiskLies,
  honestDisk,
  soundDisk,
} from '../../sim/disk-faults.ts'
export {
  bimodal,
  constant,
  type Distribution,
  exponential,
  uniform,
} from '../../sim/distribution.ts'
export { edgeSizes } from '../../sim/edge-sizes.ts'
export { requestBytesMax } from '../../sim/exchange.ts'
export type { Corpus, Route } from '../../sim/explore/corpus.ts'
export { Explorer, type ExplorerOptions, type Trip } from '../../sim/explore/explorer.ts'
export { FeatureMap, type Sighting } from '../../sim/explore/features.ts'
export type { TrafficCounts } from '../../sim/fabric.ts'
export {
  drawFaults,
  type FaultOptions,
  heal,
  unleash,
  type WorldFault,
  type WorldFaultKind,
  worldFaultKinds,
} from '../../sim/fault-plan.ts'
export { Gate } from '../../sim/gate.ts'
export { gossipBytesMax } from '../../sim/gossip.ts'
export { type LinkModel, localLink, wideLink } from '../../sim/link.ts'
export {
  type LinkChange,
  type LinkChanges,
  narrow,
  onlyLinks,
  slowReader,
} from '../../sim/link-changes.ts'
export { abortAnswers, garble, reorder, replay } from '../../sim/message-rules.ts'
export { SimNetwork } from '../../sim/network.ts'
export { type HostOptions, type Process, SimHost, type StartProcess } from '../../sim/process.ts'
export {
  always,
  type Finding,
  type Judge,
  never,
  noActorFails,
  type Property,
  type Seen,
  sometimes,
} from '../../sim/property.ts'
export { SimRandom } from '../../sim/random.ts'
export {
  between,
  clog,
  corrupt,
  cutOneWay,
  type Fate,
  type Flight,
  type FlightKind,
  hold,
  isolate,
  type LinkRule,
  lose,
  type MessageFate,
  only,
  partition,
  type RuleList,
  refuse,
  slow,
  slowHandshake,
  touching,
} from '../../sim/rules.ts'
export {
  type ServiceFaults,
  type ServiceHandler,
  type ServicesModel,
  soundServices,
} from '../../sim/services.ts'
export { shrink } from '../../sim/shrink.ts'
export {
  type EventHook,
  type Guard,
  type Reseed,
  type RunOutcome,
  Simulation,
  type SimulationOptions,
} from '../../sim/simulation.ts'
export { type DiskModel, swiftDisk } from '../../sim/store.ts'
export {
  type Run,
  Stage,
  type Story,
  type TellOptions,
  tellStory,
  type Violation,
} from '../../sim/story.ts'
export {
  describeRun,
  describeSweep,
  type Sweep,
  type SweepOptions,
  sweep,
} from '../../sim/sweep.ts'
export { type Clogging, drawSwizzle, swizzle } from '../../sim/swizzle.ts'
export {
  type Onlooker,
  Timeline,
  type TimelineEntry,
  type TimelineEvent,
} from '../../sim/timeline.ts'
export { decodeTrace, encodeTrace } from '../../sim/trace/file.ts'
export type {
  Trace as RunTrace,
  TraceHeader,
  TraceRecord,
} from '../../sim/trace/record.ts'
export { type FaultSpan, type NamesOf, type Slice, sliceOf } from '../../sim/trace/slice.ts'
export {
  type Describe,
  type Described,
  Tracer,
  type TracerOptions,
} from '../../sim/trace/tracer.ts'
export {
  soundVerifier,
  twoWorkers,
  type VerifierCosts,
  type VerifierFaults,
  type VerifierModel,
} from '../../sim/verifier.ts'
export type { CrashNotice, WorldNetwork } from '../../sim/world-network.ts'
