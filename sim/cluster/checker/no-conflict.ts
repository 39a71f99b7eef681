import type { Checker } from './checker.ts'

/** Within the tolerance no node ever finds two certificates that contradict each other. */
export function noConflictChecker(): Checker {
  return {
    property: 'no-conflict',
    observe: ({ node, event }) =>
      event.kind === 'chain-halted' ? `${node} halted: ${event.detail}` : undefined,
  }
}
