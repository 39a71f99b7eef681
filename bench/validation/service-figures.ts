/** What else matters to who waits for the pool or pays for it: latency, certificates, memory. */
import { assert } from '../../src/base/assert.ts'
import {
  type Contender,
  median,
  nodeProgram,
  perCpuSecond,
  type Standings,
  standingOf,
} from '../contest.ts'
import type { Figure } from '../report.ts'
import { baselineName } from './block-figures.ts'
import {
  blocksUnit,
  type ChainFile,
  measuredProgram,
  type Plan,
  type Section,
  workersHere,
} from './plan.ts'

// ----- latency -----

/** Blocks of a question, and how long its answer may take in milliseconds. */
const questions = { one: { size: 1, msMax: 1 }, many: { size: 512, msMax: 10 } } as const
const askedNames = { kernel: 'kernel, on this thread', pool: 'pool' } as const

type Asked = keyof typeof askedNames
type Question = keyof typeof questions

/** How long answers take, by the clock. */
export function latencySection(plan: Plan, fileOf: ChainFile): Section {
  const cases = (Object.keys(questions) as Question[]).flatMap((question) =>
    (Object.keys(askedNames) as Asked[]).map((asked) => ({ question, asked })),
  )
  return {
    rounds: plan.rounds.service,
    contenders: cases.map(({ question, asked }): Contender => {
      const { size } = questions[question]
      const args = [fileOf(8, 'blake3'), plan.blocks[8], size, plan.questions[question]]
      const command = nodeProgram('validation/latency.ts', asked, ...args, workersHere())
      return { name: latencyName(question, asked), command }
    }),
    figures: (standings) =>
      cases.flatMap(({ question, asked }) => latencyFigures(standings, question, asked)),
  }
}

function latencyName(question: Question, asked: Asked): string {
  const { size } = questions[question]
  return `latency of ${size === 1 ? 'a block' : `${size} blocks`}: ${askedNames[asked]}`
}

function latencyFigures(standings: Standings, question: Question, asked: Asked): readonly Figure[] {
  const name = latencyName(question, asked)
  const wallMs = standingOf(standings, name).samples.map((sample) => sample.wallMs ?? 0)
  const { msMax } = questions[question]
  const figure = { unit: 'ms', isLessBetter: true }
  return [
    {
      ...figure,
      name: `${name}, median`,
      value: median(wallMs),
      floor: msMax,
      boundBy: latencyBoundBy[question][asked],
    },
    {
      ...figure,
      name: `${name}, 99 of 100`,
      value: percentile(wallMs, 0.99),
      boundBy: 'the same, and whoever else is on the core meanwhile',
    },
  ]
}

const latencyBoundBy: Readonly<Record<Question, Readonly<Record<Asked, string>>>> = {
  one: {
    kernel: 'one signature: its doublings are shared with none',
    pool: 'one signature, on the calling thread, and the way through its event loop',
  },
  many: {
    kernel: 'the blocks themselves',
    pool: 'the blocks themselves, halved among two; on the way a copy and two wake-ups',
  },
}

/** The least value that so large a part of them does not exceed. */
function percentile(values: readonly number[], part: number): number {
  assert(values.length > 0, 'something was measured')
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(part * sorted.length) - 1] ?? 0
}

// ----- certificates -----

const intervals = [32, 256] as const

/** Blocks with a certificate now and then. */
export function certificateSection(plan: Plan, fileOf: ChainFile): Section {
  const nameOf = (every: number): string => `blocks of 8, every ${every} certified: kernel and blst`
  return {
    rounds: plan.rounds.blocks,
    contenders: intervals.map((every) => {
      const file = fileOf(8, 'blake3')
      const command = measuredProgram(plan, 'certificates.ts', file, plan.blocks[8], every)
      return { name: nameOf(every), command }
    }),
    figures: (standings) =>
      intervals.map((every) => {
        const value = perCpuSecond(standingOf(standings, nameOf(every)))
        const baseline = baselineName(8)
        const ratio = value / perCpuSecond(standingOf(standings, baseline))
        const boundBy = `blst: ${blstMicroseconds(standings, value, every)} µs a certificate`
        return { name: nameOf(every), value, unit: blocksUnit, baseline, ratio, boundBy }
      }),
  }
}

/** What a certificate takes beyond the blocks, which are measured without it in the same run. */
function blstMicroseconds(standings: Standings, perSecond: number, every: number): number {
  const plain = perCpuSecond(standingOf(standings, 'blocks of 8: kernel fma'))
  return Math.max(0, Math.round(every * (1e6 / perSecond - 1e6 / plain)))
}
