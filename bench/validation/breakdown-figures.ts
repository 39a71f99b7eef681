/**
 * Where the time of a block goes: the parts that the kernel lets us do by themselves, and differences between them. It is
 * from this that the suite says what binds its figures, so that the words cannot be older than the numbers.
 */
import { assert } from '../../src/base/assert.ts'
import { type Contender, nodeProgram, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import { type ChainFile, type ItemCount, itemCounts, type Plan, type Section } from './plan.ts'

/** How parts are called where they bind something. */
const partNames = {
  copy: 'copying in',
  header: 'header hash',
  leaves: 'item hashes',
  nodes: 'tree of hashes',
  links: 'decoding, links, authors',
  scalars: 'SHA-512 and scalars',
  points: 'decompression of points',
  sum: 'sum of points',
} as const

type PartName = keyof typeof partNames

/** Microseconds of each part of a block. */
type Breakdown = Readonly<Record<PartName, number>>

/** The parts of a block, and what the rest comes to. */
export function breakdownSection(plan: Plan, fileOf: ChainFile): Section {
  return {
    rounds: plan.rounds.parts,
    contenders: itemCounts.map((items): Contender => {
      const args = [fileOf(items, 'blake3'), plan.blocks[items], plan.breakdownMs]
      return { name: programName(items), command: nodeProgram('validation/breakdown.ts', ...args) }
    }),
    figures: (standings) => itemCounts.flatMap((items) => partFigures(standings, items)),
  }
}

/** The parts that take most of a block, in words. */
export function mainParts(standings: Standings, items: ItemCount): string {
  const parts = shares(breakdownOf(standings, items)).toSorted((a, b) => b.share - a.share)
  const named = parts.slice(0, 3).map(({ part, share }) => `${partNames[part]} ${percent(share)}`)
  return named.join(', ')
}

/** Microseconds that a signature takes whatever its company: its point, its hash, its scalars. */
export function ownMicroseconds(standings: Standings): number {
  const { scalars, points } = breakdownOf(standings, 8)
  return scalars + points
}

function programName(items: ItemCount): string {
  return `parts of a block of ${items}`
}

function breakdownOf(standings: Standings, items: ItemCount): Breakdown {
  const { samples } = standingOf(standings, programName(items))
  const microseconds = (name: string): number => {
    const all = samples.flatMap(({ part, amount, cpuMs }) =>
      part === name ? [(1_000 * cpuMs) / amount] : [],
    )
    assert(all.length > 0, `a measurement of the part ${name}`)
    return Math.min(...all)
  }
  const [copy, header, leaves, nodes] = ['copy', 'header', 'leaves', 'nodes'].map(microseconds)
  const hashed = { copy: copy ?? 0, header: header ?? 0, leaves: leaves ?? 0, nodes: nodes ?? 0 }
  const known = Object.values(hashed).reduce((sum, each) => sum + each, 0)
  const points = microseconds('points')
  return {
    ...hashed,
    links: Math.max(0, microseconds('no-signatures') - known),
    scalars: Math.max(0, microseconds('prepared') - points),
    ...{ points, sum: microseconds('sum') },
  }
}

function shares(breakdown: Breakdown): readonly { part: PartName; share: number }[] {
  const total = Object.values(breakdown).reduce((sum, each) => sum + each, 0)
  return Object.entries(breakdown).map(([part, each]) => ({
    part: part as PartName,
    share: each / total,
  }))
}

function partFigures(standings: Standings, items: ItemCount): readonly Figure[] {
  const breakdown = breakdownOf(standings, items)
  return shares(breakdown).map(({ part, share }) => ({
    name: `part of a block of ${items}: ${partNames[part]}`,
    value: breakdown[part],
    unit: 'µs',
    boundBy: `${percent(share)} of what the kernel does`,
  }))
}

/** A part of 1 in whole hundredths. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
