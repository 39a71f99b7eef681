import type { Watcher } from './watcher.ts'

/** Discovery, a download and a second for the neighbours: without faults six slots. Each member votes in each slot. */
const silentMsMax = 90_000

/** L8: every member of the core takes part again: it votes. */
export function membersReturnWatcher(): Watcher {
  const votedMs = new Map<string, number>()
  return {
    property: 'members-return',
    observe: ({ node, atMs, event }) => {
      if (event.kind === 'vote-sent') votedMs.set(node, atMs)
    },
    look: ({ atMs, wellMs, nodes }) => {
      for (const { name, member } of nodes) {
        if (member === undefined) continue
        const silentMs = Math.min(wellMs, atMs - (votedMs.get(name) ?? 0))
        if (silentMs > silentMsMax) return `${name} has not voted for ${silentMs / 1_000} s`
      }
      return undefined
    },
  }
}
