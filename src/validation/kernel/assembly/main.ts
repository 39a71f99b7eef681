/** What the kernel offers to its caller. */
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
