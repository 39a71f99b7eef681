/**
 * The page at work: holds the state, lets deeds change it, and has it drawn again, once a frame at most. What a deed does
 * is in `state.ts`, what canvases show in `painter.ts`; here are what people do, and the elements that are no canvas.
 */
import { render } from 'lit/html.js'
import { blockAt } from '../draw/blocks.ts'
import { axisPx, faultRowPx } from '../draw/ruler.ts'
import type { Block } from '../model/blocks.ts'
import type { FaultSpan } from '../model/faults.ts'
import { laneNameOf, nameOf } from '../model/run.ts'
import { type Scene, type Shown, shownIn } from '../model/scene.ts'
import { type Effects, effectsOf } from '../model/slice.ts'
import { lengthUs, usAt, xOf } from '../time/window.ts'
import { putIntoAddress, recordInAddress } from './address.ts'
import { head, labels, panel, searchId, status } from './chrome.ts'
import { element } from './element.ts'
import { recordAt } from './find.ts'
import { effectsMax, inspector } from './inspector.ts'
import { actFor } from './keys.ts'
import { Painter } from './painter.ts'
import { brushOn, panOn, type Spot, scrubOn, spotOf } from './pointer.ts'
import { after, type Deed, openingState, type State, type Theme } from './state.ts'
import { blockTip, faultTip, recordTip, showTip, type Tip } from './tip.ts'
import { momentText } from './words.ts'

const noEffects: Effects = { direct: [], directCount: 0, total: 0 }

export function startApp(scene: Scene): void {
  new App(scene).start()
}

class App {
  readonly #scene: Scene
  readonly #painter: Painter
  readonly #timeline = element('timeline')
  #state: State
  #shown: Shown
  #effects: Effects = noEffects
  #isDue = false

  constructor(scene: Scene) {
    this.#scene = scene
    this.#painter = new Painter(scene)
    this.#state = openingState(scene, 'system')
    this.#shown = shownIn(scene, this.#state.filter)
    this.#note(this.#state)
  }

  start(): void {
    this.#listen()
    this.#renew()
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
    const { chosen } = this.#state
    const { run } = this.#scene
    if (chosen !== before.chosen || this.#effects === noEffects) {
      this.#effects = chosen === -1 ? noEffects : effectsOf(run, chosen, effectsMax)
    }
    if (chosen === before.chosen) return
    putIntoAddress(this.#scene, chosen)
    if (chosen === -1) return
    const where = laneNameOf(run, chosen) || 'the world'
    const when = momentText(run.atUs[chosen] ?? 0)
    element('live').textContent = `${nameOf(run, chosen)}, ${where}, ${when}`
  }

  #dress(theme: Theme): void {
    const { dataset } = document.documentElement
    if (theme === 'system') delete dataset.theme
    else dataset.theme = theme
    this.#renew()
  }

  /** Colours or sizes have changed. */
  #renew(): void {
    this.#painter.renew()
    const { clientWidth: widthPx } = this.#painter.lanes
    if (widthPx !== this.#state.window.widthPx) this.#act({ kind: 'resize', widthPx })
    this.#draw()
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
    this.#painter.paint(this.#state, this.#shown)
    const view = {
      ...{ scene: this.#scene, state: this.#state, effects: this.#effects },
      act: this.#act,
    }
    const figures = { arrows: this.#painter.arrows, shownRecords: this.#shown.count }
    render(head(view), element('head'))
    render(labels(view, this.#painter.rowsFor(this.#state)), element('labels'))
    render(inspector(view), element('inspector'))
    render(status(view, figures), element('status'))
    render(panel(view), element('panel'))
    const cursor = momentText(this.#state.cursorUs)
    this.#timeline.setAttribute('aria-label', `Timeline, cursor at ${cursor}`)
    this.#tell()
  }

  /** For whoever measures how long it takes until something is seen. */
  #tell(): void {
    const { dataset } = document.documentElement
    if (dataset.drawn !== undefined) return
    dataset.drawn = 'true'
    performance.mark('drawn')
  }

  // ----- what comes from outside -----

  #listen(): void {
    const { lanes, blocks, ruler, heights, overview, scroller } = this.#painter
    const parts = { act: this.#act, window: () => this.#state.window }
    panOn(lanes, parts, (spot) => this.#clickLane(spot))
    panOn(blocks, parts, (spot) => this.#clickBlock(spot))
    scrubOn(ruler, parts, (spot) => this.#clickFault(spot))
    scrubOn(heights, { ...parts, window: () => this.#plotWindow() }, () => false)
    brushOn(overview, parts, () => ({ ...this.#scene.bounds, widthPx: overview.clientWidth }))
    scroller.addEventListener('scroll', () => this.#draw())
    this.#tipOn(lanes, (spot) => {
      const record = this.#recordAt(spot)
      return record === -1 ? undefined : recordTip(this.#scene, record)
    })
    this.#tipOn(ruler, (spot) => {
      const fault = this.#faultAt(spot)
      return fault === undefined ? undefined : faultTip(fault)
    })
    this.#tipOn(blocks, (spot) => {
      const block = this.#blockAt(spot)
      return block === undefined ? undefined : blockTip(this.#scene, block, this.#state.cursorUs)
    })
    new ResizeObserver(() => this.#renew()).observe(this.#timeline)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#renew())
    document.addEventListener('keydown', (event) => this.#onKey(event))
  }

  /** The plot has the gutter within it. */
  #plotWindow(): State['window'] {
    const { window } = this.#state
    const widthPx = this.#painter.heights.clientWidth
    const gutterUs = ((widthPx - window.widthPx) / window.widthPx) * lengthUs(window)
    return { fromUs: window.fromUs - gutterUs, toUs: window.toUs, widthPx }
  }

  /** Says what is under a pointer that only hovers. */
  #tipOn(canvas: HTMLElement, tipAt: (spot: Spot) => Tip | undefined): void {
    const box = element('tip')
    canvas.addEventListener('pointermove', (event) => {
      showTip(box, event.buttons === 0 ? tipAt(spotOf(canvas, event)) : undefined, event)
    })
    canvas.addEventListener('pointerleave', (event) => showTip(box, undefined, event))
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
    this.#timeline.focus({ preventScroll: true })
  }

  /** Into a panel that opened, and back when it is closed. */
  #moveFocus({ kind }: Deed): void {
    if (kind !== 'panel' && kind !== 'escape') return
    requestAnimationFrame(() => {
      const opened = document.querySelector<HTMLElement>('.panel')
      if (opened !== null) opened.focus()
      else this.#timeline.focus({ preventScroll: true })
    })
  }

  // ----- what is where -----

  #recordAt({ xPx, yPx }: Spot): number {
    const picture = this.#painter.picture(this.#state, this.#shown)
    const spot = { xPx, yPx: yPx + this.#painter.scroller.scrollTop }
    return recordAt(picture, this.#painter.rowsFor(this.#state), spot)
  }

  #clickLane(spot: Spot): void {
    const record = this.#recordAt(spot)
    if (record !== -1) this.#act({ kind: 'choose', record })
    else this.#act({ kind: 'cursor', us: usAt(this.#state.window, spot.xPx) })
    this.#timeline.focus({ preventScroll: true })
  }

  #clickBlock(spot: Spot): void {
    const block = this.#blockAt(spot)
    if (block !== undefined) this.#act({ kind: 'choose', record: block.record })
  }

  #blockAt({ xPx, yPx }: Spot): Block | undefined {
    const { blocks } = this.#scene.history.tree
    const { clientHeight } = this.#painter.blocks
    return blockAt(blocks, this.#state.window, clientHeight, [xPx, yPx])
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
    const isThere = ({ record, fromUs, toUs }: FaultSpan, n: number): boolean =>
      this.#shown.mask[record] === 1 &&
      this.#painter.faultRows.rows[n] === row &&
      xOf(window, fromUs) - 4 <= xPx &&
      xPx <= xOf(window, toUs) + 4
    return row < 0 ? undefined : this.#scene.faults.find(isThere)
  }
}
