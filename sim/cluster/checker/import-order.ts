import type { Checker } from './checker.ts'

/** The engine's answer may come so long after it was asked. */
const executionMsMax = 10_000

interface Progress {
  height: number
  /** Committed so long ago that nobody can still be waiting to execute it. */
  settled: number
  /** What was committed since, oldest first. */
  recent: { readonly atMs: number; readonly height: number }[]
}

/**
 * I14, in part: in one life of its chain a node commits each height once, one after the other, and executes
 * nothing of what it has committed. (What is still open may be executed again, and an import may
 * overtake an answer of the engine.)
 */
export function importOrderChecker(): Checker {
  const nodes = new Map<string, Progress>()

  const settle = (progress: Progress, nowMs: number): void => {
    const at = progress.recent.findIndex(({ atMs }) => nowMs - atMs < executionMsMax)
    const old = at === -1 ? progress.recent : progress.recent.slice(0, at)
    progress.settled = old.at(-1)?.height ?? progress.settled
    progress.recent = progress.recent.slice(old.length)
  }
  return {
    property: 'import-order',
    observe: ({ atMs, node, event }) => {
      if (event.kind === 'chain-started') {
        nodes.set(node, { height: event.height, settled: event.height, recent: [] })
        return undefined
      }
      const progress = nodes.get(node)
      if (progress === undefined) return undefined
      if (event.kind === 'block-executed') {
        settle(progress, atMs)
        if (event.height > progress.settled) return undefined
        return `${node} executed height ${event.height} long after it had committed it`
      }
      if (event.kind !== 'block-committed') return undefined
      const before = progress.height
      progress.height = event.height
      progress.recent.push({ atMs, height: event.height })
      if (event.height === before + 1) return undefined
      return `${node} committed height ${event.height} after ${before}`
    },
  }
}
