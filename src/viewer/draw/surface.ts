/** A canvas made ready to be drawn on: as many dots as its box has on this screen, and nothing on it. */

export interface Surface {
  readonly context: CanvasRenderingContext2D
  readonly widthPx: number
  readonly heightPx: number
}

/** Undefined if there is no room, or the browser cannot draw. */
export function surfaceOf(canvas: HTMLCanvasElement): Surface | undefined {
  const { clientWidth: widthPx, clientHeight: heightPx } = canvas
  const context = canvas.getContext('2d')
  if (context === null || widthPx === 0 || heightPx === 0) return undefined
  const ratio = devicePixelRatio
  const width = Math.round(widthPx * ratio)
  const height = Math.round(heightPx * ratio)
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, widthPx, heightPx)
  return { context, widthPx, heightPx }
}

/** A vertical line, sharp. */
export function upright(
  { context, heightPx }: Surface,
  xPx: number,
  colour: string,
  thickPx = 1,
): void {
  context.fillStyle = colour
  context.fillRect(Math.round(xPx) - (thickPx - 1) / 2, 0, thickPx, heightPx)
}

/** Widths of texts, measured once for each text and font. */
const widths = new Map<string, number>()
const widthsMax = 10_000

export function textWidth(context: CanvasRenderingContext2D, text: string): number {
  const key = `${context.font}|${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  if (widths.size >= widthsMax) widths.clear()
  const { width } = context.measureText(text)
  widths.set(key, width)
  return width
}

/** As much of a text as fits; empty if that is next to nothing. */
export function fitted(context: CanvasRenderingContext2D, text: string, widthPx: number): string {
  if (textWidth(context, text) <= widthPx) return text
  const share = widthPx / Math.max(1, textWidth(context, text))
  const short = text.slice(0, Math.max(0, Math.floor(text.length * share) - 1))
  return short.length < 3 ? '' : `${short}…`
}
