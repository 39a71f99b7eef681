/** How a federation is run, whatever it is made of: by which seeds, on which network, and who looks on. */
import type { Millis } from '../../src/base/units.ts'
import type { SimRandom } from '../random.ts'
import type { Guard, Reseed } from '../simulation.ts'
import type { Tracer } from '../trace/tracer.ts'
import type { MakeCarrier } from './carrier.ts'
import type { Observed } from './checker/checker.ts'
import type { CryptoScheme } from './crypto.ts'
import type { FaultWishes } from './fault/nemesis.ts'

export interface ClusterRun extends FaultWishes {
  /** Any text; or a root stream, for whoever draws of the same family. */
  readonly seed: string | SimRandom
  /** Later seeds, in ascending order of time. */
  readonly reseeds?: readonly Reseed[]
  readonly crypto: CryptoScheme
  readonly guard?: Guard
  /** What carries messages between the nodes. The model of a network, if this is absent. */
  readonly carrier?: MakeCarrier
  /** Called for each event of each node, for traces. */
  readonly onEvent?: (observed: Observed) => void
  /** Called as a turn of an actor begins, liars' too, to find where two runs part. */
  readonly onTurn?: (turn: Turn) => void
  /** Writes down what happens and why. The run is the same without it. */
  readonly tracer?: Tracer
  /** The run is cut off at this virtual time, as if nobody were there to see the rest. */
  readonly untilMs?: Millis
}

/** An actor takes a message. */
interface Turn {
  readonly atMs: Millis
  readonly node: string
  /** The actor's number in its node, in the order of spawning. */
  readonly actor: number
  /** The kind of the message. */
  readonly message: string
}
