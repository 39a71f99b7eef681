/**
 * A member that forgets its newest votes whenever it starts (B15), as one whose disk was restored from a backup: the
 * rest of the disk is as it was. Nobody can tell it from a liar, so it counts as one.
 */
import type { Millis } from '../../../src/base/units.ts'
import type { Store, Write } from '../../../src/kernel/environment.ts'
import type { HostileParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'

/** Where vote records lie: `src/actors/storage/keys.ts`. */
const prefix = 'votes/'

interface Past {
  readonly atMs: Millis
  readonly write: Write
}

/** Starts with the vote record as it was so long before. */
export function forgetful(forMs: Millis): (parts: HostileParts) => WrapEnvironment {
  return ({ nowMs }) => {
    let past: readonly Past[] = []
    return (environment) => {
      const untilMs = nowMs() - forMs
      const newest = (writes: readonly Past[]): ReadonlyMap<string, Uint8Array | undefined> =>
        new Map(writes.map(({ write }) => [write.key, write.value]))
      const forgotten = newest(past.filter(({ atMs }) => atMs > untilMs))
      const kept = newest(past.filter(({ atMs }) => atMs <= untilMs))
      const restored = new Map([...forgotten.keys()].map((key) => [key, kept.get(key)]))
      const note = (writes: readonly Write[]): void => {
        const votes = writes.filter(({ key }) => key.startsWith(prefix))
        past = [...past, ...votes.map((write) => ({ atMs: nowMs(), write }))]
        for (const { key } of votes) restored.delete(key)
      }
      return { ...environment, store: restoring(environment.store, restored, note) }
    }
  }
}

/** A store that shows `restored` in the place of what is there. */
function restoring(
  store: Store,
  restored: ReadonlyMap<string, Uint8Array | undefined>,
  note: (writes: readonly Write[]) => void,
): Store {
  return {
    get: (key, done) => {
      store.get(key, (outcome) => {
        const value = restored.get(key)
        done(outcome.ok && value !== undefined ? { ok: true, value } : outcome)
      })
    },
    scan: (range, done) => store.scan(range, done),
    commit: (commit, done) => {
      note(commit.writes)
      store.commit(commit, done)
    },
  }
}
