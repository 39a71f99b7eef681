import { gossipSuite } from './gossip/suite.ts'
import { kernelSuite } from './kernel/suite.ts'
import { peerActorSuite } from './peer-actor/suite.ts'
import { simSuite } from './sim/suite.ts'
import type { Suite } from './suite.ts'
import { syncSuite } from './sync/suite.ts'
import { validationSuite } from './validation/suite.ts'

/** Every suite, in the order in which they run. */
export const suites: readonly Suite[] = [
  kernelSuite,
  simSuite,
  peerActorSuite,
  gossipSuite,
  validationSuite,
  syncSuite,
]
