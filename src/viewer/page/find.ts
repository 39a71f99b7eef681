/** Which record is drawn at a place in the lanes. */
import type { Picture } from '../draw/lanes.ts'
import { marksOf, recordsIn } from '../draw/marks.ts'
import type { Rows } from '../draw/rows.ts'
import { usAt } from '../time/window.ts'
import type { Spot } from './pointer.ts'

/** How far off a pointer may be. */
const reachPx = 7

/** The record whose mark is nearest; −1 if none is near. */
export function recordAt(
  { scene, shown, window }: Picture,
  { rows }: Rows,
  { xPx, yPx }: Spot,
): number {
  const row = rows.find(({ topPx, heightPx }) => topPx <= yPx && yPx < topPx + heightPx)
  if (row === undefined) return -1
  // Wide enough that stacks are the same as those that are drawn.
  const near = { fromUs: usAt(window, xPx - 40), toUs: usAt(window, xPx + 40), widthPx: 80 }
  const { atUs } = scene.run
  const marks = marksOf({ atUs }, recordsIn(shown.lanes, row.lane, atUs, near), row, near)
  let nearest = -1
  let leastPx = reachPx
  for (const mark of marks) {
    const offPx = Math.max(Math.abs(mark.xPx - 40), Math.abs(mark.yPx - yPx) / 2)
    if (offPx <= leastPx) {
      leastPx = offPx
      nearest = mark.record
    }
  }
  return nearest
}
