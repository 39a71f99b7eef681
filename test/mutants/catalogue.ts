/** Bugs to be planted, one at a time, by area. */
import { agreementMutants } from './agreement.ts'
import { blockMutants } from './blocks.ts'
import { defectMutants } from './defects.ts'
import { historicalMutants } from './historical.ts'
import { kernelMutants } from './kernel.ts'
import { ledgerMutants } from './ledger.ts'
import type { Mutant } from './mutant.ts'
import { networkMutants } from './network.ts'
import { proofMutants } from './proof.ts'
import { storageMutants } from './storage.ts'
import { syncMutants } from './sync.ts'

export const mutants: readonly Mutant[] = [
  ...historicalMutants,
  ...defectMutants,
  ...agreementMutants,
  ...blockMutants,
  ...storageMutants,
  ...proofMutants,
  ...syncMutants,
  ...networkMutants,
  ...ledgerMutants,
  ...kernelMutants,
]
