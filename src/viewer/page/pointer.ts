/** What mice, pens and fingers do on the canvases: drag, click, wheel. The rest of the page is buttons. */
import { lengthUs, type TimeWindow, usAt, usPerPx } from '../time/window.ts'
import type { Deed } from './state.ts'

export interface PointerParts {
  readonly act: (deed: Deed) => void
  readonly window: () => TimeWindow
}

/** A place within an element. */
export interface Spot {
  readonly xPx: number
  readonly yPx: number
}

/** A pointer that moved less than this has clicked. */
const clickPxMax = 4

/** Dragging moves time, a click chooses what is there. */
export function panOn(
  element: HTMLElement,
  parts: PointerParts,
  click: (spot: Spot) => void,
): void {
  wheelOn(element, parts)
  dragOn(element, (down) => {
    let lastX = down.clientX
    let movedPx = 0
    return {
      move: ({ clientX }) => {
        movedPx += Math.abs(clientX - lastX)
        const byUs = (lastX - clientX) * usPerPx(parts.window())
        lastX = clientX
        if (movedPx > clickPxMax) parts.act({ kind: 'pan', byUs })
      },
      up: (event) => {
        if (movedPx <= clickPxMax) click(spotOf(element, event))
      },
    }
  })
}

/** Dragging moves the cursor. */
export function scrubOn(
  element: HTMLElement,
  parts: PointerParts,
  click: (spot: Spot) => boolean,
): void {
  wheelOn(element, parts)
  dragOn(element, (down) => {
    if (click(spotOf(element, down))) return undefined
    const move = (event: PointerEvent): void => {
      parts.act({ kind: 'cursor', us: usAt(parts.window(), spotOf(element, event).xPx) })
    }
    move(down)
    return { move, up: () => undefined }
  })
}

/** Dragging moves what is in view, on a line that is the whole run. */
export function brushOn(element: HTMLElement, parts: PointerParts, whole: () => TimeWindow): void {
  wheelOn(element, parts)
  dragOn(element, (down) => {
    const startUs = usAt(whole(), spotOf(element, down).xPx)
    const view = parts.window()
    const isInside =
      view.fromUs <= startUs && startUs <= view.toUs && lengthUs(view) < lengthUs(whole())
    let lastUs = startUs
    const move = (event: PointerEvent): void => {
      const us = usAt(whole(), spotOf(element, event).xPx)
      if (isInside) parts.act({ kind: 'pan', byUs: us - lastUs })
      else if (Math.abs(us - startUs) > usPerPx(whole()) * clickPxMax) {
        const span = { fromUs: Math.min(us, startUs), toUs: Math.max(us, startUs) }
        parts.act({ kind: 'show', span })
      }
      lastUs = us
    }
    const up = (event: PointerEvent): void => {
      const us = usAt(whole(), spotOf(element, event).xPx)
      if (Math.abs(us - startUs) <= usPerPx(whole()) * clickPxMax) parts.act({ kind: 'cursor', us })
    }
    return { move, up }
  })
}

function wheelOn(element: HTMLElement, { act, window }: PointerParts): void {
  const onWheel = (event: WheelEvent): void => {
    const isAcross = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    event.preventDefault()
    if (isAcross) {
      const pixels = event.deltaX === 0 ? event.deltaY : event.deltaX
      act({ kind: 'pan', byUs: pixels * usPerPx(window()) })
      return
    }
    // A notch of a wheel is about a hundred; a finger on a pad sends many small ones.
    const factor = 2 ** (Math.max(-200, Math.min(200, event.deltaY)) / 200)
    act({ kind: 'zoom', factor, aboutUs: usAt(window(), spotOf(element, event).xPx) })
  }
  element.addEventListener('wheel', onWheel, { passive: false })
}

export function spotOf(element: HTMLElement, event: MouseEvent): Spot {
  const box = element.getBoundingClientRect()
  return { xPx: event.clientX - box.left, yPx: event.clientY - box.top }
}

interface Drag {
  readonly move: (event: PointerEvent) => void
  readonly up: (event: PointerEvent) => void
}

/** What a press of the first button begins, if anything. */
function dragOn(element: HTMLElement, begin: (down: PointerEvent) => Drag | undefined): void {
  element.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return
    const drag = begin(down)
    if (drag !== undefined) follow(element, down, drag)
  })
}

function follow(element: HTMLElement, down: PointerEvent, { move, up }: Drag): void {
  element.setPointerCapture(down.pointerId)
  const end = new AbortController()
  const { signal } = end
  element.addEventListener('pointermove', move, { signal })
  const stop = (event: PointerEvent): void => {
    end.abort()
    up(event)
  }
  element.addEventListener('pointerup', stop, { signal })
  element.addEventListener('pointercancel', () => end.abort(), { signal })
}
