/** Where each lane is drawn: one row below the other, those that are hidden left out. */

export interface Row {
  readonly lane: number
  readonly topPx: number
  readonly heightPx: number
  /** The line that a node's life is drawn on. */
  readonly basePx: number
}

export interface Rows {
  readonly rows: readonly Row[]
  /** By lane; −1 for one that is hidden. */
  readonly rowOf: readonly number[]
  readonly heightPx: number
}

const rowPxMin = 30
const rowPxMax = 150

/** Rows for so many lanes in a box of this height; taller than the box if they would be too low. */
export function rowsFor(lanes: number, hidden: ReadonlySet<number>, boxPx: number): Rows {
  const shown = Array.from({ length: lanes }, (_, lane) => lane).filter((lane) => !hidden.has(lane))
  const each = Math.floor(boxPx / Math.max(1, shown.length))
  const heightPx = Math.min(Math.max(each, rowPxMin), rowPxMax)
  const rowOf = Array.from({ length: lanes + 1 }, () => -1)
  const rows = shown.map((lane, n) => {
    rowOf[lane] = n
    return {
      lane,
      topPx: n * heightPx,
      heightPx,
      basePx: n * heightPx + Math.round(heightPx * 0.74),
    }
  })
  return { rows, rowOf, heightPx: rows.length * heightPx }
}

/** The rows that are at least in part between two heights. */
export function rowsBetween({ rows }: Rows, fromPx: number, toPx: number): readonly Row[] {
  return rows.filter(({ topPx, heightPx }) => topPx < toPx && topPx + heightPx > fromPx)
}

/** Packs stretches of time into few rows, so that none lies on another; in the last row they may. */
export function packed(
  spans: readonly { readonly fromUs: number; readonly toUs: number }[],
  gapUs: number,
  rowsMax: number,
): readonly number[] {
  const endsUs: number[] = []
  return spans.map(({ fromUs, toUs }) => {
    const free = endsUs.findIndex((endUs) => endUs <= fromUs)
    const row = free !== -1 ? free : Math.min(endsUs.length, rowsMax - 1)
    endsUs[row] = Math.max(endsUs[row] ?? 0, toUs + gapUs, fromUs + gapUs)
    return row
  })
}
