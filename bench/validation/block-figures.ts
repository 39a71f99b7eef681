/**
 * How many whole blocks are validated on one thread, and by whom; and how many there could be, if there were nothing but
 * their hashes or nothing but their signatures.
 */
import { perCpuSecond, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import { mainParts, percent } from './breakdown-figures.ts'
import { type BlockContenderName, blockContenders } from './contenders.ts'
import {
  blocksMinTimes,
  blocksUnit,
  type ChainFile,
  type ItemCount,
  itemCounts,
  measuredProgram,
  type Plan,
  type Section,
} from './plan.ts'
import { signaturesOnly } from './signature-figures.ts'

/** What the kernel has to be worth of others, in the same run. */
const timesNodeMin = 10
const timesNobleMin = 100

const names: Readonly<Record<BlockContenderName, string>> = {
  'kernel-fma': 'kernel fma',
  'kernel-exact': 'kernel exact',
  'node-blake3': 'node:crypto and hash-wasm',
  'node-sha256': 'node:crypto with SHA-256',
  noble: '@noble',
}
const contenderNames = Object.keys(names) as BlockContenderName[]

/** Blocks on one thread. */
export function blockSection(plan: Plan, fileOf: ChainFile): Section {
  return {
    rounds: plan.rounds.blocks,
    contenders: itemCounts.flatMap((items) => [
      {
        name: limitName(items),
        command: measuredProgram(
          plan,
          'hashes-only.ts',
          fileOf(items, 'blake3'),
          plan.blocks[items],
        ),
      },
      ...contenderNames.map((name) => {
        const file = fileOf(items, blockContenders[name].hashName)
        const count = (isKernel(name) ? plan.blocks : plan.fewBlocks)[items]
        return {
          name: blocksName(items, name),
          command: measuredProgram(plan, 'blocks.ts', name, file, count),
        }
      }),
    ]),
    figures: (standings) =>
      itemCounts.flatMap((items) => [
        ...contenderNames.map((name) => blockFigure(standings, items, name)),
        ...timesFigures(standings, items),
        ...limitFigures(standings, items),
      ]),
  }
}

/** The fair baseline: it validates the same bytes. */
export function baselineName(items: ItemCount): string {
  return blocksName(items, 'node-blake3')
}

/** Programs that come to the same verdicts over the same blocks. */
export function equalBlockPrograms(items: ItemCount): readonly string[] {
  return contenderNames
    .filter((name) => blockContenders[name].hashName === 'blake3')
    .map((name) => blocksName(items, name))
}

function limitName(items: ItemCount): string {
  return `blocks of ${items}: limit, no signatures`
}

function hashesOnly(standings: Standings, items: ItemCount): number {
  return perCpuSecond(standingOf(standings, limitName(items)))
}

function isKernel(name: BlockContenderName): boolean {
  return name.startsWith('kernel-')
}

function blocksName(items: ItemCount, name: BlockContenderName): string {
  return `blocks of ${items}: ${names[name]}`
}

function blocksPerSecond(standings: Standings, items: ItemCount, name: BlockContenderName): number {
  return perCpuSecond(standingOf(standings, blocksName(items, name)))
}

/** What a worker has to be worth in this run. */
export function blocksMin(standings: Standings, items: ItemCount): number {
  return blocksMinTimes[items] * blocksPerSecond(standings, items, 'node-sha256')
}

function blockFigure(standings: Standings, items: ItemCount, name: BlockContenderName): Figure {
  const value = blocksPerSecond(standings, items, name)
  const baseline = baselineName(items)
  const ratio = value / blocksPerSecond(standings, items, 'node-blake3')
  const figure = { name: blocksName(items, name), value, unit: blocksUnit }
  if (!isKernel(name)) return { ...figure, boundBy: importerBoundBy(standings, items, name) }
  const floor = name === 'kernel-fma' ? { floor: blocksMin(standings, items) } : {}
  const boundBy =
    name === 'kernel-fma' ? mainParts(standings, items) : exactBoundBy(standings, items, value)
  return { ...figure, ...floor, baseline, ratio, boundBy }
}

/** Hashes are the same in both kernels: what goes beyond them is signatures. */
function exactBoundBy(standings: Standings, items: ItemCount, perSecond: number): string {
  const share = Math.max(0, 1 - perSecond / hashesOnly(standings, items))
  return `signatures ${percent(share)}, without fused multiply-add`
}

/** Of a block's time, what is left to signatures if its hashes cost what they do at other sizes. */
function importerBoundBy(standings: Standings, items: ItemCount, name: BlockContenderName): string {
  const microseconds = 1e6 / blocksPerSecond(standings, items, name)
  // A block of 8 and one of 128 differ by their hashes alone: 240 of them.
  const [few, many] = itemCounts.map((count) => 1e6 / blocksPerSecond(standings, count, name))
  const hashMicroseconds = ((many ?? 0) - (few ?? 0)) / (2 * (128 - 8))
  const share = (2 * items * hashMicroseconds) / microseconds
  const part = percent(Math.min(1, Math.max(0, share)))
  return `hashes ${part}, one after another; the rest is one signature`
}

function timesFigures(standings: Standings, items: ItemCount): readonly Figure[] {
  const ours = blocksPerSecond(standings, items, 'kernel-fma')
  const [blake3, sha256, noble] = (['node-blake3', 'node-sha256', 'noble'] as const).map((name) =>
    blocksPerSecond(standings, items, name),
  )
  const node = Math.max(blake3 ?? 0, sha256 ?? 0)
  const times = { unit: 'times', boundBy: 'both of them; a busy machine slows them alike' }
  return [
    {
      ...times,
      name: `blocks of ${items}: kernel for one of node:crypto, the faster way`,
      value: ours / node,
      floor: timesNodeMin,
    },
    {
      ...times,
      name: `blocks of ${items}: kernel for one of @noble`,
      value: ours / (noble ?? 0),
      // Of large blocks the kernel is not asked so much: what it gains most by, signatures, is a small part of them.
      ...(items === 8 && { floor: timesNobleMin }),
    },
  ]
}

function limitFigures(standings: Standings, items: ItemCount): readonly Figure[] {
  return [
    {
      name: limitName(items),
      value: hashesOnly(standings, items),
      unit: blocksUnit,
      boundBy: 'copying, hashes and links',
    },
    {
      name: `blocks of ${items}: limit, signatures alone`,
      value: signaturesOnly(standings),
      unit: blocksUnit,
      boundBy: '512 signatures at once, whatever the blocks have in them',
    },
  ]
}
