/**
 * Sets the adversary on networks, one seed after another, and prints each run that went wrong.
 *
 *   npm run chaos -- --members 4 --liars 1 [--seed 1] [--runs 1000] [--moves 400]
 *
 * A run is repeated by its seed and number of moves. Exit code 1: a run went wrong.
 */
import { parseArgs } from 'node:util'
import type { Triple } from './adversary.ts'
import { runChaos, slotsToCommitMax } from './chaos.ts'
import { randomFrom } from './random.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '4' },
    liars: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1000' },
    moves: { type: 'string', default: '400' },
  },
})
const members = Number(values.members)
const liars = Number(values.liars)
const total = { runs: 0, moves: 0, committable: 0 }

for (let seed = Number(values.seed); total.runs < Number(values.runs); seed += 1) {
  const random = randomFrom(seed)
  const below = (bound: number): number => Math.floor(random() * bound)
  const moves = Array.from(
    { length: Number(values.moves) },
    (): Triple => [below(4_096), below(65_536), below(65_536)],
  )
  const { faults, slotsToCommit, movesDone, committable } = runChaos({ members, liars, moves })
  total.runs += 1
  total.moves += movesDone
  total.committable += committable
  if (faults.length === 0 && (slotsToCommit ?? 0) <= slotsToCommitMax(liars)) continue
  process.stdout.write(
    `${JSON.stringify({ members, liars, seed, movesDone, slotsToCommit, faults })}\n`,
  )
  process.exitCode = 1
}
process.stdout.write(`${JSON.stringify({ members, liars, ...total })}\n`)
