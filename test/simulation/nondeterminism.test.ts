/**
 * What no canary plants (`support/canary`): chance in a story, and what outlives a run. That nothing is found in the
 * project as it is, `npm run determinism` shows.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { type PlantedTree, type Planting, plantTree, runAlys } from '../support/planted-tree.ts'

let tree: PlantedTree | undefined
afterEach(() => tree?.remove())

/** The folder of a copy with these bugs. */
function planted(...plantings: readonly Planting[]): string {
  tree = plantTree(plantings)
  return tree.folder
}

const workload = 'sim/cluster/workload/transfers.ts'
const amount = '1 + random.below(1_000)'

describe('nondeterminism that was planted', () => {
  test('a call of Math.random in the story of a scenario is caught, with file and line', async () => {
    const file = 'scenarios/consensus/calm.ts'
    const from = '    net.run(63_000)\n'
    const folder = planted({ file, from, to: `    Math.random()\n${from}` })
    const { code, stdout } = await runAlys(['check-determinism', 'calm', '--seeds', '1'], folder)
    expect(stdout).toMatch(/Math\.random was called .* at scenarios\/consensus\/calm\.ts:\d+\n/)
    expect(code).toBe(3)
  })

  test('what one run leaves behind for the next is found', async () => {
    const begin = 'export function transfers('
    const folder = planted(
      { file: workload, from: begin, to: `let runs = 0\n${begin}` },
      { file: workload, from: amount, to: `${amount} + (runs += 1)` },
    )
    const { code, stdout } = await runAlys(['check-determinism', 'calm', '--seeds', '2'], folder)
    expect(stdout).toContain('an earlier run left something behind')
    expect(code).toBe(3)
  })
})
