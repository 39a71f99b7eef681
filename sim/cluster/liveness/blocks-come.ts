import type { Watcher } from './watcher.ts'

/** In runs without faults the first block after a quorum is back comes within six slots, on links of 300 ms. */
const firstSlotsMax = 30
/** Over so many slots together … */
const windowSlots = 30
/** … so many of a hundred of those that the core's own members have are filled. Without faults it is all of them. */
const filledPercentMin = 40

interface Point {
  readonly atMs: number
  readonly height: number
}

/**
 * L1: the core commits a block soon after it is well, and from then on in most of the slots that are its members' own.
 * `members` is the size of the whole committee.
 */
export function blocksComeWatcher(members: number): Watcher {
  let first: number | undefined
  let points: readonly Point[] = []
  return {
    property: 'blocks-come',
    look: ({ atMs, wellMs, slotMs, nodes }) => {
      const height = Math.max(...nodes.map((node) => node.height))
      first ??= height
      if (height === first && wellMs > firstSlotsMax * slotMs) {
        return `no block within ${firstSlotsMax} slots, at height ${height}`
      }
      if (height === first) return undefined
      points = [...points, { atMs, height }].filter(
        (point) => atMs - point.atMs <= windowSlots * slotMs,
      )
      const [oldest] = points
      const elapsedSlots = (atMs - (oldest?.atMs ?? atMs)) / slotMs
      if (oldest === undefined || elapsedSlots < windowSlots - 1) return undefined
      const own = nodes.filter(({ member }) => member !== undefined).length / members
      const due = Math.floor((elapsedSlots * own * filledPercentMin) / 100)
      const made = height - oldest.height
      return made >= due ? undefined : `${made} blocks in ${windowSlots} slots, ${due} are due`
    },
  }
}
