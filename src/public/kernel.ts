/**
 * `alys/kernel`: the actor runtime and the seam, for actors of your own. It knows no chain.
 *
 * An actor is an object with `receive(message)`, which handles one message to completion and never waits.
 * A `System` runs actors on a clock and a stream of chance; whatever else they need of the world
 * (network, disk, signature checks, services) is in the `Environment` that their factory hands them.
 * Implement the six interfaces on your world, and run the same actors in the simulator of `alys/sim`.
 *
 *     const system = new System({ clock, random }, new Trace(readers), policy, onFailure)
 *     const greeter = system.root.spawn('greeter', { waitingMax: 100 }, (context) => ({
 *       receive: ({ name, reply }) => reply(`hello ${name}, it is ${context.now()} ms`),
 *     }))
 *     system.start()
 *
 * The laws of the environment are in `src/kernel/environment.ts`; what becomes of an actor that throws
 * is the policy's decision. Names that are not listed here may change without notice.
 */

export { AssertionError, assert, present, unreachable } from '../base/assert.ts'
export { failed, ok, type Result } from '../base/result.ts'
export type { Millis, UnixMillis } from '../base/units.ts'
export type {
  Actor,
  Address,
  AnyMessage,
  AskFault,
  Context,
  Question,
  Reply,
} from '../kernel/actor.ts'
export type {
  AnswerProgress,
  Carried,
  Check,
  Clock,
  Commit,
  Entry,
  Environment,
  GossipMessage,
  InboundRequest,
  KeyRange,
  Network,
  NetworkFault,
  NetworkReceiver,
  NetworkReport,
  OpenRequest,
  PeerId,
  PeerRequest,
  Random,
  RecordRun,
  RecordVerdict,
  ServiceFault,
  ServiceName,
  Services,
  Store,
  StoreFault,
  Timer,
  Verdict,
  Verifier,
  VerifierPriority,
  Waker,
  Write,
} from '../kernel/environment.ts'
export type { MailboxOptions, Priority } from '../kernel/mailbox.ts'
export { type Program, type ProgramSettings, startProgram } from '../kernel/program.ts'
export { type Decision, restarting, type SupervisorPolicy } from '../kernel/supervisor.ts'
export { type Group, System } from '../kernel/system.ts'
export { type KernelEvent, type Marker, Trace, type TraceReader } from '../kernel/trace.ts'
