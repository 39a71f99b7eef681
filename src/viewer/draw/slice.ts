/** What is lit: the chosen record, what was found, and, if it is asked for, the causes with all else dimmed. */
import { firstAtOrAfter } from '../model/lanes.ts'
import { kindOf, nameOf, type Run } from '../model/run.ts'
import { usPerPx, xOf } from '../time/window.ts'
import type { Picture } from './lanes.ts'
import type { Rows } from './rows.ts'
import { type Surface, textWidth } from './surface.ts'

interface Lit {
  /** From the record to its root; empty if causes are not lit. */
  readonly chain: readonly number[]
  /** Records that are no causes, and are lit with them. */
  readonly beside: readonly number[]
  readonly chosen: number
  readonly found: Uint32Array
}

interface Point {
  readonly record: number
  readonly xPx: number
  readonly yPx: number
}

export function drawLit(surface: Surface, picture: Picture, rows: Rows, lit: Lit): void {
  const { context, widthPx, heightPx } = surface
  const { palette } = picture
  drawFound(surface, picture, rows, lit.found)
  if (lit.chain.length > 0) {
    context.fillStyle = palette.paper
    context.globalAlpha = 0.8
    context.fillRect(0, 0, widthPx, heightPx)
    context.globalAlpha = 1
    drawBeside(
      surface,
      picture,
      lit.beside.flatMap((record) => pointOf(picture, rows, record)),
    )
    drawChain(
      surface,
      picture,
      lit.chain.flatMap((record) => pointOf(picture, rows, record)),
    )
  }
  for (const { xPx, yPx } of pointOf(picture, rows, lit.chosen)) {
    context.strokeStyle = palette.accent
    context.lineWidth = 2
    context.beginPath()
    context.arc(xPx, yPx, 6, 0, 2 * Math.PI)
    context.stroke()
  }
}

/** On the line of its lane; of the world, on that of the first. */
function pointOf(
  { scene, window }: Picture,
  { rows, rowOf }: Rows,
  record: number,
): readonly Point[] {
  if (record < 0) return []
  const { run } = scene
  const lane = run.lane[record] ?? 0
  const row = rows[rowOf[lane] ?? -1] ?? (lane === run.laneCount - 1 ? rows[0] : undefined)
  if (row === undefined) return []
  const yPx = lane === run.laneCount - 1 ? row.topPx + 6 : row.basePx
  return [{ record, xPx: xOf(window, run.atUs[record] ?? 0), yPx }]
}

/** Hollow, and without a line: nothing follows from them. */
function drawBeside(
  { context }: Surface,
  { scene, palette }: Picture,
  points: readonly Point[],
): void {
  const { run } = scene
  context.lineWidth = 1.5
  for (const { record, xPx, yPx } of points) {
    context.strokeStyle = palette.groups[run.group[record] ?? 0] ?? palette.ink
    context.fillStyle = palette.paper
    context.beginPath()
    context.arc(xPx, yPx, 3.5, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
  }
}

function drawChain(surface: Surface, { scene, palette }: Picture, points: readonly Point[]): void {
  const { context } = surface
  const { run } = scene
  context.strokeStyle = palette.accent
  context.lineWidth = 1.5
  context.lineJoin = 'round'
  context.beginPath()
  for (const { xPx, yPx } of points) context.lineTo(xPx, yPx)
  context.stroke()
  const places = [...Map.groupBy(points, ({ xPx, yPx }) => `${Math.round(xPx)} ${yPx}`).values()]
  const tellers = places.map((place) => {
    return place.toSorted((a, b) => rankOf(run, b.record) - rankOf(run, a.record))[0]
  })
  context.font = `11px ${palette.font}`
  context.textBaseline = 'alphabetic'
  const takenTo = new Map<number, number>()
  for (const teller of tellers.toReversed()) {
    if (teller === undefined) continue
    const { record, xPx, yPx } = teller
    context.fillStyle = palette.groups[run.group[record] ?? 0] ?? palette.ink
    context.beginPath()
    context.arc(xPx, yPx, 4, 0, 2 * Math.PI)
    context.fill()
    const name = nameOf(run, record)
    if (xPx + 6 < (takenTo.get(yPx) ?? Number.NEGATIVE_INFINITY)) continue
    context.strokeStyle = palette.paper
    context.lineWidth = 4
    context.strokeText(name, xPx + 8, yPx - 6)
    context.fillStyle = palette.ink
    context.fillText(name, xPx + 8, yPx - 6)
    takenTo.set(yPx, xPx + 14 + textWidth(context, name))
  }
}

/** Which of several records at one place says most: an event rather than a message, that rather than a turn. */
function rankOf(run: Run, record: number): number {
  return ['timer', 'turn', 'arrival', 'event'].indexOf(kindOf(run, record))
}

/** So many of what was found are looked at for each frame. */
const foundMax = 20_000

/** At most one mark a pixel. */
function drawFound(
  { context }: Surface,
  picture: Picture,
  { rows, rowOf }: Rows,
  found: Uint32Array,
): void {
  const { scene, window, palette } = picture
  const { run } = scene
  context.fillStyle = palette.accent
  const stepUs = usPerPx(window)
  const lastPx = new Map<number, number>()
  const first = firstAtOrAfter(found, run.atUs, window.fromUs)
  const end = firstAtOrAfter(found, run.atUs, window.toUs)
  // Of a million that were found, one in some hundred marks as many pixels.
  const stride = Math.max(1, Math.floor((end - first) / foundMax))
  for (let place = first; place < end; place += stride) {
    const record = found[place] ?? 0
    const us = run.atUs[record] ?? 0
    const row = rows[rowOf[run.lane[record] ?? 0] ?? -1]
    if (row === undefined) continue
    const pixel = Math.round((us - window.fromUs) / stepUs)
    if (lastPx.get(row.lane) === pixel) continue
    lastPx.set(row.lane, pixel)
    context.fillRect(pixel - 1, row.topPx + 2, 2, 7)
  }
}
