import type { Checker, World } from './checker.ts'

/**
 * A member approves what its own engine has executed, and nothing on trust. Signing an approval again, as after
 * a restart, is no new one. Nor is it with the disk of another node, which holds what that one has promised and executed:
 * disks that were declared untrusted may have changed places.
 */
export function executedFirstChecker({ untrustedDisks }: World): Checker {
  /** Blocks that a node has executed, in any of its lives. */
  const executed = new Map<string, Set<string>>()
  const approved = new Set<string>()
  const hasExecuted = (node: string, block: string): boolean =>
    executed.get(node)?.has(block) === true
  return {
    property: 'executed-first',
    observe: ({ node, event }) => {
      if (event.kind === 'block-executed') {
        const blocks = executed.get(node) ?? new Set()
        executed.set(node, blocks.add(event.hash))
      }
      if (event.kind !== 'vote-sent' || event.vote.vote.kind !== 'notarise') return undefined
      const { block, slot } = event.vote.vote
      const approval = `${event.vote.signer} ${block}`
      if (approved.has(approval)) return undefined
      approved.add(approval)
      const sources = untrustedDisks.has(node) ? [...untrustedDisks] : [node]
      if (sources.some((source) => hasExecuted(source, block))) return undefined
      return `${node} approved ${block} in slot ${slot}, which it had not executed`
    },
  }
}
