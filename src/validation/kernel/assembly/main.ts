/** What the kernel offers to its caller. `kernel-exports.ts` and `run-kernel.ts` have the same as types. */

export {
  batchBytes,
  entryAt,
  factorAt,
  hold,
  isFormed,
  isKeyGood,
  keyAt,
  openBatch,
  prepareKeys,
  prepareSignatures,
  signatureAt,
} from './batch'
export { hashMany } from './blake3'
export { hashNodes } from './blake3-tree'
export { domainKeys } from './block-parse'
export {
  judgeBlocks,
  openRun,
  runAuthors,
  runFaults,
  runHashes,
  runPlaces,
  runRules,
} from './block-run'
export { isFused } from './field'
export { heapBase } from './memory'
