/** What carries the messages of a federation's nodes, in place of the model of a network. */
import type { SimulationOptions } from '../simulation.ts'

/** A network for a world, and what has to be done after each event for its sake. */
export type Carrier = Required<Pick<SimulationOptions, 'network' | 'settle'>>

/** What nodes of a chain speak of, and by which protocols they answer. */
export interface SpokenNames {
  readonly topics: readonly string[]
  readonly protocols: readonly string[]
}

/** Makes the carrier of one world. `names` may be asked as soon as a node begins. */
export type MakeCarrier = (names: () => SpokenNames) => Carrier
