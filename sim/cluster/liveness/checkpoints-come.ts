import type { Watcher } from './watcher.ts'

/** Looks at what is due come each half minute. */
const lateMsMax = 90_000

interface Count {
  readonly sinceHeight: number
  readonly dueMs: number | undefined
}

/** L9: whenever a node of the core has committed `intervalBlocks` blocks since its last checkpoint, one is made soon. */
export function checkpointsComeWatcher(intervalBlocks: number): Watcher {
  const counts = new Map<string, Count>()
  return {
    property: 'checkpoints-come',
    observe: ({ node, event }) => {
      if (event.kind !== 'checkpoint-created') return
      counts.set(node, { sinceHeight: event.height, dueMs: undefined })
    },
    look: ({ atMs, nodes }) => {
      for (const { name, height } of nodes) {
        const { sinceHeight, dueMs } = counts.get(name) ?? { sinceHeight: height, dueMs: undefined }
        const isDue = height - sinceHeight >= intervalBlocks
        const due = isDue ? (dueMs ?? atMs) : undefined
        counts.set(name, { sinceHeight, dueMs: due })
        if (due === undefined || atMs - due <= lateMsMax) continue
        return `${name} is at height ${height} and has no checkpoint above ${sinceHeight}`
      }
      return undefined
    },
  }
}
