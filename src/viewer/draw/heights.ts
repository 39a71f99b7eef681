/**
 * Committed heights of all nodes over time, drawn by uPlot on the time axis of the lanes. The plot is given one point a
 * few pixels, so a run of any length costs the same.
 */
import uPlot from 'uplot'
import type { ChainHistory } from '../model/chain.ts'
import { valueAt } from '../model/changes.ts'
import { type TimeWindow, usAt } from '../time/window.ts'
import { nodeColour, type Palette } from './palette.ts'

export interface HeightPlot {
  readonly draw: (window: TimeWindow) => void
  readonly destroy: () => void
}

interface Plot {
  readonly box: HTMLElement
  readonly names: readonly string[]
  readonly history: ChainHistory
  readonly palette: Palette
  /** Room to the left, as beside the lanes. */
  readonly gutterPx: number
}

/** A point every so many pixels. */
const stepPx = 2
const stepped = uPlot.paths.stepped?.({ align: 1 }) ?? (() => null)

export function plotHeights({ box, names, history, palette, gutterPx }: Plot): HeightPlot {
  const size = { width: box.clientWidth, height: box.clientHeight }
  const grid = { stroke: palette.line, width: 1 }
  const series = names.map((label, lane): uPlot.Series => {
    return {
      label,
      stroke: nodeColour(palette, lane),
      width: 1.5,
      points: { show: false },
      paths: stepped,
    }
  })
  const plot = new uPlot(
    {
      ...size,
      padding: [8, 0, 6, 0],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      scales: { x: { time: false, auto: false }, y: { range: (_, min, max) => yRange(min, max) } },
      axes: [
        { show: false },
        {
          size: gutterPx,
          gap: 8,
          stroke: palette.soft,
          font: `11px ${palette.font}`,
          grid,
          ticks: { show: false },
          space: 26,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000],
        },
      ],
      series: [{}, ...series],
    },
    [[], ...names.map(() => [])],
    box,
  )
  return {
    draw: (window) => {
      const { clientWidth: width, clientHeight: height } = box
      if (plot.width !== width || plot.height !== height) plot.setSize({ width, height })
      plot.batch(() => {
        plot.setData(sampled(history, window), false)
        plot.setScale('x', { min: window.fromUs, max: window.toUs })
      })
    },
    destroy: () => plot.destroy(),
  }
}

/** Room above and below, so that no line lies on an edge. */
function yRange(min: number | null, max: number | null): uPlot.Range.MinMax {
  const [low, high] = [min ?? 0, max ?? 1]
  const margin = Math.max(0.5, (high - low) * 0.08)
  return [low - margin, high + margin]
}

/** The height of each node at every second pixel. */
function sampled({ nodes }: ChainHistory, window: TimeWindow): uPlot.AlignedData {
  const count = Math.ceil(window.widthPx / stepPx) + 1
  const xs = Array.from({ length: count }, (_, n) => usAt(window, n * stepPx))
  const ys = nodes.map(({ committed }) => xs.map((us) => valueAt(committed, us) ?? null))
  return [xs, ...ys]
}
