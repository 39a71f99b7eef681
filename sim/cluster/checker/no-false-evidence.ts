import type { Evidence } from '../../../src/protocol/consensus/vote.ts'
import type { Checker, World } from './checker.ts'

/**
 * N5: whom there is evidence against did break its word. A member whose disk may lose what it promised may have
 * done so unawares, so where there is such a disk nothing is said.
 */
export function noFalseEvidenceChecker({ liars, untrustedDisks }: World): Checker {
  return {
    property: 'no-false-evidence',
    observe: ({ node, event }) => {
      if (event.kind !== 'evidence-found' || untrustedDisks.size > 0) return undefined
      const member = accusedBy(event.evidence)
      if (liars.has(member)) return undefined
      return `${node} has evidence (${event.evidence.kind}) against member ${member}, which kept the rules`
    },
  }
}

function accusedBy(evidence: Evidence): number {
  return evidence.kind === 'double-vote' ? evidence.first.signer : evidence.author
}
