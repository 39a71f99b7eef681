/** The whole run in one line: how much happens when, faults, the violation, and which part of it is in view. */
import { firstAtOrAfter, roughlyBefore } from '../model/lanes.ts'
import { type TimeWindow, usAt, xOf } from '../time/window.ts'
import type { Picture } from './lanes.ts'
import { type Surface, upright } from './surface.ts'

interface Marks {
  readonly cursorUs: number
  readonly found: Uint32Array
}

export function drawOverview(surface: Surface, picture: Picture, marks: Marks): void {
  const { context, widthPx, heightPx } = surface
  const { scene, palette, window } = picture
  const whole = { ...scene.bounds, widthPx }
  drawCounts(surface, picture, whole)
  context.fillStyle = palette.fault
  context.globalAlpha = 0.8
  for (const { record, fromUs, toUs } of scene.faults) {
    if (picture.shown.mask[record] === 0) continue
    const x = xOf(whole, fromUs)
    const endUs = Math.min(toUs, scene.limits.toUs)
    context.fillRect(x, 0, Math.max(2, xOf(whole, endUs) - x), 3)
  }
  context.globalAlpha = 1
  drawFound(surface, picture, whole, marks.found)
  drawBrush(surface, picture, xOf(whole, window.fromUs), xOf(whole, window.toUs))
  for (const record of scene.violations) {
    upright(surface, xOf(whole, scene.run.atUs[record] ?? 0), palette.bad)
  }
  context.fillStyle = palette.ink
  context.fillRect(Math.round(xOf(whole, marks.cursorUs)), 0, 1, heightPx)
}

function drawCounts(
  { context, widthPx, heightPx }: Surface,
  picture: Picture,
  whole: TimeWindow,
): void {
  const { shown, scene, palette } = picture
  const counts: number[] = []
  for (let x = 0; x < widthPx; x += 2) {
    const [from, to] = [usAt(whole, x), usAt(whole, x + 2)]
    let count = 0
    for (let lane = 0; lane < scene.run.laneCount; lane += 1) {
      count += roughlyBefore(shown.lanes, lane, to) - roughlyBefore(shown.lanes, lane, from)
    }
    counts.push(count)
  }
  const most = counts.reduce((max, count) => Math.max(max, count), 1)
  context.fillStyle = palette.faint
  for (const [n, count] of counts.entries()) {
    if (count === 0) continue
    const height = Math.max(1, Math.sqrt(count / most) * (heightPx - 8))
    context.fillRect(n * 2, heightPx - height, 1.5, height)
  }
}

function drawFound(
  { context, widthPx, heightPx }: Surface,
  picture: Picture,
  whole: TimeWindow,
  found: Uint32Array,
): void {
  const { scene, palette } = picture
  context.fillStyle = palette.accent
  const { atUs } = scene.run
  let before = 0
  for (let x = 0; x < widthPx && before < found.length; x += 1) {
    const upTo = firstAtOrAfter(found, atUs, usAt(whole, x + 1))
    if (upTo > before) context.fillRect(x, heightPx - 6, 1, 6)
    before = upTo
  }
}

/** What is out of view is veiled. */
function drawBrush(
  { context, widthPx, heightPx }: Surface,
  { palette }: Picture,
  fromPx: number,
  toPx: number,
): void {
  const left = Math.min(fromPx, widthPx - 3)
  const right = Math.max(toPx, left + 3)
  context.fillStyle = palette.paper
  context.globalAlpha = 0.66
  context.fillRect(0, 0, left, heightPx)
  context.fillRect(right, 0, widthPx - right, heightPx)
  context.globalAlpha = 1
  if (left <= 0 && right >= widthPx) return
  context.strokeStyle = palette.accent
  context.lineWidth = 1.5
  context.strokeRect(left + 0.75, 0.75, right - left - 1.5, heightPx - 1.5)
}
