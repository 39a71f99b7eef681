/**
 * The seam: everything a node may ask of the world outside it, and all the ways in which it can be
 * surprised. `src/platform` implements these six interfaces on the real world, `sim` on a simulated one.
 *
 * Laws, each held by a conformance test on both sides:
 * 1. No re-entrance: no callback runs inside the call that asked for it.
 * 2. Order: timers with equal deadlines wake in the order in which they were asked for.
 * 3. Once: each `done` is called exactly once, unless the node dies first; then never.
 * 4. Bytes belong to whoever made them and are not changed after they crossed the seam.
 * 5. Faults of the world are values with a code. Nothing here throws, save on misuse.
 */
import type { Result } from '../base/result.ts'
import type { Millis, UnixMillis } from '../base/units.ts'

export interface Environment {
  readonly clock: Clock
  readonly random: Random
  readonly network: Network
  readonly store: Store
  readonly verifier: Verifier
  readonly services: Services
}

/** A timer that was asked for; only the clock that made it knows what it is. */
export type Timer = object

export interface Clock {
  /** Monotonic milliseconds from an origin of no meaning. For deadlines and durations. */
  now(): Millis
  /** Wall-clock milliseconds since the Unix epoch. May jump either way. For slots. */
  wall(): UnixMillis
  /** Calls `wake` once, at or after `due` on the scale of `now()`; a `due` in the past means at once. */
  wakeAt(due: Millis, wake: () => void): Timer
  /** As many wakes as are asked for by one receiver, which saves it a closure for each. */
  waker<Value>(wake: (value: Value) => void): Waker<Value>
  /** Forgets a timer. Does nothing if it has fired already. */
  cancel(timer: Timer): void
  /** Calls `run` after the present call has returned, before the next timer or message of the world. */
  soon(run: () => void): void
}

/** Whom a clock wakes, each time with a value. */
export interface Waker<Value> {
  /** As {@link Clock.wakeAt}, in one order with it. */
  wakeAt(due: Millis, value: Value): Timer
}

export interface Random {
  /** A uniform integer in [0, 2^32). */
  u32(): number
  /** A uniform integer in [0, bound), for 1 ≤ bound ≤ 2^20. */
  below(bound: number): number
  /** An independent stream. In the simulator it depends on the labels alone, never on past draws. */
  fork(label: string): Random
}

/** A peer's proven identity, as text. Same peer, same text, for as long as it keeps its key. */
export type PeerId = string

/** What a receiver makes of a gossiped message: pass it on, drop it, or drop it and blame the sender. */
export type Verdict = 'accept' | 'ignore' | 'reject'

export interface NetworkFault {
  readonly code: 'timeout' | 'unreachable' | 'refused' | 'too-large' | 'closed' | 'cancelled'
  readonly detail: string
}

/**
 * Authenticated peers, gossip topics, and requests with one answer. Gossip may be lost, duplicated
 * and reordered; requests fail with a code. Gossip carries at most 16 KiB, a request or answer 2 MiB.
 */
export interface Network {
  readonly self: PeerId
  /**
   * Names the one receiver of what arrives, and begins to listen. A further call (the owner was
   * restarted) replaces the receiver, and reports every connected peer to it as up.
   */
  open(receiver: NetworkReceiver): void
  /** Connects. `address` is the world's own notation. Already connected is a success. */
  dial(address: string, done: (outcome: Result<PeerId, NetworkFault>) => void): void
  /** Closes the connection, if there is one. `peerDown` follows. */
  disconnect(peer: PeerId): void
  /** Refuses (or no longer refuses) connections from and to a peer. A connected peer is disconnected. */
  ban(peer: PeerId, banned: boolean): void
  /**
   * How a connected peer has conducted itself, 0 to −100: it is valued by this as a gossip neighbour. Below −40 it
   * is not heard within two seconds, and what it gossips can still be had of others. Forgotten with the connection.
   */
  rate(peer: PeerId, conduct: number): void
  /**
   * All gossip that is passed on goes to this connected peer at once, and it is heard however it is rated. Each of
   * the two has to favour the other: who is favoured by one side alone has an ordinary neighbour less. Forgotten
   * with the connection.
   */
  favour(peer: PeerId, isFavoured: boolean): void
  /** What the network has carried, and how wide gossip goes now. */
  report(): NetworkReport
  subscribe(topic: string): void
  /**
   * Hands a message to the peers subscribed to `topic`. Not delivered to the publisher itself. The same bytes are the
   * same message: published again they go nowhere for minutes, even to those who missed them.
   */
  publish(topic: string, message: Uint8Array): void
  /** Asks a peer. `done` is told the answer, or why there is none. */
  request(
    request: PeerRequest,
    done: (outcome: Result<Uint8Array, NetworkFault>) => void,
  ): OpenRequest
}

/** Bytes that came in and went out. What is counted of framing and encryption is the world's affair. */
export interface Carried {
  readonly inBytes: number
  readonly outBytes: number
}

export interface NetworkReport {
  /** Since the network was opened. */
  readonly total: Carried
  /** Over the connections that there are. */
  readonly peers: ReadonlyMap<PeerId, Carried>
  /** To how many neighbours gossip is passed on at once, by topic. */
  readonly neighbours: ReadonlyMap<string, number>
}

/** A request that waits for its answer. */
export interface OpenRequest {
  /** What has come in of the answer by now or, if the request has ended, had by then. */
  progress(): AnswerProgress
  /**
   * Gives up: the peer need not go on. `done` is told 'cancelled', in an event of its own; but an outcome
   * that is known already, told or on its way, stands.
   */
  cancel(): void
}

/** Bytes of the answer's body, and when the first and the latest came, as `Clock.now()` tells the time. */
export interface AnswerProgress {
  readonly bytes: number
  readonly firstByteMs: Millis | undefined
  readonly lastByteMs: Millis | undefined
}

export interface PeerRequest {
  readonly peer: PeerId
  readonly protocol: string
  readonly body: Uint8Array
  readonly deadlineMs: Millis
}

/** Where the network delivers. Its methods are entry points: they run one at a time, never nested. */
export interface NetworkReceiver {
  /** `address` is where the peer was seen. It can be dialled if `dialled`, and may be if it names the peer. */
  peerUp(peer: PeerId, address: string, dialled: boolean): void
  peerDown(peer: PeerId): void
  /** The network itself found an address where a peer may be, which it names. It may be a lie. */
  peerFound(address: string): void
  /** A message on a subscribed topic. It travels on only after `verdict('accept')`. */
  gossip(message: GossipMessage, verdict: (verdict: Verdict) => void): void
  /** A peer's request. `answer(undefined)` refuses it. */
  request(request: InboundRequest, answer: (body: Uint8Array | undefined) => void): void
}

export interface GossipMessage {
  readonly topic: string
  readonly data: Uint8Array
  /** The neighbour that handed it over, who need not be the author. */
  readonly from: PeerId
}

export interface InboundRequest {
  readonly from: PeerId
  readonly protocol: string
  readonly body: Uint8Array
}

export interface StoreFault {
  readonly code: 'io' | 'full' | 'closed'
  readonly detail: string
}

/** One change of a key. An undefined value deletes it. Keys are ASCII, at most 200 characters. */
export interface Write {
  readonly key: string
  readonly value: Uint8Array | undefined
}

export interface Entry {
  readonly key: string
  readonly value: Uint8Array
}

/** Keys from `from` (included) to `to` (excluded), ascending or descending, at most `limit`. */
export interface KeyRange {
  readonly from: string
  readonly to: string
  readonly limit: number
  readonly reverse?: boolean
}

/**
 * Ordered keys. A commit is atomic; after `done` of a durable one it survives a crash of the machine.
 * Commits take effect in the order in which they were asked for, and a read sees every commit asked
 * for before it. After a fault nothing of that commit is visible. Values may come back damaged: the
 * disk is not trusted, so whoever stores adds a checksum.
 */
export interface Store {
  get(key: string, done: (outcome: Result<Uint8Array | undefined, StoreFault>) => void): void
  scan(range: KeyRange, done: (outcome: Result<readonly Entry[], StoreFault>) => void): void
  commit(commit: Commit, done: (outcome: Result<undefined, StoreFault>) => void): void
}

export interface Commit {
  readonly writes: readonly Write[]
  /** Durable commits wait for the disk. Others may be lost by a crash, together and from the end. */
  readonly durable: boolean
}

/** One signature to check. `bls` is an aggregate of every key's signature over the same message. */
export type Check =
  | {
      readonly kind: 'ed25519'
      readonly publicKey: Uint8Array
      readonly message: Uint8Array
      readonly signature: Uint8Array
    }
  | {
      readonly kind: 'bls'
      readonly publicKeys: readonly Uint8Array[]
      readonly message: Uint8Array
      readonly signature: Uint8Array
    }

/** Records that shall follow one another, each the next one's predecessor. */
export interface RecordRun {
  /** What they are judged by, at most 4 KiB. Its encoding is a matter of who asks and who judges. */
  readonly rules: Uint8Array
  /** At most 4,096 records, of 16 MiB together. */
  readonly records: readonly Uint8Array[]
}

/** What came of one record. */
export interface RecordVerdict {
  /** Why it is refused, as a word of its rules; undefined if it is not. */
  readonly fault: string | undefined
  /** What it is known by; empty if it cannot be read at all. */
  readonly hash: Uint8Array
}

/** Which work goes first. Within a priority, answers come in the order of the questions. */
export type VerifierPriority = 'urgent' | 'bulk'

/**
 * Validation in batches. Malformed keys, signatures and records are verdicts, never a throw; rules that cannot be
 * read are misuse, and so is a run beyond its bounds. `urgent` goes before whatever is queued.
 */
export interface Verifier {
  /** One verdict for each check, in order. */
  verify(
    checks: readonly Check[],
    priority: VerifierPriority,
    done: (verdicts: readonly boolean[]) => void,
  ): void
  /** One verdict for each record, in order: all that can be said of it by its rules and predecessor alone. */
  validate(
    run: RecordRun,
    priority: VerifierPriority,
    done: (verdicts: readonly RecordVerdict[]) => void,
  ): void
  /** One BLS signature out of several valid ones over the same message. Undefined if one is malformed. */
  aggregate(signatures: readonly Uint8Array[]): Uint8Array | undefined
}

export interface ServiceFault {
  readonly code: 'timeout' | 'unavailable' | 'refused'
  readonly detail: string
}

/** Programs on the far side of a wire: an execution engine, later a Bitcoin node and governance. */
export type ServiceName = 'engine'

/** Calls to a service. What it answers is not trusted: the caller narrows it. */
export interface Services {
  call(
    service: ServiceName,
    request: unknown,
    deadlineMs: Millis,
    done: (outcome: Result<unknown, ServiceFault>) => void,
  ): void
}
