/**
 * What the page shows at a moment, and how that changes by what somebody does. Pure: no canvas, no elements; the page is
 * drawn from a state, and a deed makes a state of another one.
 */
import { unreachable } from '../../base/assert.ts'
import { type Filter, search, usualFilter } from '../model/filter.ts'
import { firstPlace } from '../model/first.ts'
import { firstAtOrAfter } from '../model/lanes.ts'
import type { Scene } from '../model/scene.ts'
import { chainOf } from '../model/slice.ts'
import {
  centred,
  clamp,
  lengthUs,
  moved,
  type Span,
  setTo,
  showing,
  type TimeWindow,
  usPerPx,
  zoomed,
} from '../time/window.ts'

export type Theme = 'system' | 'light' | 'dark'
export type Panel = 'none' | 'filter' | 'help'

export interface State {
  readonly window: TimeWindow
  readonly cursorUs: number
  /** The record that is looked at; −1 if none is. */
  readonly chosen: number
  /** Whether all but the chosen record and its causes is dimmed. */
  readonly isSliceLit: boolean
  readonly filter: Filter
  readonly query: string
  /** The records that the query finds, in order of time. */
  readonly found: Uint32Array
  readonly panel: Panel
  readonly theme: Theme
}

export type Deed =
  | { readonly kind: 'resize'; readonly widthPx: number }
  | { readonly kind: 'zoom'; readonly factor: number; readonly aboutUs?: number }
  | { readonly kind: 'pan'; readonly byUs: number }
  | { readonly kind: 'show'; readonly span: Span }
  | { readonly kind: 'fit' }
  | { readonly kind: 'cursor'; readonly us: number }
  | { readonly kind: 'step'; readonly by: number; readonly isBig: boolean }
  | { readonly kind: 'jump'; readonly to: 'begin' | 'end' | 'violation' }
  | { readonly kind: 'choose'; readonly record: number }
  | { readonly kind: 'neighbour'; readonly by: 1 | -1 }
  | { readonly kind: 'slice' }
  | { readonly kind: 'hide'; readonly what: keyof Filter; readonly numbers: readonly number[] }
  | { readonly kind: 'unhide' }
  | { readonly kind: 'query'; readonly text: string }
  | { readonly kind: 'next-found'; readonly by: 1 | -1 }
  | { readonly kind: 'panel'; readonly panel: Panel }
  | { readonly kind: 'theme'; readonly theme: Theme }
  | { readonly kind: 'escape' }

const nothingFound = new Uint32Array(0)

/** As the page opens: all of the run, and the cursor where it ends or where it broke. */
export function openingState({ bounds, limits, violations, run }: Scene, theme: Theme): State {
  const violation = violations[0] ?? -1
  return {
    window: { ...bounds, widthPx: 1_000 },
    cursorUs: violation === -1 ? limits.toUs : (run.atUs[violation] ?? 0),
    chosen: violation,
    isSliceLit: false,
    filter: usualFilter,
    query: '',
    found: nothingFound,
    panel: 'none',
    theme,
  }
}

/** What has to be known of a run, and of what is shown of it. */
export interface Surroundings {
  readonly scene: Scene
  /** 1 for each record that is shown. */
  readonly mask: Uint8Array
}

export function after(state: State, deed: Deed, { scene, mask }: Surroundings): State {
  const { bounds } = scene
  switch (deed.kind) {
    case 'resize':
    case 'zoom':
    case 'pan':
    case 'show':
    case 'fit':
      return { ...state, window: windowAfter(state, deed, bounds) }
    case 'cursor':
      return withCursor(state, deed.us, scene)
    case 'step':
      return withCursor(state, state.cursorUs + stepUs(state, deed.isBig) * deed.by, scene)
    case 'jump':
      return jumped(state, deed.to, scene)
    case 'choose':
      return chosen(state, deed.record, scene)
    case 'neighbour':
      return neighbour(state, deed.by, scene, mask)
    case 'slice':
      return { ...state, isSliceLit: state.chosen !== -1 && !state.isSliceLit }
    case 'hide':
      return { ...state, filter: toggled(state.filter, deed.what, deed.numbers) }
    case 'unhide':
      return { ...state, filter: usualFilter }
    case 'query':
      return { ...state, query: deed.text, found: search(scene.run, deed.text) }
    case 'next-found':
      return nextFound(state, deed.by, scene)
    case 'panel':
      return { ...state, panel: state.panel === deed.panel ? 'none' : deed.panel }
    case 'theme':
      return { ...state, theme: deed.theme }
    case 'escape':
      return escaped(state)
    default:
      return unreachable(deed)
  }
}

type WindowDeed = Extract<Deed, { readonly kind: 'resize' | 'zoom' | 'pan' | 'show' | 'fit' }>

function windowAfter(state: State, deed: WindowDeed, bounds: Span): TimeWindow {
  const { window } = state
  switch (deed.kind) {
    case 'resize':
      return { ...window, widthPx: Math.max(1, deed.widthPx) }
    case 'zoom':
      return zoomed(window, deed.factor, deed.aboutUs ?? zoomCentre(state), bounds)
    case 'pan':
      return moved(window, deed.byUs, bounds)
    case 'show':
      return setTo(window, deed.span, bounds)
    case 'fit':
      return setTo(window, bounds, bounds)
    default:
      return unreachable(deed)
  }
}

/** The records that are lit: the chosen one and its causes. */
export function litRecords(
  { chosen: record, isSliceLit }: State,
  { run }: Scene,
): readonly number[] {
  return isSliceLit && record !== -1 ? chainOf(run, record) : []
}

/** What is lit beside them: of the violation, what was known. */
export function litBeside({ chosen: record, isSliceLit }: State, scene: Scene): readonly number[] {
  return isSliceLit && record === scene.violations[0] ? scene.known : []
}

/** About the cursor, if that is in view. */
function zoomCentre({ window, cursorUs }: State): number {
  const isInView = window.fromUs <= cursorUs && cursorUs <= window.toUs
  return isInView ? cursorUs : (window.fromUs + window.toUs) / 2
}

/** Two pixels, or a tenth of what is in view. */
function stepUs({ window }: State, isBig: boolean): number {
  return isBig ? lengthUs(window) / 10 : Math.max(1, usPerPx(window) * 2)
}

function withCursor(state: State, us: number, { limits, bounds }: Scene): State {
  const cursorUs = Math.round(clamp(us, limits.fromUs, limits.toUs))
  return { ...state, cursorUs, window: showing(state.window, cursorUs, bounds) }
}

function chosen(state: State, record: number, scene: Scene): State {
  if (record < 0) return { ...state, chosen: -1, isSliceLit: false }
  return withCursor({ ...state, chosen: record }, scene.run.atUs[record] ?? 0, scene)
}

/** So much around a violation is shown at most when somebody jumps there. */
const violationSpanUs = 8_000_000

function jumped(state: State, to: 'begin' | 'end' | 'violation', scene: Scene): State {
  const { bounds, limits, violations, run } = scene
  if (to === 'begin') return withCursor(state, limits.fromUs, scene)
  if (to === 'end') return withCursor(state, limits.toUs, scene)
  const [record] = violations
  if (record === undefined) return state
  const us = run.atUs[record] ?? 0
  const length = Math.min(lengthUs(state.window), violationSpanUs)
  const closer = setTo(state.window, { fromUs: us - length * 0.75, toUs: us + length / 4 }, bounds)
  return { ...state, chosen: record, cursorUs: us, window: closer }
}

/** The next record that is shown, in the lane of the chosen one if one is chosen. */
function neighbour(state: State, by: 1 | -1, scene: Scene, mask: Uint8Array): State {
  const { run } = scene
  const lane = state.chosen === -1 ? -1 : run.lane[state.chosen]
  const isFit = (record: number): boolean =>
    mask[record] === 1 && (lane === -1 || run.lane[record] === lane)
  const { chosen: now, cursorUs } = state
  const atCursor = firstPlace(run.count, (place) => (run.atUs[place] ?? 0) >= cursorUs)
  const start = now === -1 ? atCursor - by : now
  for (let record = start + by; record >= 0 && record < run.count; record += by) {
    if (isFit(record)) return chosen(state, record, scene)
  }
  return state
}

/** What was found next to the chosen record, or to the cursor. It goes round. */
function nextFound(state: State, by: 1 | -1, scene: Scene): State {
  const { found, cursorUs } = state
  if (found.length === 0) return state
  const at = found.indexOf(state.chosen)
  const following = firstAtOrAfter(found, scene.run.atUs, cursorUs)
  const place = at !== -1 ? at + by : by === 1 ? following : following - 1
  const record = found[(place + found.length) % found.length] ?? -1
  const next = chosen(state, record, scene)
  return { ...next, window: centredUnlessNear(next, scene.bounds) }
}

function centredUnlessNear({ window, cursorUs }: State, bounds: Span): TimeWindow {
  const share = (cursorUs - window.fromUs) / lengthUs(window)
  return share < 0.1 || share > 0.9 ? centred(window, cursorUs, bounds) : window
}

/** Hides what is shown of these, or shows them all if none is. */
function toggled(filter: Filter, what: keyof Filter, numbers: readonly number[]): Filter {
  const hidden = new Set(filter[what])
  const isShown = numbers.some((number) => !hidden.has(number))
  for (const number of numbers) {
    if (isShown) hidden.add(number)
    else hidden.delete(number)
  }
  return { ...filter, [what]: hidden }
}

/** One thing at a time is closed or let go. */
function escaped(state: State): State {
  if (state.panel !== 'none') return { ...state, panel: 'none' }
  if (state.query !== '') return { ...state, query: '', found: nothingFound }
  if (state.isSliceLit) return { ...state, isSliceLit: false }
  return { ...state, chosen: -1 }
}
