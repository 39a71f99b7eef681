/** What the kernel offers to its caller. */
export { heapBase } from './memory.ts'
