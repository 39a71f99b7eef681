/** Which property finds which bugs: who is needed, and which bugs hang by one of them. */
import type { MutantResult } from './campaign.ts'

export interface OracleRow {
  readonly property: string
  /** Bugs that it found in one seed or more, where it was expected. */
  readonly bugs: number
  /** Those of them that nothing else found in any seed. */
  readonly alone: readonly string[]
  readonly seeds: number
}

/** By bugs found, the most first. A run ends with the first property that breaks, so who fires later is not seen. */
export function oracleRows(results: readonly MutantResult[]): readonly OracleRow[] {
  const rows = new Map<string, { bugs: number; alone: string[]; seeds: number }>()
  for (const { mutant, simulation } of results) {
    const found = findersOf(mutant.expected, simulation?.count.fired ?? new Map())
    for (const [property, seeds] of found) {
      const row = rows.get(property) ?? { bugs: 0, alone: [], seeds: 0 }
      row.bugs += 1
      row.seeds += seeds
      if (found.length === 1) row.alone.push(mutant.name)
      rows.set(property, row)
    }
  }
  return [...rows]
    .map(([property, row]) => ({ property, ...row }))
    .toSorted((a, b) => b.bugs - a.bugs || b.seeds - a.seeds)
}

/** Whether one property alone found it, however often. */
export function isFragile({ mutant, simulation }: MutantResult): boolean {
  return findersOf(mutant.expected, simulation?.count.fired ?? new Map()).length === 1
}

function findersOf(
  expected: readonly string[],
  fired: ReadonlyMap<string, number>,
): readonly (readonly [string, number])[] {
  return [...fired].filter(([property]) => expected.includes(property))
}
