/**
 * The lanes: of each node the stretches in which it was up, the faults that befell it, and what happened there: each
 * record, or how many, as there is room. Messages lie above (`arrows.ts`), the causes of a record above these.
 */

import type { LifeState, NodeHistory } from '../model/chain.ts'
import { lastBy, valueAt } from '../model/changes.ts'
import { befalls } from '../model/faults.ts'
import { roughlyBefore } from '../model/lanes.ts'
import { nameOf } from '../model/run.ts'
import type { Scene, Shown } from '../model/scene.ts'
import { type TimeWindow, usAt, xOf } from '../time/window.ts'
import { isCrowded, type Mark, marksOf, recordsIn } from './marks.ts'
import { nodeColour, type Palette } from './palette.ts'
import type { Row } from './rows.ts'
import { type Surface, textWidth } from './surface.ts'

/** All that drawing goes by. */
export interface Picture {
  readonly scene: Scene
  readonly shown: Shown
  readonly window: TimeWindow
  readonly palette: Palette
}

export function drawLanes(surface: Surface, picture: Picture, rows: readonly Row[]): void {
  const { context, widthPx } = surface
  const { scene, palette } = picture
  drawShades(surface, picture, rows)
  context.fillStyle = palette.line
  for (const { topPx, heightPx } of rows) context.fillRect(0, topPx + heightPx - 1, widthPx, 1)
  for (const row of rows) {
    const history = scene.history.nodes[row.lane]
    if (history !== undefined) drawLife(surface, picture, row, history)
  }
  const crowded = rows.filter(({ lane }) => {
    const { shown, window } = picture
    return isCrowded(recordsIn(shown.lanes, lane, scene.run.atUs, window).length, window)
  })
  drawCounts(surface, picture, crowded)
  for (const row of rows) if (!crowded.includes(row)) drawMarks(surface, picture, row)
}

/** Faults as shades over the lanes that they befall. */
function drawShades({ context, widthPx }: Surface, picture: Picture, rows: readonly Row[]): void {
  const { scene, shown, window, palette } = picture
  context.fillStyle = palette.fault
  for (const fault of scene.faults) {
    if (shown.mask[fault.record] === 0) continue
    if (fault.toUs < window.fromUs || fault.fromUs > window.toUs) continue
    const from = Math.max(0, xOf(window, fault.fromUs))
    const endUs = Math.min(fault.toUs, scene.limits.toUs)
    const width = Math.max(1, Math.min(widthPx, xOf(window, endUs)) - from)
    context.globalAlpha = fault.lanes.length === 0 ? 0.03 : 0.08
    for (const { lane, topPx, heightPx } of rows) {
      if (befalls(fault, lane)) context.fillRect(from, topPx, width, heightPx - 1)
    }
  }
  context.globalAlpha = 1
}

function drawLife(surface: Surface, picture: Picture, row: Row, { life }: NodeHistory): void {
  const { window, palette, scene } = picture
  const endUs = Math.min(window.toUs, scene.limits.toUs)
  let fromUs = Math.max(window.fromUs, scene.limits.fromUs)
  const first = Math.max(0, lastBy(life.atUs, fromUs))
  let state: LifeState = valueAt(life, fromUs) ?? 'down'
  for (let i = first; i <= life.atUs.length; i += 1) {
    const atUs = Math.min(life.atUs[i] ?? endUs, endUs)
    if (atUs > fromUs) {
      drawStretch(surface, row, {
        fromPx: Math.max(-2, xOf(window, fromUs)),
        toPx: Math.min(surface.widthPx + 2, xOf(window, atUs)),
        state,
        colour: nodeColour(palette, row.lane),
        blank: palette.faint,
      })
      fromUs = atUs
    }
    state = life.values[i] ?? state
    if (atUs >= endUs) break
  }
}

interface Stretch {
  readonly fromPx: number
  readonly toPx: number
  readonly state: LifeState
  readonly colour: string
  readonly blank: string
}

/** A line while the node is up, a broken one while it stands still, a hatched box while it is down. */
function drawStretch(
  { context }: Surface,
  { topPx, heightPx, basePx }: Row,
  stretch: Stretch,
): void {
  const { fromPx, toPx, state, colour, blank } = stretch
  if (state === 'down') {
    hatch(
      context,
      { xPx: fromPx, yPx: topPx, widthPx: toPx - fromPx, heightPx: heightPx - 1 },
      blank,
    )
    return
  }
  context.strokeStyle = colour
  context.globalAlpha = 0.75
  context.lineWidth = 2
  context.setLineDash(state === 'up' ? [] : [3, 4])
  context.beginPath()
  context.moveTo(fromPx, basePx)
  context.lineTo(toPx, basePx)
  context.stroke()
  context.setLineDash([])
  context.globalAlpha = 1
}

interface Box {
  readonly xPx: number
  readonly yPx: number
  readonly widthPx: number
  readonly heightPx: number
}

const hatchPx = 7

function hatch(context: CanvasRenderingContext2D, box: Box, colour: string): void {
  const { xPx, yPx, widthPx, heightPx } = box
  context.save()
  context.beginPath()
  context.rect(xPx, yPx, widthPx, heightPx)
  context.clip()
  context.fillStyle = colour
  context.globalAlpha = 0.1
  context.fillRect(xPx, yPx, widthPx, heightPx)
  context.globalAlpha = 0.45
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  const start = Math.floor((xPx - heightPx) / hatchPx) * hatchPx
  for (let x = start; x < xPx + widthPx; x += hatchPx) {
    context.moveTo(x, yPx + heightPx)
    context.lineTo(x + heightPx, yPx)
  }
  context.stroke()
  context.restore()
}

/** How many records there are at each pixel. The scale is one for all lanes. */
function drawCounts({ context, widthPx }: Surface, picture: Picture, rows: readonly Row[]): void {
  const { shown, window, palette } = picture
  const counts = rows.map(({ lane }) => countsOf(shown, lane, window))
  const most = counts.reduce((max, list) => list.reduce((a, b) => Math.max(a, b), max), 1)
  context.fillStyle = palette.soft
  context.globalAlpha = 0.6
  for (const [n, { topPx, basePx }] of rows.entries()) {
    const high = basePx - topPx - 8
    context.beginPath()
    for (let x = 0; x < widthPx; x += 1) {
      const count = counts[n]?.[x] ?? 0
      if (count === 0) continue
      const height = Math.max(1, Math.sqrt(count / most) * high)
      context.rect(x, basePx - 2 - height, 1, height)
    }
    context.fill()
  }
  context.globalAlpha = 1
}

function countsOf({ lanes }: Shown, lane: number, window: TimeWindow): Uint32Array {
  const counts = new Uint32Array(Math.ceil(window.widthPx))
  let before = roughlyBefore(lanes, lane, window.fromUs)
  for (let x = 0; x < counts.length; x += 1) {
    const upTo = roughlyBefore(lanes, lane, usAt(window, x + 1))
    counts[x] = upTo - before
    before = upTo
  }
  return counts
}

/** Each record as a dot in the colour of its group, with its name where there is room. */
function drawMarks(surface: Surface, picture: Picture, row: Row): void {
  const { context } = surface
  const { scene, shown, window, palette } = picture
  const { run } = scene
  const marks = marksOf(run, recordsIn(shown.lanes, row.lane, run.atUs, window), row, window)
  for (const { record, xPx, yPx } of marks) {
    context.fillStyle = palette.groups[run.group[record] ?? 0] ?? palette.ink
    context.fillRect(xPx - 2, yPx - 2, 4, 4)
  }
  drawNames(surface, picture, row, marks)
}

const nameGapPx = 14

/** Names of stacks: the lowest of each, and how many more there are. */
function drawNames({ context }: Surface, picture: Picture, row: Row, marks: readonly Mark[]): void {
  const { scene, palette } = picture
  const stacks = marks.filter((mark, i) => i === 0 || mark.xPx - (marks[i - 1]?.xPx ?? 0) > 3)
  if (stacks.length === 0 || row.heightPx < 40) return
  context.font = `10.5px ${palette.font}`
  context.fillStyle = palette.soft
  context.textBaseline = 'alphabetic'
  for (const [n, { record, xPx }] of stacks.entries()) {
    const next = stacks[n + 1]?.xPx ?? Number.POSITIVE_INFINITY
    const name = nameOf(scene.run, record)
    const room = next - xPx - nameGapPx
    if (room > textWidth(context, name)) context.fillText(name, xPx + 5, row.basePx - 4)
  }
}
