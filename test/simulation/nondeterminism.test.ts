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
  test('a call of Math.random in an actor is caught, with file and line', async () => {
    const file = 'src/actors/peer/actor.ts'
    const from = '  receive(message: PeerMessage): void {\n'
    const folder = planted({ file, from, to: `${from}    Math.random()\n` })
    const { code, stdout } = await runAlys(['sim', 'calm'], folder)
    expect(stdout).toMatch(/NONDETERMINISTIC +calm seed 1: determinism\n/)
    expect(stdout).toMatch(
      /Math\.random was called in simulated code at src\/actors\/peer\/actor\.ts:\d+\n/,
    )
    expect(code).toBe(3)
  })

  test('so is one in the story of a scenario', async () => {
    const file = 'scenarios/consensus/calm.ts'
    const from = '    net.run(63_000)\n'
    const folder = planted({ file, from, to: `    Math.random()\n${from}` })
    const { code, stdout } = await runAlys(['check-determinism', 'calm', '--seeds', '1'], folder)
    expect(stdout).toMatch(/Math\.random was called .* at scenarios\/consensus\/calm\.ts:\d+\n/)
    expect(code).toBe(3)
  })

  test('what depends on the environment of the process is found, with the first event', async () => {
    const to = `${amount} + (process.env.TZ?.length ?? 0)`
    const folder = planted({ file: workload, from: amount, to })
    const { code, stdout } = await runAlys(['check-determinism', 'calm', '--seeds', '1'], folder)
    expect(stdout).toMatch(/digest [0-9a-f]{16} and [0-9a-f]{16}/)
    expect(stdout).toMatch(/The first difference is in event \d+, at \d+\.\d{6} s, on n\d:/)
    expect(stdout).toMatch(/first +\d+\.\d{6} /)
    expect(stdout).toMatch(/second +\d+\.\d{6} /)
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

test('nothing is found where nothing was planted', async () => {
  const args = ['check-determinism', 'swarm', '--seed', '7', '--seeds', '1']
  const { code, stdout } = await runAlys(args)
  expect(stdout).toContain('1 pair, each the same in both processes')
  expect(code).toBe(0)
})
