/**
 * The page at work: holds the state, lets deeds change it, and draws it again, once a frame at most. What a deed does is in
 * `state.ts`, how things look in `draw`; here they meet the elements of the page.
 */
import { render } from 'lit/html.js'
import { type Drawn, drawArrows } from '../draw/arrows.ts'
import { blockAt, drawBlocks } from '../draw/blocks.ts'
import { type HeightPlot, plotHeights } from '../draw/heights.ts'
import { drawLanes, type Picture } from '../draw/lanes.ts'
import { drawOverview } from '../draw/overview.ts'
import { type Palette, paletteOf } from '../draw/palette.ts'
import { packed, type Rows, rowsBetween, rowsFor } from '../draw/rows.ts'
import {
  axisPx,
  drawHandle,
  drawRuler,
  type FaultRows,
  faultRowPx,
  faultRowsFor,
} from '../draw/ruler.ts'
import { drawLit } from '../draw/slice.ts'
import { surfaceOf, upright } from '../draw/surface.ts'
import type { Block } from '../model/blocks.ts'
import type { FaultSpan } from '../model/faults.ts'
import { nameOf } from '../model/run.ts'
import { type Scene, type Shown, shownIn } from '../model/scene.ts'
import { type Effects, effectsOf } from '../model/slice.ts'
import { lengthUs, xOf } from '../time/window.ts'
import { putIntoAddress, recordInAddress } from './address.ts'
import { head, labels, panel, searchId, status } from './chrome.ts'
import { canvasNamed, element } from './element.ts'
import { recordAt } from './find.ts'
import { effectsMax, inspector, type View } from './inspector.ts'
import { actFor } from './keys.ts'
import { brushOn, panOn, type Spot, scrubOn, spotOf } from './pointer.ts'
import {
  after,
  type Deed,
  litBeside,
  litRecords,
  openingState,
  type State,
  type Theme,
} from './state.ts'
import { blockTip, faultTip, recordTip, showTip, type Tip } from './tip.ts'
import { momentText } from './words.ts'

const noEffects: Effects = { direct: [], directCount: 0, total: 0 }

export function startApp(scene: Scene): void {
  new App(scene).start()
}

class App {
  readonly #scene: Scene
  readonly #overview = canvasNamed('overview')
  readonly #ruler = canvasNamed('ruler')
  readonly #lanes = canvasNamed('lane-canvas')
  readonly #blocks = canvasNamed('blocks')
  readonly #scroller = element('lanes')
  #faultRows: FaultRows = { rows: [], count: 0 }
  #state: State
  #shown: Shown
  #shownRecords = 0
  #palette: Palette = paletteOf(document.documentElement)
  #plot: HeightPlot | undefined
  #effects: Effects = noEffects
  #arrows: Drawn = { drawn: 0, leftOut: 0 }
  #isDue = false

  constructor(scene: Scene) {
    this.#scene = scene
    this.#state = openingState(scene, 'system')
    this.#shown = shownIn(scene, this.#state.filter)
    this.#note(this.#state)
  }

  start(): void {
    const hasBlocks = this.#scene.history.tree.blocks.length > 0
    element('heights-strip').hidden = !hasBlocks
    element('blocks-strip').hidden = !hasBlocks
    element('ruler-side').textContent = this.#scene.faults.length === 0 ? 'Time' : 'Time, faults'
    this.#listen()
    this.#repaint()
    const addressed = recordInAddress(this.#scene)
    if (addressed !== -1) this.#act({ kind: 'choose', record: addressed })
  }

  readonly #act = (deed: Deed): void => {
    const before = this.#state
    this.#state = after(before, deed, { scene: this.#scene, mask: this.#shown.mask })
    if (this.#state.filter !== before.filter) this.#shown = shownIn(this.#scene, this.#state.filter)
    if (this.#state.theme !== before.theme) this.#dress(this.#state.theme)
    this.#note(before)
    this.#draw()
  }

  /** What is derived from a state and too dear for each frame. */
  #note(before: State): void {
    const { chosen, filter } = this.#state
    const { run } = this.#scene
    if (chosen !== before.chosen || this.#effects === noEffects) {
      this.#effects = chosen === -1 ? noEffects : effectsOf(run, chosen, effectsMax)
    }
    if (filter !== before.filter || this.#shownRecords === 0) {
      this.#shownRecords = this.#shown.mask.reduce((sum, each) => sum + each, 0)
    }
    if (chosen !== before.chosen) putIntoAddress(this.#scene, chosen)
    if (chosen !== before.chosen && chosen !== -1) {
      const where = run.laneNames[run.lane[chosen] ?? 0] || 'the world'
      element('live').textContent =
        `${nameOf(run, chosen)}, ${where}, ${momentText(run.atUs[chosen] ?? 0)}`
    }
  }

  #dress(theme: Theme): void {
    const { dataset } = document.documentElement
    if (theme === 'system') delete dataset.theme
    else dataset.theme = theme
    this.#repaint()
  }

  /** Colours, or sizes that a plot is made with, have changed. */
  #repaint(): void {
    this.#palette = paletteOf(document.documentElement)
    this.#packFaults()
    this.#plot?.destroy()
    this.#plot = undefined
    const { widthPx } = this.#state.window
    const { clientWidth } = this.#lanes
    if (clientWidth !== widthPx) this.#act({ kind: 'resize', widthPx: clientWidth })
    this.#draw()
  }

  #packFaults(): void {
    const { faults, bounds } = this.#scene
    const max = faultRowsFor(element('timeline').clientHeight)
    const rows = packed(faults, lengthUs(bounds) / 150, max + 1)
    const count = rows.reduce((most, row) => Math.min(Math.max(most, row + 1), max), 0)
    this.#faultRows = { rows, count }
    this.#ruler.style.height = `${axisPx + (count === 0 ? 0 : count * faultRowPx + 6)}px`
  }

  /** Draws in the next frame. */
  #draw(): void {
    if (this.#isDue) return
    this.#isDue = true
    requestAnimationFrame(() => {
      this.#isDue = false
      this.#frame()
    })
  }

  #frame(): void {
    const picture = this.#picture()
    const { cursorUs, found, window } = this.#state
    const overview = surfaceOf(this.#overview)
    if (overview !== undefined) drawOverview(overview, picture, { cursorUs, found })
    const ruler = surfaceOf(this.#ruler)
    if (ruler !== undefined) {
      drawRuler(ruler, picture, this.#faultRows)
      this.#drawLines(ruler, picture)
      drawHandle(ruler, xOf(window, cursorUs), this.#palette.ink)
    }
    this.#drawLanes(picture)
    this.#drawChain(picture)
    const view = this.#view()
    render(head(view), element('head'))
    render(labels(view, this.#rows()), element('labels'))
    render(inspector(view), element('inspector'))
    render(
      status(view, { arrows: this.#arrows, shownRecords: this.#shownRecords }),
      element('status'),
    )
    render(panel(view), element('panel'))
    element('timeline').setAttribute('aria-label', `Timeline, cursor at ${momentText(cursorUs)}`)
    this.#tell()
  }

  /** For whoever measures how long it takes until something is seen. */
  #tell(): void {
    const { dataset } = document.documentElement
    if (dataset.drawn !== undefined) return
    dataset.drawn = 'true'
    performance.mark('drawn')
  }

  #drawLanes(picture: Picture): void {
    const rows = this.#rows()
    element('sheet').style.height = `${rows.heightPx}px`
    this.#lanes.style.height = `${this.#scroller.clientHeight}px`
    const surface = surfaceOf(this.#lanes)
    if (surface === undefined) return
    const { context, heightPx } = surface
    const topPx = this.#scroller.scrollTop
    context.translate(0, -topPx)
    const visible = rowsBetween(rows, topPx, topPx + heightPx)
    drawLanes(surface, picture, visible)
    this.#arrows = drawArrows(surface, picture, rows)
    const { chosen, found } = this.#state
    const whole = { ...surface, heightPx: Math.max(rows.heightPx, heightPx) }
    const chain = litRecords(this.#state, this.#scene)
    const beside = litBeside(this.#state, this.#scene)
    drawLit(whole, picture, rows, { chain, beside, chosen, found })
    this.#drawLines(whole, picture)
  }

  /** The cursor, and where a property broke. */
  #drawLines(surface: Parameters<typeof upright>[0], { window, palette, scene }: Picture): void {
    surface.context.globalAlpha = 0.3
    for (const record of scene.violations) {
      upright(surface, xOf(window, scene.run.atUs[record] ?? 0), palette.bad, 7)
    }
    surface.context.globalAlpha = 1
    upright(surface, xOf(window, this.#state.cursorUs), palette.ink)
  }

  /** Heights and blocks, where there are any. */
  #drawChain(picture: Picture): void {
    const { scene, window, palette } = picture
    if (scene.history.tree.blocks.length === 0) return
    const box = element('heights')
    this.#plot ??= plotHeights({
      box,
      names: scene.run.laneNames.slice(0, -1),
      history: scene.history,
      palette,
      gutterPx: box.clientWidth - window.widthPx,
    })
    this.#plot.draw(window, this.#state.cursorUs)
    const surface = surfaceOf(this.#blocks)
    if (surface === undefined) return
    drawBlocks(surface, picture, this.#state.cursorUs)
    this.#drawLines(surface, picture)
  }

  #picture(): Picture {
    const { window } = this.#state
    return { scene: this.#scene, shown: this.#shown, window, palette: this.#palette }
  }

  #view(): View {
    return { scene: this.#scene, state: this.#state, effects: this.#effects, act: this.#act }
  }

  #rows(): Rows {
    const lanes = this.#scene.run.laneCount - 1
    return rowsFor(lanes, this.#state.filter.lanes, this.#scroller.clientHeight)
  }

  // ----- what comes from outside -----

  #listen(): void {
    const parts = { act: this.#act, window: () => this.#state.window }
    panOn(this.#lanes, parts, (spot) => this.#clickLane(spot))
    panOn(this.#blocks, parts, (spot) => this.#clickBlock(spot))
    scrubOn(this.#ruler, parts, (spot) => this.#clickFault(spot))
    scrubOn(element('heights'), { ...parts, window: () => this.#plotWindow() }, () => false)
    brushOn(this.#overview, parts, () => ({
      ...this.#scene.bounds,
      widthPx: this.#overview.clientWidth,
    }))
    this.#scroller.addEventListener('scroll', () => this.#draw())
    this.#tipOn(this.#lanes, (spot) => {
      const record = this.#recordAt(spot)
      return record === -1 ? undefined : recordTip(this.#scene, record)
    })
    this.#tipOn(this.#ruler, (spot) => {
      const fault = this.#faultAt(spot)
      return fault === undefined ? undefined : faultTip(fault)
    })
    this.#tipOn(this.#blocks, (spot) => {
      const block = this.#blockAt(spot)
      return block === undefined ? undefined : blockTip(this.#scene, block, this.#state.cursorUs)
    })
    new ResizeObserver(() => this.#repaint()).observe(element('timeline'))
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#repaint())
    document.addEventListener('keydown', (event) => this.#onKey(event))
  }

  /** The plot has the gutter within it. */
  #plotWindow(): State['window'] {
    const { window } = this.#state
    const widthPx = element('heights').clientWidth
    const gutterUs = ((widthPx - window.widthPx) / window.widthPx) * lengthUs(window)
    return { fromUs: window.fromUs - gutterUs, toUs: window.toUs, widthPx }
  }

  #onKey(event: KeyboardEvent): void {
    const { key, shiftKey, target } = event
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (target instanceof HTMLInputElement && target.type === 'search') {
      this.#onSearchKey(event)
      return
    }
    const act = actFor(key, shiftKey)
    if (act === undefined) return
    event.preventDefault()
    if (act.kind === 'focus-search') element(searchId).focus()
    else {
      this.#act(act)
      this.#moveFocus(act)
    }
  }

  /** Enter goes to what was found and leaves the field, so that keys lead on; Escape lets go; all else is text. */
  #onSearchKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.#act({ kind: 'next-found', by: event.shiftKey ? -1 : 1 })
    else if (event.key === 'Escape') this.#act({ kind: 'query', text: '' })
    else return
    event.preventDefault()
    element('timeline').focus({ preventScroll: true })
  }

  /** Into a panel that opened, and back when it is closed. */
  #moveFocus({ kind }: Deed): void {
    if (kind !== 'panel' && kind !== 'escape') return
    requestAnimationFrame(() => {
      const opened = document.querySelector<HTMLElement>('.panel')
      if (opened !== null) opened.focus()
      else element('timeline').focus({ preventScroll: true })
    })
  }

  #recordAt({ xPx, yPx }: Spot): number {
    const picture = this.#picture()
    return recordAt(picture, this.#rows(), { xPx, yPx: yPx + this.#scroller.scrollTop })
  }

  #clickLane(spot: Spot): void {
    const record = this.#recordAt(spot)
    if (record !== -1) this.#act({ kind: 'choose', record })
    else {
      const { window } = this.#state
      this.#act({
        kind: 'cursor',
        us: window.fromUs + (spot.xPx / window.widthPx) * lengthUs(window),
      })
    }
    element('timeline').focus({ preventScroll: true })
  }

  #clickBlock(spot: Spot): void {
    const block = this.#blockAt(spot)
    if (block !== undefined) this.#act({ kind: 'choose', record: block.record })
  }

  #blockAt({ xPx, yPx }: Spot): Block | undefined {
    const { blocks } = this.#scene.history.tree
    return blockAt(blocks, this.#state.window, this.#blocks.clientHeight, [xPx, yPx])
  }

  /** Whether there is a fault; then it is chosen. */
  #clickFault(spot: Spot): boolean {
    const fault = this.#faultAt(spot)
    if (fault === undefined) return false
    this.#act({ kind: 'choose', record: fault.record })
    return true
  }

  #faultAt({ xPx, yPx }: Spot): FaultSpan | undefined {
    const { window } = this.#state
    const row = Math.floor((yPx - axisPx - 3) / faultRowPx)
    const isThere = ({ fromUs, toUs }: FaultSpan, n: number): boolean =>
      this.#faultRows.rows[n] === row &&
      xOf(window, fromUs) - 4 <= xPx &&
      xPx <= xOf(window, toUs) + 4
    return row < 0 ? undefined : this.#scene.faults.find(isThere)
  }

  /** Says what is under a pointer that only hovers. */
  #tipOn(canvas: HTMLElement, tipAt: (spot: Spot) => Tip | undefined): void {
    const box = element('tip')
    canvas.addEventListener('pointermove', (event) => {
      showTip(box, event.buttons === 0 ? tipAt(spotOf(canvas, event)) : undefined, event)
    })
    canvas.addEventListener('pointerleave', (event) => showTip(box, undefined, event))
  }
}
