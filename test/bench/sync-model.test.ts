import { expect, test } from 'vitest'
import { type Cell, cellsOf, modelFigures, samplesOfCell } from '../../bench/sync/model-table.ts'
import { pairedRatio, quantile } from '../../bench/sync/statistics.ts'

function cell(mix: string, contestant: string, seconds: readonly number[], blamed = 0): Cell {
  const runs = seconds.map((each) => {
    return { seconds: each, boundSeconds: 5, wastedShare: 0.02, falselyBlamed: blamed }
  })
  return { mix, contestant, runs }
}

const [near, far] = [Array(5).fill(10), [20, 21, 22, 23, 24]] as const
const cells: readonly Cell[] = [
  cell('near', 'batched sequential', near),
  cell('near', 'adaptive', near),
  cell('near', 'random choice', near),
  cell(
    'far',
    'batched sequential',
    far.map((seconds) => 3 * seconds),
  ),
  cell('far', 'adaptive', far),
  cell(
    'far',
    'random choice',
    far.map((seconds) => seconds / 2),
  ),
]

function figureOf(name: string, of: readonly Cell[] = cells) {
  const found = modelFigures(of, ['far']).find((figure) => figure.name === name)
  expect(found).toBeDefined()
  return found
}

test('the least value that a part of them does not exceed', () => {
  expect(quantile([3, 1, 2, 4], 0.5)).toBe(2)
  expect(quantile([3, 1, 2, 4], 1)).toBe(4)
  expect(quantile([3, 1, 2, 4], 0)).toBe(1)
  expect(() => quantile([], 0.5)).toThrow()
})

test('runs are compared seed by seed, and the same way each time', () => {
  // Slower seeds are slower for both, so the ratio is known though the spread is large.
  const estimate = pairedRatio([2, 20, 200, 2_000], [1, 10, 100, 1_000])
  expect(estimate).toEqual({ ratio: 2, low: 2, high: 2 })
  const spread = pairedRatio([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])
  expect(spread.ratio).toBe(3)
  expect(spread.low).toBeLessThan(3)
  expect(spread.high).toBeGreaterThan(3)
  expect(pairedRatio([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])).toEqual(spread)
  expect(() => pairedRatio([1, 2], [1])).toThrow()
})

test('cells go through samples and come back', () => {
  expect(cellsOf(cells.flatMap(samplesOfCell))).toEqual(cells)
})

test('a run without an end counts as a day', () => {
  const endless = cell('far', 'sequential', [Number.POSITIVE_INFINITY])
  expect(cellsOf(samplesOfCell(endless))[0]?.runs[0]?.seconds).toBe(86_400)
})

test('a row says how long it took, how much faster than batches, and how near to what is possible', () => {
  const row = figureOf('model, far: adaptive')
  expect(row).toMatchObject({ value: 22, unit: 'virtual s', size: 5, ratio: 3 })
  expect(row?.boundBy).toContain('23 % of what is possible')
  expect(row?.boundBy).not.toContain('blamed')
})

test('the gain is judged where it is least, among mixes with a choice', () => {
  const row = figureOf('model: adaptive, for one of batched sequential, where it gains least')
  expect(row).toMatchObject({ value: 3, floor: 2 })
  expect(row?.boundBy).toContain('the mix far')
})

test('a mix on which another way is better is named', () => {
  const row = figureOf('model: adaptive, for one of the best other, where it loses most')
  expect(row).toMatchObject({ value: 0.5, floor: 0.95 })
  expect(row?.boundBy).toContain('the mix far, against random choice')
})

test('that the choice of peers is worth nothing is said, and so is that it is worth less than nothing', () => {
  const tie = figureOf('model, near: adaptive, for one of random choice')
  expect(tie?.boundBy).toContain('no significant difference')
  const other = figureOf('model, far: adaptive, for one of random choice')
  expect(other?.boundBy).toContain('worse than chance')
})

test('honest peers that were blamed are counted over all mixes', () => {
  const others = cells.filter(({ contestant }) => contestant !== 'adaptive')
  const unjust = [...others, cell('near', 'adaptive', [10], 2), cell('far', 'adaptive', [20], 1)]
  const trimmed = unjust.map((each) => ({ ...each, runs: each.runs.slice(0, 1) }))
  const row = figureOf('model: adaptive, honest peers blamed', trimmed)
  expect(row).toMatchObject({ value: 3, floor: 0, isLessBetter: true })
})

test('of a few seeds nothing is concluded', () => {
  const few = cells.map((each) => ({ ...each, runs: each.runs.slice(0, 4) }))
  const row = figureOf('model, far: adaptive, for one of random choice', few)
  expect(row?.boundBy).toContain('too few seeds')
})

test('a baseline that does not come to its end is said not to', () => {
  const endless = cells.map((each) => {
    if (each.contestant !== 'batched sequential') return each
    return cell(each.mix, each.contestant, Array(5).fill(Number.POSITIVE_INFINITY))
  })
  const row = figureOf('model, far: batched sequential', endless)
  expect(row?.boundBy).toContain('not done in a day')
})
