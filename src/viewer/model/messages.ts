/** The messages of a run as flights from lane to lane: what arrived, and what was lost on its way. */
import { kinds } from '../../../sim/trace/columns.ts'
import type { Flights } from './flights.ts'
import type { Run } from './run.ts'

/** Messages that came in. */
export function arrivalsOf(run: Run): Flights {
  return flightsBy(run, 'arrival', 'from')
}

/** Messages that did not; they end where they would have gone, at the moment at which they were lost. */
export function lossesOf(run: Run): Flights {
  return flightsBy(run, 'loss', 'to')
}

function flightsBy(run: Run, kind: 'arrival' | 'loss', field: 'from' | 'to'): Flights {
  const others = run.columns[`${kind}.${field}`] ?? []
  const agos = run.columns[`${kind}.sentUs`] ?? []
  const laneOf = lanesByText(run, others)
  const records = recordsOf(run, kinds.indexOf(kind)).filter((record) => {
    const there = laneOf.get(others[run.nth[record] ?? 0] ?? -1) ?? -1
    // Of somebody who is no node of the world, or of the node itself, there is no way to draw.
    return there >= 0 && there !== run.lane[record]
  })
  const count = records.length
  const flights = {
    ...{ count, record: records },
    ...{ sentUs: new Float64Array(count), arrivedUs: new Float64Array(count) },
    ...{ from: new Uint16Array(count), to: new Uint16Array(count), hue: new Uint8Array(count) },
  }
  const [here, there] = kind === 'arrival' ? [flights.to, flights.from] : [flights.from, flights.to]
  for (let i = 0; i < count; i += 1) {
    const record = records[i] ?? 0
    const place = run.nth[record] ?? 0
    const atUs = run.atUs[record] ?? 0
    here[i] = run.lane[record] ?? 0
    there[i] = laneOf.get(others[place] ?? -1) ?? 0
    flights.arrivedUs[i] = atUs
    flights.sentUs[i] = atUs - (agos[place] ?? 0)
    flights.hue[i] = run.group[record] ?? 0
  }
  return flights
}

function recordsOf({ kind, count }: Run, wanted: number): Uint32Array {
  const records: number[] = []
  for (let i = 0; i < count; i += 1) if (kind[i] === wanted) records.push(i)
  return Uint32Array.from(records)
}

function lanesByText(run: Run, texts: readonly number[]): ReadonlyMap<number, number> {
  const used = [...new Set(texts)].filter((text) => run.texts[text] !== '')
  return new Map(used.map((text) => [text, run.laneNames.indexOf(run.texts[text] ?? '')]))
}
