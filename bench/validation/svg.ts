/** As much of SVG as bars and their words need. Everything is text: there is nothing to draw with but strings. */

/** The colours and type of a picture, and what stands around it. */
const ink = '#1f2933'
export const faintInk = '#66727f'
const paper = '#ffffff'
const gridInk = '#dde3e9'
const font = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"

/** How words stand: where their beginning, middle or end is, and how they look. */
interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly size?: number
  readonly colour?: string
  readonly isBold?: boolean
}

/** A whole picture of these parts. `title` is for who cannot see it. */
export function picture(
  { width, height, title }: { width: number; height: number; title: string },
  parts: readonly string[],
): string {
  const head = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`
  const frame = `width="${width}" height="${height}" role="img" font-family="${font}"`
  const ground = `<rect width="${width}" height="${height}" fill="${paper}"/>`
  const all = [`<title>${escaped(title)}</title>`, ground, ...parts]
  return `<svg ${head} ${frame}>\n${all.join('\n')}\n</svg>\n`
}

/** One line of words, on the baseline `y`. */
export function words(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { anchor = 'start', size = 13, colour = ink, isBold = false } = style
  const weight = isBold ? ' font-weight="600"' : ''
  // Around the letters there is paper, so that no line of a grid runs through them.
  const halo = `paint-order="stroke" stroke="${paper}" stroke-width="4" stroke-linejoin="round"`
  const look = `text-anchor="${anchor}" font-size="${size}" fill="${colour}"${weight} ${halo}`
  return `<text x="${round(x)}" y="${round(y)}" ${look}>${escaped(text)}</text>`
}

/** A filled rectangle. `says` is shown to who points at it. */
export function bar(
  box: { x: number; y: number; width: number; height: number },
  colour: string,
  says: string,
): string {
  const place = `x="${round(box.x)}" y="${round(box.y)}"`
  const size = `width="${round(Math.max(0, box.width))}" height="${round(Math.max(0, box.height))}"`
  return `<rect ${place} ${size} fill="${colour}"><title>${escaped(says)}</title></rect>`
}

/** A thin line, as of a grid. */
export function line(x1: number, y1: number, x2: number, y2: number): string {
  const ends = `x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"`
  return `<line ${ends} stroke="${gridInk}"/>`
}

/** Powers of ten, on an axis of `length` units of the picture that begins at `min`. */
export interface LogAxis {
  /** How far from its beginning a value is; 0 for what is below. */
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
}

/** An axis from one power of ten to another. */
export function logAxis(minPower: number, maxPower: number, length: number): LogAxis {
  const at = (value: number): number =>
    (Math.max(0, Math.log10(value) - minPower) / (maxPower - minPower)) * length
  const ticks = Array.from({ length: maxPower - minPower + 1 }, (_, i) => 10 ** (minPower + i))
  return { at, ticks }
}

/** Two or three digits, with k and M for thousands and millions. */
export function shortNumber(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))} k`
  return `${Number(value.toPrecision(value >= 1 ? 3 : 2))}`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** To a tenth of a unit: nobody sees more. */
function round(value: number): number {
  return Math.round(10 * value) / 10
}
