import type { Checker } from './checker.ts'

/** I16: a node that is not synced neither proposes nor approves. */
export function productionGateChecker(): Checker {
  const isOpen = new Map<string, boolean>()
  return {
    property: 'production-gate',
    observe: ({ node, event }) => {
      switch (event.kind) {
        case 'chain-started':
          isOpen.set(node, event.isGateOpen)
          return undefined
        case 'gate-changed':
          isOpen.set(node, event.isOpen)
          return undefined
        case 'block-proposed':
          if (isOpen.get(node) === true) return undefined
          return `${node} proposed in slot ${event.slot} while it was not synced`
        default:
          return undefined
      }
    },
  }
}
