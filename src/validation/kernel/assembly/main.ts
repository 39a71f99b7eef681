/** What the kernel offers to its caller. `run-kernel.ts` has the same as types. */

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
export { heapBase } from './memory'
