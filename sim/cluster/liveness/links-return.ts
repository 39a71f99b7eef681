import type { Watcher } from './watcher.ts'

/** A dial is tried again after half a minute at the latest, and may take a quarter; twice that. */
const apartMsMax = 90_000

/** L6: every node of the core is connected to at least half of the others of it; nobody gives up for good. */
export function linksReturnWatcher(): Watcher {
  const sinceMs = new Map<string, number>()
  return {
    property: 'links-return',
    look: ({ atMs, nodes }) => {
      for (const { name, connected } of nodes) {
        const isApart = 2 * connected.size < nodes.length - 1
        if (!isApart) sinceMs.delete(name)
        else if (!sinceMs.has(name)) sinceMs.set(name, atMs)
        const forMs = atMs - (sinceMs.get(name) ?? atMs)
        if (forMs <= apartMsMax) continue
        return `${name} was connected to ${connected.size} of ${nodes.length - 1} for ${forMs / 1_000} s`
      }
      return undefined
    },
  }
}
