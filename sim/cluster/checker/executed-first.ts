import type { Checker } from './checker.ts'

/**
 * A member approves what its own engine has executed, and nothing on trust. Signing an approval again, as after
 * a restart, is no new one.
 */
export function executedFirstChecker(): Checker {
  /** Blocks that a node has executed, in any of its lives. */
  const executed = new Map<string, Set<string>>()
  const approved = new Set<string>()
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
      if (executed.get(node)?.has(block) === true) return undefined
      return `${node} approved ${block} in slot ${slot}, which it had not executed`
    },
  }
}
