import type { Watcher } from './watcher.ts'

/** In slots, a state of sync may last so long without a block; a discovery of thirty tries is a second each. */
const hotMsMax = 65_000

interface Stay {
  readonly state: string
  readonly height: number
  readonly sinceMs: number
}

/** L3, L10: no node of the core stays in a state of sync that is not the last one, and commits nothing, for long. */
export function syncCoolsWatcher(): Watcher {
  const stays = new Map<string, Stay>()
  return {
    property: 'sync-cools',
    look: ({ atMs, nodes }) => {
      for (const { name, syncState: state, height } of nodes) {
        const before = stays.get(name)
        const isSame = before?.state === state && before.height === height
        const stay = isSame ? before : { state, height, sinceMs: atMs }
        stays.set(name, stay)
        const forMs = atMs - stay.sinceMs
        if (state === 'synced' || forMs <= hotMsMax) continue
        return `${name} was ${state} for ${forMs / 1_000} s at height ${height}`
      }
      return undefined
    },
  }
}
