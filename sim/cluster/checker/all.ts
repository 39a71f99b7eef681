/** Every safety property, in the order in which they are asked. */
import { agreementChecker } from './agreement.ts'
import { certificateChecker } from './certificate.ts'
import type { MakeChecker } from './checker.ts'
import { commitLockChecker } from './commit-lock.ts'
import { containmentChecker } from './containment.ts'
import { durabilityChecker } from './durability.ts'
import { finalityChecker } from './finality.ts'
import { importOrderChecker } from './import-order.ts'
import { noConflictChecker } from './no-conflict.ts'
import { noFalseAccusationChecker } from './no-false-accusation.ts'
import { prefixChecker } from './prefix.ts'
import { productionGateChecker } from './production-gate.ts'
import { slotsChecker } from './slots.ts'
import { stateEqualityChecker } from './state-equality.ts'
import { voteLockChecker } from './vote-lock.ts'

export const safetyCheckers: readonly MakeChecker[] = [
  agreementChecker,
  finalityChecker,
  importOrderChecker,
  prefixChecker,
  voteLockChecker,
  commitLockChecker,
  certificateChecker,
  slotsChecker,
  stateEqualityChecker,
  durabilityChecker,
  productionGateChecker,
  noConflictChecker,
  containmentChecker,
  noFalseAccusationChecker,
]
