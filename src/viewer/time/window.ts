/**
 * The stretch of virtual time that is on the screen: how it maps to pixels, and how it moves. Plain values; nothing
 * here draws. Times are microseconds from the beginning of the world.
 */

/** A stretch of time. */
export interface Span {
  readonly fromUs: number
  readonly toUs: number
}

/** A stretch of time, and how wide it is drawn. */
export interface TimeWindow extends Span {
  readonly widthPx: number
}

/** No closer than this: events are on whole microseconds. */
const spanUsMin = 40

export function lengthUs({ fromUs, toUs }: Span): number {
  return toUs - fromUs
}

/** Where a moment is, in pixels from the left edge; it may lie outside. */
export function xOf(window: TimeWindow, us: number): number {
  return ((us - window.fromUs) / lengthUs(window)) * window.widthPx
}

/** The moment at so many pixels from the left edge. */
export function usAt(window: TimeWindow, xPx: number): number {
  return window.fromUs + (xPx / Math.max(1, window.widthPx)) * lengthUs(window)
}

/** How long a pixel is. */
export function usPerPx(window: TimeWindow): number {
  return lengthUs(window) / Math.max(1, window.widthPx)
}

/** Seen closer (`factor` below 1) or from further away, with one moment staying where it is. */
export function zoomed<Kind extends Span>(
  window: Kind,
  factor: number,
  aboutUs: number,
  bounds: Span,
): Kind {
  const length = clamp(lengthUs(window) * factor, spanUsMin, lengthUs(bounds))
  const share = (aboutUs - window.fromUs) / lengthUs(window)
  return within(window, aboutUs - share * length, length, bounds)
}

/** Later or earlier by so much; it stops at the ends. */
export function moved<Kind extends Span>(window: Kind, byUs: number, bounds: Span): Kind {
  return within(window, window.fromUs + byUs, lengthUs(window), bounds)
}

/** Exactly this stretch, as far as it lies within the bounds and is not too short. */
export function setTo<Kind extends Span>(window: Kind, { fromUs, toUs }: Span, bounds: Span): Kind {
  const length = clamp(toUs - fromUs, spanUsMin, lengthUs(bounds))
  return within(window, (fromUs + toUs - length) / 2, length, bounds)
}

/** Moved as little as brings a moment into view, with a margin around it. */
export function showing<Kind extends Span>(window: Kind, us: number, bounds: Span): Kind {
  const margin = lengthUs(window) * 0.08
  if (us < window.fromUs + margin) return moved(window, us - margin - window.fromUs, bounds)
  if (us > window.toUs - margin) return moved(window, us + margin - window.toUs, bounds)
  return window
}

/** With a moment in the middle, as far as the ends allow. */
export function centred<Kind extends Span>(window: Kind, us: number, bounds: Span): Kind {
  return within(window, us - lengthUs(window) / 2, lengthUs(window), bounds)
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), Math.max(min, max))
}

function within<Kind extends Span>(
  window: Kind,
  fromUs: number,
  length: number,
  bounds: Span,
): Kind {
  const from = clamp(fromUs, bounds.fromUs, bounds.toUs - length)
  return { ...window, fromUs: from, toUs: from + length }
}
