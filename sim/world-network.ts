/**
 * The network of a world as those see it who steer the world: which hosts there are, what befalls their
 * connections, and who is connected to whom. Hosts are named here, whatever the network itself calls them.
 *
 * There are several: the model (`network.ts`), and real network code in virtual time (`stack`, `libp2p`). What runs
 * on the hosts must not know which one it is.
 */
import type { Millis } from '../src/base/units.ts'
import type { Network, PeerId } from '../src/kernel/environment.ts'
import type { SimClock } from './clock.ts'
import type { TrafficCounts } from './fabric.ts'
import type { Life } from './life.ts'
import type { LinkModel } from './link.ts'
import type { LinkChanges } from './link-changes.ts'
import type { SimRandom } from './random.ts'
import type { RuleList } from './rules.ts'

/** How neighbours learn of a crash: the machine's kernel resets their connections, or nobody tells them. */
export type CrashNotice = 'reset' | 'silence'

/** What a network is given of a process that begins. */
export interface NetworkSeat {
  readonly life: Life
  readonly clock: SimClock
  /** A stream of this life, for the network's own code on this host. */
  readonly random: SimRandom
}

export interface WorldNetwork {
  /** Faults of links. Whatever is added or removed takes effect with the next flight. */
  readonly rules: RuleList
  /** What links are like for a while. Takes effect with the next flight too. */
  readonly linkChanges: LinkChanges
  readonly counts: Readonly<TrafficCounts>
  /** Adds a host, not running. Asserts that the name is new. `msAt` is its own clock. */
  addHost(name: string, msAt: (trueUs: number) => Millis): void
  /**
   * A new process begins on this host. `ready` is called once, within this call or later, unless the life ends before.
   * Asserts that no other process runs there.
   */
  attach(name: string, seat: NetworkSeat, ready: (network: Network) => void): void
  /** The process stops in good order: its connections are closed. */
  detach(name: string): void
  /** The process or its machine dies. What it had not sent vanishes. */
  crash(name: string, notice: CrashNotice): void
  /** Breaks what connects two hosts, at both ends, as a device between them that forgets it. */
  reset(a: string, b: string): void
  /**
   * One host has lost its connection to the other, which does not know: what that sends is lost. It learns of it by its
   * keep-alive, or by an answer of the machine where the connection is unknown.
   */
  halfOpen(unaware: string, forgetful: string): void
  /**
   * A host is somewhere else from its next process on: its former address leads nowhere, and `sim:name@place` to it.
   * Asserts that nothing runs there, and that nobody else is at that place.
   */
  moveHost(name: string, place: string): void
  /** Gives the link from one host to another a character of its own, for good: one for a while is a change. */
  setLink(from: string, to: string, model: LinkModel): void
  /**
   * From now on a host holds so many connections at most, as by a limit of its descriptors; undefined ends it. It cannot
   * dial any more, and refuses whoever dials. Connections that it has stay.
   */
  limitConnections(name: string, connectionsMax: number | undefined): void
  /** A host's network finds an address, true or false: it finds none unless it is made to. Nobody hears if it is down. */
  find(name: string, address: string): void
  /** Whether two hosts are connected, as both see it. */
  isConnected(a: string, b: string): boolean
  /** The peers that a host takes to be connected, oldest connection first. */
  peersOf(name: string): readonly PeerId[]
  /** How much gossip of a neighbour a host found to be false, over their present connection. */
  rejectedBy(name: string, neighbour: string): number
}
