/** What the kernel offers to its caller. `kernel-exports.ts` has the same as types. */

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
export { isFused } from './field'
export { heapBase } from './memory'
