/**
 * Every world on which a load is played, and with how many peers.
 */
import { localLink } from '../../../sim/link.ts'
import { abstractWorld, wideLink } from './abstract.ts'
import type { ParityWorld } from './load.ts'
import { processesWorld } from './processes.ts'
import { stackWorld } from './stack.ts'

/** A world, on links of a kind; only what is on the same links can be compared. */
export interface Stage {
  readonly world: ParityWorld
  readonly links: 'wide' | 'loopback'
  readonly peers: readonly number[]
}

const many = [10, 30, 50]
const few = [4, 8]

export const stages: readonly Stage[] = [
  { world: abstractWorld('abstract', wideLink), links: 'wide', peers: many },
  { world: stackWorld('libp2p in virtual time', wideLink), links: 'wide', peers: many },
  { world: abstractWorld('abstract', localLink), links: 'loopback', peers: few },
  { world: processesWorld, links: 'loopback', peers: few },
]
