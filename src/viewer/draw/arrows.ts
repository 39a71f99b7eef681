/** Messages as lines from where and when they were sent to where and when they came in, with a head where there is room. */
import { type FlightIndex, type Flights, flightsIn } from '../model/flights.ts'
import { xOf } from '../time/window.ts'
import type { Picture } from './lanes.ts'
import type { Rows } from './rows.ts'
import type { Surface } from './surface.ts'

/** At most so many are drawn. */
const arrowsMax = 1_200
/** Up to so many have heads. */
const headsMax = 260

export interface Drawn {
  readonly drawn: number
  readonly leftOut: number
}

export function drawArrows(surface: Surface, picture: Picture, rows: Rows): Drawn {
  const { shown, window } = picture
  const came = flightsIn(shown.arrivals, window, arrowsMax)
  const lost = flightsIn(shown.losses, window, arrowsMax / 4)
  const isSparse = came.flights.length <= headsMax
  surface.context.lineWidth = 1
  const alpha = isSparse ? 0.75 : came.flights.length < 600 ? 0.4 : 0.22
  const byHue = Map.groupBy(came.flights, (flight) => shown.arrivals.flights.hue[flight] ?? 0)
  for (const [hue, flights] of byHue) {
    surface.context.globalAlpha = alpha
    const colour = picture.palette.groups[hue] ?? picture.palette.soft
    drawLines(surface, picture, { index: shown.arrivals, flights, rows, colour, isSparse })
  }
  surface.context.globalAlpha = Math.min(1, alpha * 1.6)
  drawLost(surface, picture, { index: shown.losses, flights: lost.flights, rows })
  surface.context.globalAlpha = 1
  return {
    drawn: came.flights.length + lost.flights.length,
    leftOut: came.leftOut + lost.leftOut,
  }
}

interface Bundle {
  readonly index: FlightIndex
  readonly flights: readonly number[]
  readonly rows: Rows
}

interface Ends {
  readonly fromX: number
  readonly fromY: number
  readonly toX: number
  readonly toY: number
}

function drawLines(
  { context }: Surface,
  picture: Picture,
  bundle: Bundle & { readonly colour: string; readonly isSparse: boolean },
): void {
  context.strokeStyle = bundle.colour
  context.fillStyle = bundle.colour
  context.beginPath()
  const ends = bundle.flights.flatMap((flight) =>
    endsOf(bundle.index.flights, flight, picture, bundle.rows),
  )
  for (const { fromX, fromY, toX, toY } of ends) {
    context.moveTo(fromX, fromY)
    context.lineTo(toX, toY)
  }
  context.stroke()
  if (!bundle.isSparse) return
  context.beginPath()
  for (const each of ends) addHead(context, each)
  context.fill()
}

/** Half of the way, and a cross. */
function drawLost({ context }: Surface, picture: Picture, { index, flights, rows }: Bundle): void {
  context.strokeStyle = picture.palette.groups[index.flights.hue[flights[0] ?? 0] ?? 0] ?? ''
  context.beginPath()
  for (const flight of flights) {
    for (const { fromX, fromY, toX, toY } of endsOf(index.flights, flight, picture, rows)) {
      const x = (fromX + toX) / 2 + 4
      const y = fromY + (toY - fromY) * 0.35
      context.moveTo(fromX, fromY)
      context.lineTo(x, y)
      context.moveTo(x - 3, y - 3)
      context.lineTo(x + 3, y + 3)
      context.moveTo(x + 3, y - 3)
      context.lineTo(x - 3, y + 3)
    }
  }
  context.stroke()
}

function endsOf(
  { from, to, sentUs, arrivedUs }: Flights,
  flight: number,
  { window }: Picture,
  { rows, rowOf }: Rows,
): readonly Ends[] {
  const source = rows[rowOf[from[flight] ?? 0] ?? -1]
  const target = rows[rowOf[to[flight] ?? 0] ?? -1]
  if (source === undefined || target === undefined) return []
  return [
    {
      fromX: xOf(window, sentUs[flight] ?? 0),
      fromY: source.basePx,
      toX: xOf(window, arrivedUs[flight] ?? 0),
      toY: target.basePx,
    },
  ]
}

const headPx = 6

function addHead(context: CanvasRenderingContext2D, { fromX, fromY, toX, toY }: Ends): void {
  const length = Math.hypot(toX - fromX, toY - fromY)
  if (length < headPx * 2) return
  const alongX = (toX - fromX) / length
  const alongY = (toY - fromY) / length
  const backX = toX - alongX * headPx
  const backY = toY - alongY * headPx
  context.moveTo(toX, toY)
  context.lineTo(backX - alongY * 2.6, backY + alongX * 2.6)
  context.lineTo(backX + alongY * 2.6, backY - alongX * 2.6)
  context.closePath()
}
