import type { Checker } from './checker.ts'

/**
 * I21: in one life of its chain a node commits each height once, one after the other, and executes
 * nothing at or below what it has committed. (A block that is still open may be executed again.)
 */
export function importOrderChecker(): Checker {
  const heights = new Map<string, number>()
  return {
    property: 'import-order',
    observe: ({ node, event }) => {
      const committed = heights.get(node)
      switch (event.kind) {
        case 'chain-started':
          heights.set(node, event.height)
          return undefined
        case 'block-executed':
          if (committed === undefined || event.height > committed) return undefined
          return `${node} executed height ${event.height} after it had committed ${committed}`
        case 'block-committed':
          heights.set(node, event.height)
          if (committed === undefined || event.height === committed + 1) return undefined
          return `${node} committed height ${event.height} after ${committed}`
        default:
          return undefined
      }
    },
  }
}
