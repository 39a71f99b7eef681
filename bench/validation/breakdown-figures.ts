/**
 * Where the time of a block goes: the parts that the kernel lets us do by themselves, and differences between them. It is
 * from this that the suite says what binds its figures, so that the words cannot be older than the numbers.
 */
import { present } from '../../src/base/assert.ts'
import { type Contender, perCpuSecond, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import {
  type ChainFile,
  type ItemCount,
  itemCounts,
  measuredProgram,
  type Plan,
  type Section,
} from './plan.ts'

/** Parts that depend on what is in a block, and parts that do not. */
const hashParts = ['copy', 'header', 'leaves', 'nodes', 'no-signatures'] as const
const signatureParts = ['scalars', 'points', 'sum'] as const

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
  const program = (part: string, items: ItemCount): Contender => ({
    name: programName(part, items),
    command: measuredProgram(
      plan,
      'breakdown.ts',
      part,
      fileOf(items, 'blake3'),
      plan.blocks[items],
    ),
  })
  return {
    contenders: [
      ...itemCounts.flatMap((items) => hashParts.map((part) => program(part, items))),
      ...signatureParts.map((part) => program(part, 8)),
    ],
    figures: (standings) => itemCounts.flatMap((items) => partFigures(standings, items)),
  }
}

/** The parts that take most of a block, in words. */
export function mainParts(standings: Standings, items: ItemCount): string {
  const parts = shares(breakdownOf(standings, items)).toSorted((a, b) => b.share - a.share)
  const named = parts.slice(0, 3).map(({ part, share }) => `${partNames[part]} ${percent(share)}`)
  return named.join(', ')
}

/** Blocks for each second on the processor if all signatures were believed. */
export function hashesOnly(standings: Standings, items: ItemCount): number {
  return perCpuSecond(standingOf(standings, programName('no-signatures', items)))
}

/** Microseconds that a signature takes whatever its company: its point, its hash, its scalars. */
export function ownMicroseconds(standings: Standings): number {
  const { scalars, points } = breakdownOf(standings, 8)
  return scalars + points
}

function programName(part: string, items: ItemCount): string {
  return `part of a block of ${items}: ${part}`
}

function breakdownOf(standings: Standings, items: ItemCount): Breakdown {
  const microseconds = (part: string, of: ItemCount): number =>
    1e6 / perCpuSecond(standingOf(standings, programName(part, of)))
  const [copy = 0, header = 0, leaves = 0, nodes = 0, unsigned = 0] = hashParts.map((part) =>
    microseconds(part, items),
  )
  // Signatures are of a header, whatever the block has in it.
  const [prepared = 0, points = 0, sum = 0] = signatureParts.map((part) => microseconds(part, 8))
  const links = Math.max(0, unsigned - copy - header - leaves - nodes)
  return {
    copy,
    header,
    leaves,
    nodes,
    links,
    scalars: Math.max(0, prepared - points),
    points,
    sum,
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
    value: present(breakdown[part], 'a part'),
    unit: 'µs',
    boundBy: `${percent(share)} of what the kernel does`,
  }))
}

/** A part of 1 in whole hundredths. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
