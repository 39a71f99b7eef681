import type { Watcher } from './watcher.ts'

/** Until what piled up has to be gone. */
const drainMsMax = 30_000
/** Of a node at rest; some twenty are usual. */
const timersMax = 64

/** L7: half a minute after the core is well nothing waits in any mailbox at a look, and timers are few again. */
export function workDrainsWatcher(): Watcher {
  return {
    property: 'work-drains',
    look: ({ wellMs, nodes }) => {
      if (wellMs < drainMsMax) return undefined
      for (const { name, actors, timers } of nodes) {
        const full = actors.find(({ waiting }) => waiting > 0)
        if (full !== undefined) return `${full.waiting} messages wait for ${full.path} of ${name}`
        if (timers > timersMax) return `${name} has ${timers} timers`
      }
      return undefined
    },
  }
}
