/** What the pool takes of the machine's memory. */
import { nodeProgram, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import { type ChainFile, type Plan, type Section, workersHere } from './plan.ts'

/** The bound of the pool: `poolBytesMax` of its layout. */
const poolMbMax = 64

const kinds = {
  held: {
    label: 'slots and kernels',
    bound: { floor: poolMbMax, isLessBetter: true },
    boundBy: 'slots of 2 MiB for ten pieces of work, and what a kernel has of tables',
  },
  resident: {
    label: 'all that the process grew by',
    bound: { isLessBetter: true },
    boundBy: 'as above, then a heap, a stack and compiled code for each thread',
  },
} as const

type Kind = keyof typeof kinds

/** Memory of the pool with all workers at work. */
export function memorySection(plan: Plan, fileOf: ChainFile): Section {
  const all = Object.keys(kinds) as Kind[]
  return {
    rounds: plan.rounds.service,
    contenders: all.map((kind) => {
      const args = [fileOf(128, 'blake3'), plan.blocks[128], workersHere()]
      return { name: nameOf(kind), command: nodeProgram('validation/memory.ts', kind, ...args) }
    }),
    figures: (standings) => all.map((kind) => memoryFigure(standings, kind)),
  }
}

function nameOf(kind: Kind): string {
  return `memory of a pool of ${workersHere()}: ${kinds[kind].label}`
}

function memoryFigure(standings: Standings, kind: Kind): Figure {
  const { bound, boundBy } = kinds[kind]
  const [sample] = standingOf(standings, nameOf(kind)).samples
  const value = (sample?.amount ?? 0) / 1e6
  return { name: nameOf(kind), value, unit: 'MB', ...bound, boundBy }
}
