/** The axis of time, and below it the faults of the run as bars with their names. */
import type { FaultSpan } from '../model/faults.ts'
import { ticksOf } from '../time/ticks.ts'
import { usPerPx, xOf } from '../time/window.ts'
import type { Picture } from './lanes.ts'
import { fitted, type Surface, textWidth } from './surface.ts'

export const axisPx = 26
export const faultRowPx = 15
/** Rows of bars that faults may take on a page of this height; what is beyond is drawn as a line. */
export function faultRowsFor(pagePx: number): number {
  return Math.max(2, Math.min(7, Math.floor((pagePx - 400) / 60)))
}

/** In which row each fault is drawn, and how many rows there are. */
export interface FaultRows {
  readonly rows: readonly number[]
  readonly count: number
}

export function drawRuler(surface: Surface, picture: Picture, faultRows: FaultRows): void {
  const { context, widthPx, heightPx } = surface
  const { window, palette, scene, shown } = picture
  context.font = `10.5px ${palette.font}`
  context.textBaseline = 'middle'
  drawAxis(surface, picture)
  const reachUs = usPerPx(window) * 8
  for (const [n, fault] of scene.faults.entries()) {
    if (shown.mask[fault.record] === 0) continue
    if (fault.toUs < window.fromUs - reachUs || fault.fromUs > window.toUs + reachUs) continue
    const row = faultRows.rows[n] ?? 0
    if (row === faultRows.count) drawLeftover(surface, picture, fault)
    else drawFault(surface, picture, fault, axisPx + 3 + row * faultRowPx)
  }
  context.fillStyle = palette.line
  context.fillRect(0, heightPx - 1, widthPx, 1)
}

function drawAxis({ context, widthPx }: Surface, { window, palette }: Picture): void {
  for (const { us, label } of ticksOf(window)) {
    const x = Math.round(xOf(window, us))
    const isNamed = label !== ''
    const length = isNamed ? 8 : 4
    context.fillStyle = isNamed ? palette.faint : palette.line
    context.fillRect(x, axisPx - length, 1, length)
    context.fillStyle = palette.soft
    if (isNamed) context.fillText(label, x + 5, axisPx - 12)
  }
  context.fillStyle = palette.line
  context.fillRect(0, axisPx - 1, widthPx, 1)
}

/** Of faults for which there is no row of their own, a line at the bottom. */
function drawLeftover(
  { context, widthPx, heightPx }: Surface,
  { window, palette }: Picture,
  fault: FaultSpan,
): void {
  const from = xOf(window, fault.fromUs)
  context.fillStyle = palette.fault
  const to = Math.min(xOf(window, fault.toUs), widthPx)
  context.fillRect(from, heightPx - 4, Math.max(2, to - from), 2)
}

function drawFault(
  { context, widthPx }: Surface,
  { window, palette }: Picture,
  fault: FaultSpan,
  topPx: number,
): void {
  const from = xOf(window, fault.fromUs)
  const to = xOf(window, fault.toUs)
  const height = faultRowPx - 2
  context.fillStyle = palette.fault
  if (fault.toUs === fault.fromUs) {
    context.beginPath()
    context.moveTo(from, topPx + 2)
    context.lineTo(from + 4, topPx + height / 2)
    context.lineTo(from, topPx + height - 2)
    context.lineTo(from - 4, topPx + height / 2)
    context.fill()
    return
  }
  const left = Math.max(0, from)
  const right = Math.min(widthPx, Math.max(to, from + 2))
  context.globalAlpha = 0.28
  context.beginPath()
  context.roundRect(left, topPx, right - left, height, 3)
  context.fill()
  context.globalAlpha = 1
  context.fillRect(left, topPx, from < 0 ? 0 : 2, height)
  context.fillStyle = palette.ink
  const room = right - left - 10
  const isWhole = textWidth(context, fault.name) <= room
  const text = isWhole
    ? `${fault.name}  ${fitted(context, fault.facts, room - textWidth(context, `${fault.name}  `))}`
    : fitted(context, fault.name, room)
  context.fillText(text, left + 6, topPx + height / 2 + 0.5)
}
