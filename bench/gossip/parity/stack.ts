/** The load on the real stack: libp2p and gossipsub, unmodified, over simulated streams in virtual time. */
import { openLibp2pWorld } from '../../../sim/libp2p/world.ts'
import type { LinkModel } from '../../../sim/link.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { asTask } from '../../../sim/stack/world.ts'
import { announcements, type ParityWorld } from './load.ts'
import { playIn } from './virtual.ts'

export function stackWorld(name: string, link: LinkModel): ParityWorld {
  return {
    name,
    counts: 'bytes of the simulated sockets',
    play: async (load) => {
      const { parts, guard } = await openLibp2pWorld()
      const { topic, protocol } = announcements
      const names = () => ({ topics: [topic], protocols: [protocol] })
      return await asTask(() => {
        const stack = parts({ names, security: 'plaintext' })
        const options = { seed: 'parity', link: () => link, guard }
        return playIn(new Simulation({ ...options, ...stack }), load)
      })
    },
  }
}
