/**
 * The report of the suite as one picture: blocks for each second on a processor, where the time of a block goes, and hashes
 * by length. It is drawn from the data that is written to disk, and knows figures by their names; one that is not there is left out.
 */
import type { Result, SuiteReport } from '../report.ts'
import { bar, faintInk, line, logAxis, picture, shortNumber, words } from './svg.ts'

const width = 1_080
const margin = 40
/** Between the left column and the right. */
const middle = width / 2

const colours = {
  kernel: '#1769aa',
  exact: '#5ea3d6',
  pool: '#0b3d66',
  node: '#e08a1e',
  sha256: '#f2c078',
  noble: '#9aa5b1',
} as const

const partColours = [
  '#9aa5b1',
  '#7b8794',
  '#e08a1e',
  '#f2c078',
  '#c3cbd3',
  '#8fc1a9',
  '#1769aa',
  '#0b3d66',
] as const

/** Finds a result by its name. */
type Find = (name: string) => Result | undefined

/** The whole picture. */
export function validationPlot({ machine, results }: SuiteReport): string {
  const byName = new Map(results.map((result) => [result.name, result]))
  const find: Find = (name) => byName.get(name)
  const { cpu, cores, node, loadAverage, commit } = machine
  const where = `${cpu}, ${cores} cores, Node.js ${node}, load ${loadAverage.join(' ')}`
  const what = commit === undefined ? where : `${where}, commit ${commit}`
  return picture({ width, height: 1_000, title: 'How fast blocks are validated' }, [
    words(margin, 44, 'How fast blocks are validated', { size: 22, isBold: true }),
    words(margin, 68, what, { colour: faintInk }),
    ...blockBars(find, 8, margin, 112),
    ...blockBars(find, 128, middle + margin / 2, 112),
    ...partBars(results, 450),
    ...hashBars(find, 672),
  ])
}

// ----- blocks -----

const blockRows: readonly (readonly [name: string, label: string, colour: string])[] = [
  ['pool of 2', 'pool of 2, all threads', colours.pool],
  ['kernel fma', 'kernel, fused', colours.kernel],
  ['kernel exact', 'kernel, exact', colours.exact],
  ['node:crypto and hash-wasm', 'node:crypto, hash-wasm', colours.node],
  ['node:crypto with SHA-256', 'node:crypto, SHA-256', colours.sha256],
  ['@noble', '@noble', colours.noble],
]

const rowHeight = 36
const labelWidth = 172

function blockBars(find: Find, items: number, left: number, top: number): readonly string[] {
  const baseline = find(`blocks of ${items}: node:crypto and hash-wasm`)
  const axisLeft = left + labelWidth
  const axis = logAxis(2, 6, 232)
  const bottom = top + 34 + rowHeight * blockRows.length
  const grid = axis.ticks.flatMap((tick) => [
    line(axisLeft + axis.at(tick), top + 24, axisLeft + axis.at(tick), bottom),
    words(axisLeft + axis.at(tick), bottom + 17, shortNumber(tick), {
      ...{ anchor: 'middle', size: 11, colour: faintInk },
    }),
  ])
  const rows = blockRows.flatMap(([name, label, colour], row) => {
    const found = find(`blocks of ${items}: ${name}`)
    if (found === undefined) return []
    const y = top + 32 + rowHeight * row
    const end = axisLeft + axis.at(found.value)
    const times = found.value / (baseline?.value ?? found.value)
    const said = `${shortNumber(found.value)}  (×${Number(times.toPrecision(2))})`
    return [
      words(axisLeft - 8, y + 17, label, { anchor: 'end' }),
      bar({ x: axisLeft, y, width: end - axisLeft, height: 24 }, colour, `${name}: ${said}`),
      words(end + 6, y + 17, said, { size: 12 }),
    ]
  })
  const title = `Blocks of ${items} items of 110 B`
  const unit = 'blocks for each second on a processor, logarithmic; × is to node:crypto, hash-wasm'
  return [
    words(left, top, title, { size: 16, isBold: true }),
    ...grid,
    ...rows,
    words(left, bottom + 38, unit, { size: 11, colour: faintInk }),
  ]
}

// ----- parts of a block -----

function partBars(results: readonly Result[], top: number): readonly string[] {
  const rows = [8, 128].flatMap((items, row) => {
    const prefix = `part of a block of ${items}: `
    const parts = results.filter(({ name }) => name.startsWith(prefix))
    const total = parts.reduce((sum, { value }) => sum + value, 0)
    const scale = (width - 2 * margin - labelWidth - 90) / total
    const y = top + 24 + 46 * row
    let x = margin + labelWidth
    const bars = parts.map(({ name, value }, i) => {
      const says = `${name.slice(prefix.length)}: ${shortNumber(value)} µs`
      const box = { x, y, width: scale * value, height: 30 }
      x += scale * value
      return bar(box, partColours[i] ?? faintInk, says)
    })
    return [
      words(margin + labelWidth - 8, y + 20, `block of ${items} items`, { anchor: 'end' }),
      ...bars,
      words(x + 8, y + 20, `${shortNumber(total)} µs`),
    ]
  })
  const key = partKey(results, top + 140)
  return [
    words(margin, top, 'Where the time of a block goes', { size: 16, isBold: true }),
    ...rows,
    ...key,
  ]
}

function partKey(results: readonly Result[], top: number): readonly string[] {
  const prefix = 'part of a block of 8: '
  const names = results.flatMap(({ name }) =>
    name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  )
  return keyOf(
    names.map((name, i) => [name, partColours[i] ?? faintInk]),
    { left: margin + labelWidth, top, columnWidth: 210, columns: 4 },
  )
}

/** What colours mean. */
function keyOf(
  entries: readonly (readonly [name: string, colour: string])[],
  place: { left: number; top: number; columnWidth: number; columns: number },
): readonly string[] {
  return entries.flatMap(([name, colour], i) => {
    const x = place.left + place.columnWidth * (i % place.columns)
    const y = place.top + 22 * Math.floor(i / place.columns)
    return [
      bar({ x, y: y - 10, width: 12, height: 12 }, colour, name),
      words(x + 18, y, name, { size: 12 }),
    ]
  })
}

// ----- hashes -----

const hashSizes: readonly (readonly [label: string, bytes: number])[] = [
  ['64 B', 64],
  ['110 B', 110],
  ['256 B', 256],
  ['1 KiB', 1_024],
  ['64 KiB', 65_536],
]

const hashRows: readonly (readonly [name: string, colour: string])[] = [
  ['kernel, in its memory', colours.kernel],
  ['kernel, there and back', colours.exact],
  ['hash-wasm', colours.node],
  ['node:crypto, SHA-256', colours.sha256],
  ['@noble/hashes', colours.noble],
]

function hashBars(find: Find, top: number): readonly string[] {
  const left = margin + 60
  const bottom = top + 250
  const axis = logAxis(0, 4, 210)
  const grid = axis.ticks.flatMap((tick) => [
    line(left, bottom - axis.at(tick), width - margin, bottom - axis.at(tick)),
    words(left - 8, bottom - axis.at(tick) + 4, shortNumber(tick), {
      ...{ anchor: 'end', size: 11, colour: faintInk },
    }),
  ])
  const groupWidth = (width - margin - left) / hashSizes.length
  const groups = hashSizes.flatMap(([label, bytes], group) => {
    const start = left + groupWidth * group + 8
    const bars = hashRows.flatMap(([name, colour], i) => {
      const found = find(`hash of ${label}: ${name}`)
      if (found === undefined) return []
      const megabytes = found.unit.startsWith('MB') ? found.value : found.value * bytes
      const height = axis.at(megabytes)
      const x = start + 36 * i
      return [
        bar({ x, y: bottom - height, width: 30, height }, colour, `${name}: ${megabytes} MB/s`),
        words(x + 15, bottom - height - 5, shortNumber(megabytes), { anchor: 'middle', size: 10 }),
      ]
    })
    const centre = start + (36 * hashRows.length - 6) / 2
    return [...bars, words(centre, bottom + 18, label, { anchor: 'middle' })]
  })
  const unit = 'MB for each second on a processor, logarithmic, by the length of a message'
  return [
    words(margin, top, 'Hashing', { size: 16, isBold: true }),
    words(margin + 78, top, unit, { size: 12, colour: faintInk }),
    ...grid,
    ...groups,
    ...keyOf(hashRows, { left, top: bottom + 48, columnWidth: 190, columns: 5 }),
  ]
}
