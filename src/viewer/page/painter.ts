/**
 * The canvases of the page. Each is drawn again only if something that it shows has changed: while the cursor is moved,
 * which is what one does most, lanes, faults and heights stay as they are, and a line of the page lies over them.
 */
import { type Drawn, drawArrows } from '../draw/arrows.ts'
import { drawBlocks } from '../draw/blocks.ts'
import { type HeightPlot, plotHeights } from '../draw/heights.ts'
import { drawLanes, type Picture } from '../draw/lanes.ts'
import { drawOverview } from '../draw/overview.ts'
import { type Palette, paletteOf } from '../draw/palette.ts'
import { packed, type Rows, rowsBetween, rowsFor } from '../draw/rows.ts'
import { axisPx, drawRuler, type FaultRows, faultRowPx, faultRowsFor } from '../draw/ruler.ts'
import { drawLit } from '../draw/slice.ts'
import { type Surface, surfaceOf, upright } from '../draw/surface.ts'
import type { Scene, Shown } from '../model/scene.ts'
import { lengthUs, xOf } from '../time/window.ts'
import { canvasNamed, element } from './element.ts'
import { litBeside, litRecords, type State } from './state.ts'

export class Painter {
  readonly overview = canvasNamed('overview')
  readonly ruler = canvasNamed('ruler')
  readonly lanes = canvasNamed('lane-canvas')
  readonly blocks = canvasNamed('blocks')
  readonly heights = element('heights')
  readonly scroller = element('lanes')
  readonly #cursor = element('cursor')
  readonly #sheet = element('sheet')
  readonly #timeline = element('timeline')
  readonly #scene: Scene
  readonly #drawnFrom = new Map<string, readonly unknown[]>()
  #palette: Palette = paletteOf(document.documentElement)
  #plot: HeightPlot | undefined
  #faultRows: FaultRows = { rows: [], count: 0 }
  #arrows: Drawn = { drawn: 0, leftOut: 0 }

  constructor(scene: Scene) {
    this.#scene = scene
    const hasBlocks = scene.history.tree.blocks.length > 0
    element('heights-strip').hidden = !hasBlocks
    element('blocks-strip').hidden = !hasBlocks
    element('ruler-side').textContent = scene.faults.length === 0 ? 'Time' : 'Time, faults'
  }

  /** How many messages are drawn, and how many are not. */
  get arrows(): Drawn {
    return this.#arrows
  }

  /** Where bars of faults lie. */
  get faultRows(): FaultRows {
    return this.#faultRows
  }

  /** Colours or sizes have changed: nothing is as it was. */
  renew(): void {
    this.#palette = paletteOf(document.documentElement)
    this.#drawnFrom.clear()
    this.#plot?.destroy()
    this.#plot = undefined
    this.#packFaults()
  }

  rowsFor({ filter }: State): Rows {
    return rowsFor(this.#scene.run.laneCount - 1, filter.lanes, this.scroller.clientHeight)
  }

  picture({ window }: State, shown: Shown): Picture {
    return { scene: this.#scene, shown, window, palette: this.#palette }
  }

  paint(state: State, shown: Shown): void {
    const picture = this.picture(state, shown)
    const { window } = state
    const overview = surfaceOf(this.overview)
    if (overview !== undefined) drawOverview(overview, picture, state)
    if (this.#isNew('ruler', [window, shown, this.#faultRows])) this.#paintRuler(picture)
    const { chosen, isSliceLit, found } = state
    const from = [window, shown, this.scroller.scrollTop, chosen, isSliceLit, found]
    if (this.#isNew('lanes', from)) this.#paintLanes(picture, state)
    if (this.#scene.history.tree.blocks.length > 0) {
      if (this.#isNew('heights', [window])) this.#paintHeights(picture)
      this.#paintBlocks(picture, state.cursorUs)
    }
    this.#placeCursor(state)
  }

  /** Whether a part is to be drawn from something else than the last time. */
  #isNew(part: string, from: readonly unknown[]): boolean {
    const before = this.#drawnFrom.get(part)
    this.#drawnFrom.set(part, from)
    return before === undefined || from.some((value, n) => value !== before[n])
  }

  #packFaults(): void {
    const { faults, bounds } = this.#scene
    const max = faultRowsFor(this.#timeline.clientHeight)
    const rows = packed(faults, lengthUs(bounds) / 150, max + 1)
    const count = rows.reduce((most, row) => Math.min(Math.max(most, row + 1), max), 0)
    this.#faultRows = { rows, count }
    this.ruler.style.height = `${axisPx + (count === 0 ? 0 : count * faultRowPx + 6)}px`
  }

  #paintRuler(picture: Picture): void {
    const surface = surfaceOf(this.ruler)
    if (surface === undefined) return
    drawRuler(surface, picture, this.#faultRows)
    drawViolations(surface, picture)
  }

  #paintLanes(picture: Picture, state: State): void {
    const rows = this.rowsFor(state)
    this.#sheet.style.height = `${rows.heightPx}px`
    this.lanes.style.height = `${this.scroller.clientHeight}px`
    const surface = surfaceOf(this.lanes)
    if (surface === undefined) return
    const { context, heightPx } = surface
    const topPx = this.scroller.scrollTop
    context.translate(0, -topPx)
    drawLanes(surface, picture, rowsBetween(rows, topPx, topPx + heightPx))
    this.#arrows = drawArrows(surface, picture, rows)
    const whole = { ...surface, heightPx: Math.max(rows.heightPx, heightPx) }
    const chain = litRecords(state, this.#scene)
    const beside = litBeside(state, this.#scene)
    drawLit(whole, picture, rows, { ...state, chain, beside })
    drawViolations(whole, picture)
  }

  #paintHeights({ scene, window, palette }: Picture): void {
    this.#plot ??= plotHeights({
      box: this.heights,
      names: scene.run.laneNames.slice(0, -1),
      history: scene.history,
      palette,
      gutterPx: this.heights.clientWidth - window.widthPx,
    })
    this.#plot.draw(window)
  }

  #paintBlocks(picture: Picture, cursorUs: number): void {
    const surface = surfaceOf(this.blocks)
    if (surface === undefined) return
    drawBlocks(surface, picture, cursorUs)
    drawViolations(surface, picture)
  }

  #placeCursor({ window, cursorUs }: State): void {
    const xPx = Math.round(xOf(window, cursorUs))
    this.#cursor.hidden = xPx < 0 || xPx > window.widthPx
    this.#cursor.style.top = `${this.overview.offsetHeight + 1}px`
    this.#cursor.style.transform = `translateX(${xPx}px)`
  }
}

/** Where a property broke. */
function drawViolations(surface: Surface, { window, palette, scene }: Picture): void {
  surface.context.globalAlpha = 0.3
  for (const record of scene.violations) {
    upright(surface, xOf(window, scene.run.atUs[record] ?? 0), palette.bad, 7)
  }
  surface.context.globalAlpha = 1
}
