/** The abstract model of the network: whole messages, no frames, no control messages, and everybody is told at once. */
import { uniform } from '../../../sim/distribution.ts'
import { type LinkModel, localLink } from '../../../sim/link.ts'
import { Simulation } from '../../../sim/simulation.ts'
import type { ParityWorld } from './load.ts'
import { playIn } from './virtual.ts'

/** Between cities: 10 to 100 ms, 20 Mbit/s. */
export const wideLink: LinkModel = {
  ...localLink,
  latency: uniform(10_000, 100_000),
  bytesPerSecond: 2_500_000,
}

/** The model on links of this kind. */
export function abstractWorld(name: string, link: LinkModel): ParityWorld {
  return {
    name,
    counts: 'bytes of messages, without any framing',
    play: (load) => {
      const simulation = new Simulation({ seed: 'parity', link: () => link })
      return Promise.resolve(playIn(simulation, load))
    },
  }
}
