import type { Sample, SampleChecker, Seat } from './checker.ts'

const windowMs = 120_000

/**
 * Eight of its own, then each further one is its group's, of which there are eight, then the node gives up
 * (`src/node/supervision.ts`). One more may lie on either edge of the time between two looks.
 */
const restartsMax = 18

interface Look {
  readonly atMs: number
  readonly starts: ReadonlyMap<string, number>
}

/** I18, of restarts: whatever fails, no actor begins anew more than so often in two minutes. */
export function restartsChecker(): SampleChecker {
  const looks = new Map<Seat, readonly Look[]>()
  return {
    property: 'restarts',
    sample: ({ atMs, seat, actors }: Sample) => {
      const before = (looks.get(seat) ?? []).filter((look) => atMs - look.atMs <= windowMs)
      const starts = new Map(actors.map((actor) => [actor.path, actor.starts]))
      looks.set(seat, [...before, { atMs, starts }])
      const [oldest] = before
      const since = (path: string): number => oldest?.starts.get(path) ?? 1
      const often = actors.find((actor) => actor.starts - since(actor.path) > restartsMax)
      if (often === undefined) return undefined
      const times = often.starts - since(often.path)
      return `${seat.node} began ${often.path} anew ${times} times in two minutes`
    },
  }
}
