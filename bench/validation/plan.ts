/** What is measured for how long, and how a section of the suite says what it wants and what came of it. */
import { availableParallelism } from 'node:os'
import { workersMax } from '../../src/platform/validation/layout.ts'
import { type Contender, nodeProgram, type Standings } from '../contest.ts'
import type { Figure } from '../report.ts'
import type { ChainHashName } from './chain.ts'

/** Items in the blocks that are measured. */
export const itemCounts = [8, 128] as const

export type ItemCount = (typeof itemCounts)[number]

/** Sizes and repetitions. */
export interface Plan {
  /** How often each program is run: blocks and pool, parts of them, hashes, and what is measured often in one run. */
  readonly rounds: Readonly<Record<'blocks' | 'parts' | 'hashes' | 'service', number>>
  /** Measurements of a program in a round, and what each takes at least. */
  readonly measurements: number
  readonly sampleMs: number
  /** Blocks of each chain for the kernel: whole passes. */
  readonly blocks: Readonly<Record<ItemCount, number>>
  /** Blocks for who takes a tenth of a millisecond and more for each. */
  readonly fewBlocks: Readonly<Record<ItemCount, number>>
  /** How long the parts of a block are measured. */
  readonly breakdownMs: number
  /** Questions whose latency is measured, of one block and of 512. */
  readonly questions: Readonly<Record<'one' | 'many', number>>
}

export const fullPlan: Plan = {
  rounds: { blocks: 5, parts: 3, hashes: 2, service: 2 },
  measurements: 1,
  sampleMs: 200,
  blocks: { 8: 4_096, 128: 1_024 },
  fewBlocks: { 8: 128, 128: 32 },
  breakdownMs: 2_000,
  questions: { one: 400, many: 40 },
}

export const quickPlan: Plan = {
  rounds: { blocks: 1, parts: 1, hashes: 1, service: 1 },
  measurements: 1,
  sampleMs: 20,
  blocks: { 8: 512, 128: 256 },
  fewBlocks: { 8: 32, 128: 32 },
  breakdownMs: 300,
  questions: { one: 20, many: 5 },
}

/** Where the chain of such blocks is. */
export type ChainFile = (items: ItemCount, hashName: ChainHashName) => string

/** Figures that need the same programs. */
export interface Section {
  readonly rounds: number
  readonly contenders: readonly Contender[]
  /** Of all programs of the suite: a figure may be about more than its own. */
  readonly figures: (standings: Standings) => readonly Figure[]
}

/** A program of this folder that ends with how many measurements it is to make, and their length. */
export function measuredProgram(
  { measurements, sampleMs }: Plan,
  file: string,
  ...args: readonly (string | number)[]
): readonly string[] {
  return nodeProgram(`validation/${file}`, ...args, measurements, sampleMs)
}

/** As many workers as there are cores for, and two at least, so that there is something to compare. */
export function workersHere(): number {
  return Math.max(2, Math.min(workersMax, availableParallelism()))
}

/** How blocks are counted. */
export const blocksUnit = 'blocks / CPU-s'

/**
 * Blocks that a worker has to be worth for each second on the processor, for one of node:crypto's in the same run:
 * 100,000 and 30,000 where those are 8,400 and 3,100. An absolute floor would judge the machine.
 */
export const blocksMinTimes: Readonly<Record<ItemCount, number>> = { 8: 11.9, 128: 9.7 }
